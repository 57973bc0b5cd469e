// What a person sees: the confirmed graph with their unanswered steps on top, kept up to date by
// touching only what has changed.
//
// Whatever no step mentions is the same in both graphs. A write of a field to something that a
// step mentions is folded: the record is made anew from the confirmed one and the steps' writes,
// so that a field with a pending write does not move. A change of structure that meets a step
// rewinds: all that the steps mention is put back, and each step is predicted anew.

import { type Applied, apply } from './apply';
import { type Edge, Graph, type Node } from './model';
import type { Operation } from './operations';
import { isLinking, isLive, isStructural, mentioned, type PendingStep, textsOf } from './pending';
import type { Registry } from './registry';
import {
  dropEdge,
  dropNode,
  edgeAfter,
  edgeOf,
  nodeAfter,
  nodeOf,
  putEdge,
  putNode,
  replay,
  SETTINGS,
} from './replay';
import { BadDelta } from './text';
import { same } from './values';

/** What a batch of news asks of the view. */
export interface Round {
  readonly ids: Set<string>;
  rewind: boolean;
}

export class Projection {
  readonly view = new Graph();
  readonly #confirmed: Graph;
  readonly #registry: Registry;
  /** How many steps mention each id, and how many edit each text. */
  readonly #mentions = new Map<string, number>();
  readonly #edits = new Map<string, number>();
  #links = 0;

  constructor(confirmed: Graph, registry: Registry) {
    this.#confirmed = confirmed;
    this.#registry = registry;
  }

  /** Count a step in. */
  add(step: PendingStep): void {
    this.#count(step, 1);
  }

  /** Count a step out; it must have been live when it was counted in. */
  remove(step: PendingStep): void {
    if (isLive(step)) this.#count(step, -1);
  }

  /** Whether a step edits this text. */
  edits(key: string): boolean {
    return this.#edits.has(key);
  }

  /** Note what somebody else's effects ask of the view. */
  noteForeign(effects: readonly Operation[], round: Round): void {
    if (round.rewind || this.#mentions.size === 0) return;
    round.rewind = effects.some(
      (op) =>
        isStructural(op) &&
        ((this.#links > 0 && isLinking(op)) ||
          mentioned(op).some((id) => id != null && this.#mentions.has(id))),
    );
  }

  /** Bring the view up to date where the confirmed graph has changed; gives what looks different. */
  refresh(
    ids: ReadonlySet<string>,
    rewind: boolean,
    live: readonly PendingStep[],
    setAside: (step: PendingStep) => void,
  ): Set<string> {
    const changed = new Set<string>();
    if (rewind && live.length > 0) {
      this.#rewind(ids, live, setAside, changed);
      return changed;
    }
    try {
      for (const id of ids) {
        if (this.#mentions.has(id)) this.#fold(id, live, changed);
        else this.#copy(id, changed);
      }
    } catch (error) {
      if (!(error instanceof BadDelta)) throw error;
      this.#rewind(ids, live, setAside, changed);
    }
    return changed;
  }

  /** What a step mentions as it was before that step, with those before it on top. */
  before(step: PendingStep, earlier: readonly PendingStep[]): Graph {
    const graph = new Graph();
    const effects = earlier.flatMap((one) => one.effects);
    for (const [key, value] of this.#confirmed.settings) graph.settings.set(key, value);
    const settings = effects.filter(({ op }) => op === 'graph.set');
    replay(graph, settings, this.#registry, new Set());
    for (const id of step.ids) {
      if (id === SETTINGS) continue;
      const [node, edge] = this.#folded(id, effects);
      if (node) putNode(graph, node);
      if (edge) putEdge(graph, edge);
    }
    return graph;
  }

  /** Do of an undo what can be done, each operation by itself; gives these and their effects. */
  attempt(
    wanted: readonly Operation[],
    kind: PendingStep['kind'],
  ): [ops: Operation[], effects: Operation[]] {
    const ops: Operation[] = [];
    const effects: Operation[] = [];
    for (const op of wanted) {
      // What others put something into, or connected, stays.
      if (op.op === 'node.remove' && op.ids.some((id) => this.#isInUse(id))) continue;
      const done = predict(this.view, [op], this.#registry, kind);
      if (done.rejection !== null || done.effects.length === 0) continue;
      ops.push(op);
      effects.push(...done.effects);
    }
    return [ops, effects];
  }

  #isInUse(id: string): boolean {
    const { children, incoming, outgoing } = this.view.adjacency;
    return children.has(id) || incoming.has(id) || outgoing.has(id);
  }

  #count(step: PendingStep, by: 1 | -1): void {
    for (const id of step.ids) bump(this.#mentions, id, by);
    for (const op of step.ops) {
      for (const key of textsOf(op)) bump(this.#edits, key, by);
      if (isLinking(op)) this.#links += by;
    }
  }

  #copy(id: string, changed: Set<string>): void {
    if (id === SETTINGS) {
      this.#showSettings(this.#confirmed.settings, changed);
      return;
    }
    this.#showNode(id, this.#confirmed.nodes.get(id), changed);
    this.#showEdge(id, this.#confirmed.edges.get(id), changed);
  }

  /** One record from the confirmed one and the writes of the steps that mention it. */
  #fold(id: string, live: readonly PendingStep[], changed: Set<string>): void {
    const effects = live.flatMap((step) => (step.ids.has(id) ? step.effects : []));
    if (id === SETTINGS) {
      const settings = new Map(this.#confirmed.settings);
      for (const op of effects) {
        if (op.op !== 'graph.set') continue;
        for (const [key, value] of Object.entries(op.values ?? {})) settings.set(key, value);
        for (const key of op.clear ?? []) settings.delete(key);
      }
      this.#showSettings(settings, changed);
      return;
    }
    const [node, edge] = this.#folded(id, effects);
    this.#showNode(id, node, changed);
    this.#showEdge(id, edge, changed);
  }

  /** One record from the confirmed one and the effects of steps. */
  #folded(id: string, effects: readonly Operation[]): [Node | undefined, Edge | undefined] {
    let node = this.#confirmed.nodes.get(id);
    let edge = this.#confirmed.edges.get(id);
    for (const op of effects) {
      if ('ids' in op) {
        if (op.ids.includes(id)) node = edge = undefined;
      } else if ('id' in op && op.id === id) {
        if (op.op === 'node.add') node = nodeOf(op);
        else if (op.op === 'edge.add') edge = edgeOf(op);
        else if (op.op === 'edge.set') edge &&= edgeAfter(edge, op);
        else node &&= nodeAfter(node, op, this.#registry);
      }
    }
    return [node, edge];
  }

  #rewind(
    ids: ReadonlySet<string>,
    live: readonly PendingStep[],
    setAside: (step: PendingStep) => void,
    changed: Set<string>,
  ): void {
    const { view } = this;
    const before = new Map<string, [Node | undefined, Edge | undefined]>();
    const settings = new Map(view.settings);
    for (const id of new Set([...ids, ...this.#mentions.keys()])) {
      before.set(id, [view.nodes.get(id), view.edges.get(id)]);
      this.#copy(id, changed);
    }
    changed.clear();
    for (const step of live) {
      const done = predict(view, step.ops, this.#registry, step.kind);
      this.#count(step, -1);
      if (done.rejection !== null) {
        setAside(step);
        continue;
      }
      step.effects = done.effects;
      const mentions = new Set(step.ids);
      for (const op of done.effects) {
        for (const id of mentioned(op)) {
          if (id == null) continue;
          mentions.add(id);
          // What nobody mentioned before looked like the confirmed one.
          if (!before.has(id)) {
            before.set(id, [this.#confirmed.nodes.get(id), this.#confirmed.edges.get(id)]);
          }
        }
      }
      step.ids = mentions;
      this.#count(step, 1);
    }
    for (const [id, [node, edge]] of before) {
      if (id === SETTINGS) {
        if (!same(Object.fromEntries(settings), Object.fromEntries(view.settings))) changed.add(id);
        continue;
      }
      const nodeNow = view.nodes.get(id);
      const edgeNow = view.edges.get(id);
      // Who looks the same stays the same record, so that nothing is drawn again.
      if (!same(node, nodeNow)) changed.add(id);
      else if (node) putNode(view, node);
      if (!same(edge, edgeNow)) changed.add(id);
      else if (edge) putEdge(view, edge);
    }
  }

  #showNode(id: string, node: Node | undefined, changed: Set<string>): void {
    const shown = this.view.nodes.get(id);
    if (node === shown || same(node, shown)) return;
    if (node) putNode(this.view, node);
    else dropNode(this.view, id);
    changed.add(id);
  }

  #showEdge(id: string, edge: Edge | undefined, changed: Set<string>): void {
    const shown = this.view.edges.get(id);
    if (edge === shown || same(edge, shown)) return;
    if (edge) putEdge(this.view, edge);
    else dropEdge(this.view, id);
    changed.add(id);
  }

  #showSettings(settings: ReadonlyMap<string, unknown>, changed: Set<string>): void {
    const shown = this.view.settings;
    if (same(Object.fromEntries(settings), Object.fromEntries(shown))) return;
    shown.clear();
    for (const [key, value] of settings) shown.set(key, value);
    changed.add(SETTINGS);
  }
}

/** Apply operations to a view. What an undo puts back was allowed when it was made. */
function predict(
  view: Graph,
  ops: readonly Operation[],
  registry: Registry,
  kind: PendingStep['kind'],
): Applied {
  const undo = kind !== 'ops';
  const transaction = undo ? { ops, undo_of: 1 } : { ops };
  return apply(view, transaction, registry, '', { predicting: true, system: undo });
}

function bump(counts: Map<string, number>, key: string, by: number): void {
  const count = (counts.get(key) ?? 0) + by;
  if (count > 0) counts.set(key, count);
  else counts.delete(key);
}
