// One transaction while it is applied: what every rule checks, writes and notes.

import { Journal } from './journal';
import { labelOf } from './labels';
import { type Edge, type Graph, type Node, type LastWrite, textKey } from './model';
import type { AddEdge, Operation, Transaction } from './operations';
import { isOrderKey } from './orderKeys';
import { isId, wholeEdge } from './records';
import type { Field, Registry } from './registry';
import { misfit } from './schema';
import { replacement } from './text';
import { NO_HISTORY, record } from './textHistory';
import { checkText, checkValue } from './values';

export const KEY = /^[A-Za-z_][A-Za-z0-9_.-]{0,63}$/;

/** One of the reasons to refuse a transaction. */
export class Refused extends Error {
  readonly reason: string;
  readonly id: string;
  readonly hint: string;

  constructor(reason: string, message: string, id = '', hint = '') {
    super(message);
    this.reason = reason;
    this.id = id;
    this.hint = hint;
  }
}

export interface Conflict {
  readonly id: string;
  readonly path: string;
  readonly user: string;
  readonly version: number;
  readonly value: unknown;
}

export interface Powers {
  /** The studio itself: it may write fields that people may not. */
  readonly system?: boolean;
  /** Only what is seen is wanted: no histories, no writers, and texts are edited as they stand. */
  readonly predicting?: boolean;
}

/** One transaction while it is applied. */
export class Change {
  readonly graph: Graph;
  readonly registry: Registry;
  readonly user: string;
  readonly system: boolean;
  readonly predicting: boolean;
  readonly restoring: boolean;
  readonly version: number;
  readonly base: number;
  readonly client: string;
  readonly journal: Journal;
  readonly effects: Operation[] = [];
  readonly inverse: Operation[] = [];
  readonly touched = new Set<string>();
  readonly dropped = new Set<string>();
  readonly conflicts: Conflict[] = [];
  place = 0;

  constructor(
    graph: Graph,
    transaction: Transaction,
    registry: Registry,
    user: string,
    { system = false, predicting = false }: Powers,
  ) {
    this.graph = graph;
    this.registry = registry;
    this.user = user;
    this.system = system;
    this.predicting = predicting;
    const undo = transaction.undo_of != null;
    this.restoring = system && undo;
    this.version = graph.version + 1;
    this.base = transaction.base_version ?? graph.version;
    // An undo is written on top of what its author did since, so it counts as a stranger's.
    this.client = undo ? `undo:${this.version}` : (transaction.client_id ?? '');
    this.journal = new Journal(graph);
  }

  done(effect: Operation, inverse: Operation, touched?: string): void {
    this.effects.push(effect);
    this.inverse.push(inverse);
    if (touched) this.touched.add(touched);
  }

  dropEdges(edges: readonly Edge[]): void {
    if (edges.length === 0) return;
    for (const edge of edges) {
      this.journal.dropEdge(edge);
      this.bury(edge.id);
      this.touched.add(edge.id);
      this.touched.add(edge.target);
    }
    this.effects.push({ op: 'edge.remove', ids: edges.map(({ id }) => id) });
    this.inverse.push(...edges.toReversed().map(wholeEdge));
  }

  /** Note that a whole record was written. */
  found(id: string): void {
    if (this.predicting) return;
    this.journal.put(this.graph.lastWrites, id, new Map([['*', this.mark()]]));
  }

  bury(id: string): void {
    if (this.predicting) return;
    this.journal.drop(this.graph.lastWrites, id);
    this.journal.put(this.graph.removed, id, this.version);
  }

  buryTexts(node: Node): void {
    if (this.predicting) return;
    for (const name of Object.keys(node.text)) {
      this.journal.drop(this.graph.texts, textKey(node.id, name));
    }
  }

  /** A text that comes back knows no edits older than its node's removal. */
  revive(node: Node): void {
    const removed = this.graph.removed.get(node.id);
    if (removed === undefined) return;
    this.journal.drop(this.graph.removed, node.id);
    for (const name of Object.keys(node.text)) {
      const history = { ...NO_HISTORY, historyStart: removed };
      this.journal.put(this.graph.texts, textKey(node.id, name), history);
    }
  }

  mark(): LastWrite {
    return [this.version, this.user];
  }

  noteWrite(entity: Node | Edge, path: string, before: unknown, quiet = false): void {
    if (this.predicting) return;
    const fields = this.graph.lastWrites.get(entity.id);
    const last = fields?.get(path) ?? fields?.get('*');
    if (last && !quiet && last[0] > this.base && last[1] !== this.user) {
      if ('type' in entity && this.#isCompared(entity, path)) {
        throw new Refused(
          'stale',
          `${afterDot(path)} of ${labelOf(entity)} was changed meanwhile.`,
          entity.id,
          'Look at the new value and choose again.',
        );
      }
      const [version, user] = last;
      this.conflicts.push({ id: entity.id, path, user, version, value: before ?? null });
    }
    this.journal.put(
      this.graph.lastWrites,
      entity.id,
      new Map([...(fields ?? []), [path, this.mark()]]),
    );
  }

  #isCompared(node: Node, path: string): boolean {
    return this.registry.fields(node.type)?.get(afterDot(path))?.compared ?? false;
  }

  overwriteText(node: string, name: string, before: string, after: string): void {
    if (this.predicting) return;
    const key = textKey(node, name);
    const history = this.graph.texts.get(key);
    if (history === undefined && before === after) return;
    const delta = replacement(before, after);
    this.journal.put(
      this.graph.texts,
      key,
      record(history ?? NO_HISTORY, this.client, this.version, delta, []),
    );
  }

  checkedField(type: string, node: string, place: string, name: string): Field | undefined {
    const field = this.registry.fields(type)?.get(name);
    if (this.restoring) return field;
    if (field === undefined) {
      throw new Refused('invalid', `${type} has no field '${name.slice(0, 80)}'.`, node);
    }
    if (field.name === name && field.place !== place) {
      throw new Refused(
        'invalid',
        `${name} of ${type} is kept under ${field.place}.${name}.`,
        node,
      );
    }
    if (field.system && !this.system) {
      throw new Refused('forbidden', `${name} of ${type} is written by the studio alone.`, node);
    }
    return field;
  }

  checked(type: string, node: string, place: string, name: string, value: unknown): unknown {
    const field = this.checkedField(type, node, place, name);
    const checked = place === 'text' ? checkText(value) : checkValue(value);
    if (!KEY.test(name)) {
      throw new Refused('invalid', `'${name.slice(0, 80)}' is no name for a field.`, node);
    }
    if (field !== undefined && !this.restoring) {
      const why = misfit(field.schema, checked);
      if (why !== null) {
        throw new Refused('invalid', `${name} of ${this.name(node, type)}: ${why}.`, node);
      }
    }
    return checked;
  }

  checkNewId(id: string): void {
    if (!isId(id)) {
      const shown = String(id).slice(0, 80);
      throw new Refused('invalid', `'${shown}' is no id; ids are UUIDs.`, shown);
    }
    if (this.graph.nodes.has(id) || this.graph.edges.has(id)) {
      throw new Refused('id_exists', `The id ${id} is taken.`, id);
    }
  }

  checkParent(parent: string | null, node: string): void {
    if (parent === null) return;
    const container = this.graph.nodes.get(parent);
    if (container === undefined) {
      throw new Refused('parent_gone', 'The container of this node is not there.', node);
    }
    const type = this.registry.nodeType(container.type);
    if (type === undefined ? !this.restoring : type.kind !== 'container') {
      throw new Refused('not_container', `${labelOf(container)} holds no other nodes.`, node);
    }
  }

  checkOrder(order: string, id: string): void {
    if (typeof order !== 'string' || !isOrderKey(order)) {
      const shown = String(order).slice(0, 80);
      throw new Refused('invalid', `'${shown}' is no order key, such as a0.`, id);
    }
  }

  checkUnlocked(node: Node | undefined): void {
    if (node?.locked && !this.system) {
      throw new Refused('locked', `${labelOf(node)} is locked.`, node.id, 'Unlock it first.');
    }
  }

  checkNoCycle(source: string, target: string): void {
    if (!this.graph.adjacency.reaches(target, source)) return;
    throw new Refused(
      'cycle',
      `${this.name(source)} needs ${this.name(target)} already, so it cannot come before it.`,
      source,
    );
  }

  /** Whether the input takes several edges; refused when the sockets do not fit. */
  checkSockets(op: AddEdge, source: Node, target: Node): boolean {
    const giver = this.registry.nodeType(source.type);
    const taker = this.registry.nodeType(target.type);
    const output = this.registry.output(giver, op.source_socket);
    const wanted = this.registry.input(taker, op.target_socket);
    // What cannot be asked is taken on trust; a node that is known may be another one by now.
    if (this.restoring && (giver === undefined || taker === undefined)) {
      return wanted?.many ?? wanted === undefined;
    }
    if (output === undefined || wanted === undefined) {
      const [node, socket] =
        output === undefined ? [source, op.source_socket] : [target, op.target_socket];
      throw new Refused(
        'endpoint_gone',
        `${labelOf(node)} has no socket '${socket.slice(0, 80)}'.`,
        op.id,
      );
    }
    if (!this.registry.converts(output.type, wanted.type)) {
      throw new Refused(
        'incompatible',
        `${output.type} from ${labelOf(source)} does not fit ${wanted.type} of ${labelOf(target)}.`,
        op.id,
      );
    }
    return wanted.many ?? false;
  }

  end(node: string, edge: string): Node {
    const found = this.graph.nodes.get(node);
    if (found === undefined) {
      throw new Refused('endpoint_gone', 'A node at the end of this edge is gone.', edge);
    }
    return found;
  }

  isThere(table: ReadonlyMap<string, unknown>, id: string): boolean {
    if (table.has(id)) return true;
    this.dropped.add(id);
    return false;
  }

  name(id: string, otherwise = ''): string {
    const node = this.graph.nodes.get(id);
    return node ? labelOf(node) : otherwise || 'This node';
  }
}

/** A path's two parts: `data.seed` is `data` and `seed`. */
export function splitPath(path: string): [place: string, name: string] {
  const dot = path.indexOf('.');
  return dot < 0 ? [path, ''] : [path.slice(0, dot), path.slice(dot + 1)];
}

const afterDot = (path: string): string => splitPath(path)[1];
