// A person's steps that the server has not answered yet, and how they stand on what others do.

import { splitPath } from './changes';
import { textKey } from './model';
import type { EditText, Operation, SetNode } from './operations';
import { applyDelta, compose, type TextDelta, transform } from './text';
import { same } from './values';

/** One step of a person: a transaction, or an undo or redo that the server makes. */
export interface PendingStep {
  readonly kind: 'ops' | 'undo' | 'redo';
  readonly label: string;
  /** What the person had seen when the step began. */
  readonly base: number;
  /** What was meant; its text edits are kept as they read on the present state. */
  ops: readonly Operation[];
  /** What it does on the present state, as predicted. */
  effects: readonly Operation[];
  /** All that it changes or leans on. */
  ids: ReadonlySet<string>;
  /** 0 until it is sent for the first time; then it stays. */
  seq: number;
  /** Whether it was sent on this connection. */
  sent: boolean;
  /** Of an undo or redo that is shown already: the unanswered step that it takes back. */
  target: PendingStep | undefined;
  /** How often the server failed to carry it out. */
  failures: number;
  /** The version in which it was stored, when that is known before the version itself is here. */
  accepted: number;
  /** It was answered while nobody listened, and not with what is known: refused, or stored now. */
  unconfirmed: boolean;
  /**
   * The version on which it stopped making sense, or -1. It is not shown any more; what becomes
   * of it is for the server to say.
   */
  aside: number;
}

/** Whether a step is part of what is seen. */
export const isLive = (step: PendingStep): boolean =>
  step.aside < 0 && (step.kind === 'ops' || step.ops.length > 0);

/** A step of this kind that was not sent yet. */
export function newStep(
  kind: PendingStep['kind'],
  label: string,
  base: number,
  ops: readonly Operation[] = [],
): PendingStep {
  return {
    kind,
    label,
    base,
    ops,
    effects: [],
    ids: new Set<string>(),
    seq: 0,
    sent: false,
    failures: 0,
    target: undefined,
    accepted: 0,
    unconfirmed: false,
    aside: -1,
  };
}

/** Put a new step into the one before it, which was not sent yet; false when they are two steps. */
export function merge(into: PendingStep, step: PendingStep): boolean {
  if (into.kind !== 'ops' || into.seq !== 0 || !isLive(into) || into.label !== step.label) return false;
  const [first] = into.ops;
  const [second] = step.ops;
  if (into.ops.length === 1 && step.ops.length === 1 && isEdit(first) && isEdit(second)) {
    if (first.id !== second.id || first.field !== second.field) return false;
    const both = { ...first, delta: compose(first.delta, second.delta) };
    into.ops = [both];
    into.effects = [...into.effects.slice(0, -1), both];
    return true;
  }
  if (!sameMoves(into.ops, step.ops)) return false;
  into.ops = joined(into.ops, step.ops);
  into.effects = joined(into.effects, step.effects);
  return true;
}

const isEdit = (op: Operation | undefined): op is EditText => op?.op === 'text.edit';

/** Whether both do nothing but place the same nodes. */
function sameMoves(
  some: readonly Operation[],
  others: readonly Operation[],
): some is readonly SetNode[] {
  return (
    some.length === others.length &&
    some.every((op, place) => {
      const other = others[place];
      return places(op) && other !== undefined && places(other) && op.id === other.id;
    })
  );
}

function places(op: Operation): op is SetNode {
  return (
    op.op === 'node.set' &&
    !op.clear?.length &&
    Object.keys(op.values ?? {}).every((path) => path === 'pos' || path === 'size')
  );
}

const joined = (into: readonly Operation[], ops: readonly Operation[]): readonly Operation[] =>
  (into as readonly SetNode[]).map((op, place) => ({
    ...op,
    values: { ...op.values, ...(ops[place] as SetNode).values },
  }));

/** The entities that an operation changes or leans on. */
export function mentioned(op: Operation): readonly (string | null | undefined)[] {
  switch (op.op) {
    case 'node.add':
    case 'node.move':
      return [op.id, op.parent];
    case 'edge.add':
      return [op.id, op.source, op.target];
    case 'node.remove':
    case 'edge.remove':
      return op.ids;
    case 'graph.set':
      return [''];
    default:
      return [op.id];
  }
}

/** Whether an operation changes what there is, rather than a field of it. */
export function isStructural(op: Operation): boolean {
  if (op.op === 'node.set') return Object.hasOwn(op.values ?? {}, 'locked');
  return op.op !== 'text.edit' && op.op !== 'edge.set' && op.op !== 'graph.set';
}

/** Whether an operation makes a way from one node to another, which may close a circle. */
export const isLinking = (op: Operation): boolean =>
  op.op === 'edge.add' || ((op.op === 'node.move' || op.op === 'node.add') && op.parent != null);

/** The keys of the texts that an operation writes. */
export function textsOf(op: Operation): readonly string[] {
  if (op.op === 'text.edit') return [textKey(op.id, op.field)];
  if (op.op !== 'node.set') return [];
  return [...Object.keys(op.values ?? {}), ...(op.clear ?? [])].flatMap((path) => {
    const [place, name] = splitPath(path);
    return place === 'text' ? [textKey(op.id, name)] : [];
  });
}

/** Where a text stands after operations were made to it. */
export function textAfter(text: string, ops: readonly Operation[], key: string): string {
  for (const op of ops) {
    if (op.op === 'text.edit') {
      if (textKey(op.id, op.field) === key) text = applyDelta(text, op.delta);
    } else if (op.op === 'node.set') {
      const path = `text.${key.slice(op.id.length + 1)}`;
      if (!key.startsWith(`${op.id}/`)) continue;
      if (Object.hasOwn(op.values ?? {}, path)) text = String(op.values?.[path]);
      else if (op.clear?.includes(path)) text = '';
    }
  }
  return text;
}

/**
 * Operations as they read after a change of a text that was made before them, and that change as
 * it reads after them. Where both insert at one place, the other's text stands first, as the
 * server has it.
 */
export function carry(
  ops: readonly Operation[],
  key: string,
  change: TextDelta,
): [readonly Operation[], TextDelta] {
  let rest = change;
  const carried = ops.map((op) => {
    if (rest.length === 0) return op;
    if (op.op === 'text.edit') {
      if (textKey(op.id, op.field) !== key) return op;
      const delta = transform(op.delta, rest, false);
      rest = transform(rest, op.delta, true);
      return { ...op, delta };
    }
    // Written whole, or gone: what others did to it before leaves no trace.
    if (textsOf(op).includes(key) || remakes(op, key)) rest = [];
    return op;
  });
  return [carried, rest];
}

/** Whether the node of a text is gone with an operation, or another one comes under its id. */
export function remakes(op: Operation, key: string): boolean {
  const ids = op.op === 'node.remove' ? op.ids : op.op === 'node.add' ? [op.id] : [];
  return ids.some((id) => key.startsWith(`${id}/`));
}

/**
 * A step's effects on a text that somebody else has touched meanwhile: the default that an edit
 * of an untouched text puts in first is there now.
 */
export function onTouched({ ops, effects }: PendingStep, key: string): readonly Operation[] {
  const writes = (op: Operation): boolean => op.op === 'node.set' && textsOf(op).includes(key);
  return ops.some(writes) ? effects : effects.filter((effect) => !writes(effect));
}

/** Whether what the server did is what was predicted. Versions in it are the server's own. */
export function asPredicted(effects: readonly Operation[], stored: readonly Operation[]): boolean {
  return (
    effects.length === stored.length &&
    effects.every((effect, place) => {
      const other = stored[place];
      if (effect.op === 'text.edit' && other?.op === 'text.edit') {
        return same({ ...effect, base: 0 }, { ...other, base: 0 });
      }
      return same(effect, other);
    })
  );
}

/** The keys of all texts that a step writes. */
export const editedBy = (step: PendingStep): string[] => [...new Set(step.ops.flatMap(textsOf))];

/** All that a step changes or leans on. */
export function idsOf(step: PendingStep): Set<string> {
  const ids = new Set<string>();
  for (const op of [...step.ops, ...step.effects]) {
    for (const id of mentioned(op)) if (id != null) ids.add(id);
  }
  return ids;
}

/** The ids whose records these effects change. */
export function changedBy(effects: readonly Operation[]): Set<string> {
  const ids = new Set<string>();
  for (const op of effects) {
    if ('ids' in op) for (const id of op.ids) ids.add(id);
    else ids.add('id' in op ? op.id : '');
  }
  return ids;
}
