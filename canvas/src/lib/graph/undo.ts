// What this person can take back, as far as this client has seen it: enough to show an undo at
// once. The server knows the whole log and decides; its answer corrects what is shown here.

import { splitPath } from './changes';
import type { Graph, Node } from './model';
import type { Operation } from './operations';
import { isLive, type PendingStep } from './pending';
import { parentsFirst, wholeEdge, wholeNode } from './records';
import type { Registry } from './registry';
import { replay } from './replay';
import { BadDelta, invert } from './text';
import { textOf } from './textRules';

const MAX_ENTRIES = 200;

/** A stored step of this person: the row that did it last, and what takes that row back. */
export interface UndoEntry {
  readonly root: number;
  readonly version: number;
  readonly inverse: readonly Operation[];
}

/** The stored steps of this person, and who else wrote what since. */
export class UndoStack {
  done: UndoEntry[] = [];
  undone: UndoEntry[] = [];
  readonly #roots = new Map<number, number>();
  /** The version of other people's last write of each field, by `id path`. */
  readonly #foreign = new Map<string, number>();

  /** A row of this person was stored. */
  add(version: number, undoOf: number | null | undefined, inverse: readonly Operation[]): void {
    if (undoOf == null) {
      this.done.push({ root: version, version, inverse });
      this.done.splice(0, this.done.length - MAX_ENTRIES);
      this.undone = [];
      return;
    }
    const root = this.#roots.get(undoOf) ?? undoOf;
    this.#roots.set(version, root);
    for (const [here, there] of [
      [this.done, this.undone],
      [this.undone, this.done],
    ] as const) {
      const place = here.findIndex((entry) => entry.root === root);
      if (place < 0) continue;
      // What lay above it had nothing left to take back, and left no row.
      here.splice(place);
      there.push({ root, version, inverse });
      return;
    }
    // It was made before this client had seen anything: what is above it is not known.
    this.clear();
  }

  /** Somebody else wrote, or the studio did by itself. */
  overwrite(version: number, effects: readonly Operation[]): void {
    for (const effect of effects) {
      for (const [id, path] of writtenFields(effect)) this.#foreign.set(`${id} ${path}`, version);
    }
  }

  /** Nothing was left of the step whose turn it is. */
  discard(kind: 'undo' | 'redo'): void {
    (kind === 'undo' ? this.done : this.undone).pop();
  }

  /** The step whose turn it is, with the unanswered ones on top; undefined where it is not known. */
  turn(
    kind: PendingStep['kind'],
    steps: readonly PendingStep[],
  ): UndoEntry | PendingStep | undefined {
    const done: (UndoEntry | PendingStep)[] = [...this.done];
    let undone: (UndoEntry | PendingStep)[] = [...this.undone];
    for (const step of steps) {
      if (step.kind === 'ops') {
        done.push(step);
        undone = [];
        continue;
      }
      const [from, to] = step.kind === 'undo' ? [done, undone] : [undone, done];
      if (from.pop() === undefined) return undefined;
      to.push(step);
    }
    const top = (kind === 'undo' ? done : undone).at(-1);
    return top !== undefined && ('inverse' in top || isLive(top)) ? top : undefined;
  }

  /** Know nothing: something was missed. */
  clear(): void {
    this.done = [];
    this.undone = [];
    this.#roots.clear();
    this.#foreign.clear();
  }

  /** What of an inverse nobody else has written over since a version. */
  ownPart(inverse: readonly Operation[], since: number): Operation[] {
    const own = (id: string, path: string): boolean =>
      (this.#foreign.get(`${id} ${path}`) ?? 0) <= since &&
      (this.#foreign.get(`${id} *`) ?? 0) <= since;
    return inverse.flatMap((op): Operation[] => {
      if (op.op === 'node.set' || op.op === 'graph.set') {
        const id = op.op === 'node.set' ? op.id : '';
        const values = Object.entries(op.values ?? {}).filter(([path]) => own(id, path));
        const clear = (op.clear ?? []).filter((path) => own(id, path));
        if (values.length === 0 && clear.length === 0) return [];
        return [{ ...op, values: Object.fromEntries(values), clear }];
      }
      if (op.op === 'edge.set') {
        const { op: kind, id, ...given } = op;
        const fields = Object.entries(given).filter(([name]) => own(id, name));
        return fields.length > 0 ? [{ op: kind, id, ...Object.fromEntries(fields) }] : [];
      }
      if (op.op === 'node.remove' || op.op === 'edge.remove') {
        const ids = op.ids.filter((id) => !this.#wroteAny(id, since));
        return ids.length > 0 ? [{ ...op, ids }] : [];
      }
      return [...writtenFields(op)].every(([id, path]) => own(id, path)) ? [op] : [];
    });
  }

  #wroteAny(id: string, since: number): boolean {
    for (const [key, version] of this.#foreign) {
      if (version > since && key.startsWith(`${id} `)) return true;
    }
    return false;
  }
}

/** What takes an unanswered step back; empty where it does not fit the graph before it. */
export function inverseOfStep(
  step: PendingStep,
  before: () => Graph,
  registry: Registry,
): readonly Operation[] {
  const inverse: Operation[] = [];
  try {
    const graph = before();
    for (const effect of step.effects) {
      inverse.unshift(...inverseOf(graph, effect, registry));
      replay(graph, [effect], registry, new Set());
    }
  } catch (error) {
    if (!(error instanceof BadDelta)) throw error;
    return [];
  }
  return inverse;
}

/** What takes an effect back, made before it is put into this graph. */
export function inverseOf(graph: Graph, effect: Operation, registry: Registry): Operation[] {
  switch (effect.op) {
    case 'node.add':
      return [{ op: 'node.remove', ids: [effect.id] }];
    case 'edge.add':
      return [{ op: 'edge.remove', ids: [effect.id] }];
    case 'node.remove': {
      const found = new Map<string, Node>();
      for (const id of effect.ids) {
        const node = graph.nodes.get(id);
        if (node) found.set(id, node);
      }
      return parentsFirst(found).map(wholeNode);
    }
    case 'edge.remove':
      return effect.ids.flatMap((id) => {
        const edge = graph.edges.get(id);
        return edge ? [wholeEdge(edge)] : [];
      });
    case 'graph.set': {
      const keys = [...Object.keys(effect.values ?? {}), ...(effect.clear ?? [])];
      const there = keys.filter((key) => graph.settings.has(key));
      const values = Object.fromEntries(there.map((key) => [key, graph.settings.get(key)]));
      return [{ op: 'graph.set', values, clear: keys.filter((key) => !graph.settings.has(key)) }];
    }
    case 'edge.set': {
      const edge = graph.edges.get(effect.id);
      if (edge === undefined) return [];
      const { op, id, ...given } = effect;
      const before = Object.keys(given).map((name) => [name, edge[name as 'strength']]);
      return [{ op, id, ...Object.fromEntries(before) }];
    }
    default: {
      const node = graph.nodes.get(effect.id);
      if (node === undefined) return [];
      if (effect.op === 'node.move') return [{ ...effect, parent: node.parent, order: node.order }];
      if (effect.op === 'text.edit') {
        const delta = invert(effect.delta, textOf(node, effect.field, registry));
        return [{ ...effect, base: 0, delta }];
      }
      return [fieldsBefore(node, effect)];
    }
  }
}

function fieldsBefore(node: Node, effect: Extract<Operation, { op: 'node.set' }>): Operation {
  const values: Record<string, unknown> = {};
  const clear: string[] = [];
  for (const path of [...Object.keys(effect.values ?? {}), ...(effect.clear ?? [])]) {
    const [place, name] = splitPath(path);
    if (!name) values[path] = node[place as 'pos'];
    else {
      const kept: Readonly<Record<string, unknown>> = place === 'data' ? node.data : node.text;
      if (Object.hasOwn(kept, name)) values[path] = kept[name];
      else clear.push(path);
    }
  }
  return { op: 'node.set', id: node.id, values, clear };
}

/** The fields that an operation writes, as id and path; `*` is a whole record. */
function* writtenFields(op: Operation): Generator<readonly [string, string]> {
  switch (op.op) {
    case 'node.add':
    case 'edge.add':
      yield [op.id, '*'];
      return;
    case 'node.remove':
    case 'edge.remove':
      for (const id of op.ids) yield [id, '*'];
      return;
    case 'node.set':
      for (const path of [...Object.keys(op.values ?? {}), ...(op.clear ?? [])]) yield [op.id, path];
      return;
    case 'node.move':
      yield [op.id, 'parent'];
      return;
    case 'text.edit':
      yield [op.id, `text.${op.field}`];
      return;
    case 'edge.set':
      for (const name of ['strength', 'label', 'order']) {
        if (Object.hasOwn(op, name)) yield [op.id, name];
      }
      return;
    case 'graph.set':
      for (const key of [...Object.keys(op.values ?? {}), ...(op.clear ?? [])]) yield ['', key];
  }
}
