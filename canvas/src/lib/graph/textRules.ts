// The rules of `text.edit` and `graph.set`.

import { type Change, KEY, Refused } from './changes';
import { labelOf } from './labels';
import { type Graph, type Node, textKey } from './model';
import type { EditText, SetGraph } from './operations';
import type { Registry } from './registry';
import { applyDelta, BadDelta, type TextDelta, invert, normalise } from './text';
import { bringUpToDate, NO_HISTORY, record, TooOld } from './textHistory';
import { checkText, checkValue, withEntry } from './values';

const MAX_SETTINGS = 256;

/** A text as it is edited: one that nobody has touched is its default, as it is shown. */
export function textOf(node: Node, field: string, registry: Registry): string {
  if (Object.hasOwn(node.text, field)) return node.text[field] as string;
  const standard = registry.fields(node.type)?.get(field)?.default;
  return typeof standard === 'string' ? standard : '';
}

export function editText(change: Change, op: EditText): void {
  const node = change.graph.nodes.get(op.id);
  if (node === undefined) {
    throw new Refused(
      'stale',
      'The node that this text belonged to was removed.',
      op.id,
      'Undo that.',
    );
  }
  change.checkUnlocked(node);
  change.checkedField(node.type, op.id, 'text', op.field);
  const before = textOf(node, op.field, change.registry);
  if (!change.predicting && !(op.base >= 0 && op.base <= change.version)) {
    throw new Refused('invalid', `There is no version ${op.base} yet.`, op.id);
  }
  let delta: TextDelta;
  let after: string;
  let back: TextDelta;
  try {
    delta = upToDate(change, op);
    after = checkText(applyDelta(before, delta));
    back = invert(delta, before);
  } catch (error) {
    if (error instanceof TooOld) {
      throw new Refused(
        'too_old',
        `The text of ${labelOf(node)} has changed too often since version ${op.base}.`,
        op.id,
        'Load the graph again and make the change once more.',
      );
    }
    if (error instanceof BadDelta) {
      throw new Refused('invalid', `${labelOf(node)}: ${error.message}.`, op.id);
    }
    throw error;
  }
  if (before && !Object.hasOwn(node.text, op.field)) {
    // Who puts the effects into effect may not know the type, nor its default.
    const path = `text.${op.field}`;
    change.done(
      { op: 'node.set', id: op.id, values: { [path]: before }, clear: [] },
      { op: 'node.set', id: op.id, values: {}, clear: [path] },
      op.id,
    );
  }
  change.journal.putNode({ ...node, text: withEntry(node.text, op.field, after) });
  change.noteWrite(node, `text.${op.field}`, null, true);
  const { id, field } = op;
  change.done(
    { op: 'text.edit', id, field, base: change.version - 1, delta },
    { op: 'text.edit', id, field, base: change.version, delta: back },
    id,
  );
}

function upToDate(change: Change, op: EditText): TextDelta {
  const given = normalise(op.delta);
  if (change.predicting) return given;
  const { texts } = change.graph;
  const key = textKey(op.id, op.field);
  const history = texts.get(key) ?? NO_HISTORY;
  const [delta, bridge] = bringUpToDate(history, change.client, op.base, given);
  change.journal.put(texts, key, record(history, change.client, change.version, delta, bridge));
  return delta;
}

export function setGraph(change: Change, op: SetGraph): void {
  const { settings, lastWrites } = change.graph;
  const given = op.values ?? {};
  const clear = op.clear ?? [];
  const keys = Object.keys(given);
  const before = [...keys, ...clear].filter((key) => settings.has(key));
  const inverse = Object.fromEntries(before.map((key) => [key, settings.get(key)]));
  const absent = keys.filter((key) => !settings.has(key));
  const values = Object.fromEntries(keys.map((key) => [key, checkValue(given[key])]));
  for (const key of [...keys, ...clear]) {
    if (!KEY.test(key)) {
      throw new Refused('invalid', `'${key.slice(0, 80)}' is no name for a setting.`);
    }
  }
  for (const key of keys) change.journal.put(settings, key, values[key]);
  for (const key of clear) change.journal.drop(settings, key);
  if (settings.size > MAX_SETTINGS) {
    throw new Refused('too_large', `A graph holds at most ${MAX_SETTINGS} settings.`);
  }
  if (!change.predicting) {
    const fields = new Map(lastWrites.get(''));
    for (const key of [...keys, ...clear]) fields.set(key, change.mark());
    change.journal.put(lastWrites, '', fields);
  }
  change.done(
    { op: 'graph.set', values, clear },
    { op: 'graph.set', values: inverse, clear: absent },
  );
}

/** A text by its `textKey`; undefined where its node is not there. */
export function textAt(graph: Graph, key: string, registry: Registry): string | undefined {
  const slash = key.indexOf('/');
  const node = graph.nodes.get(key.slice(0, slash));
  return node && textOf(node, key.slice(slash + 1), registry);
}
