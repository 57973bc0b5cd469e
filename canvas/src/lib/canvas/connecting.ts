// A wire that a person draws: which sockets it fits, and why it does not fit the others.

import type { Rejection } from '$lib/graph/apply';
import type { Graph } from '$lib/graph/model';
import type { AddEdge } from '$lib/graph/operations';
import type { Registry } from '$lib/graph/registry';
import type { SocketSpot } from '$lib/schema/layout';
import type { NodeDefinition } from '$lib/stores/catalog';

export type Fit = 'idle' | 'from' | 'fits' | 'converts' | 'not';

/** One end of a wire that is being drawn. */
export interface WireEnd {
  readonly node: string;
  readonly socket: string;
  readonly side: 'in' | 'out';
}

export class Connecting {
  readonly from: WireEnd;
  readonly type: string;
  readonly #graph: Graph;
  readonly #registry: Registry;
  /** What this end needs, or what needs it, already: a wire there would close a circle. */
  readonly #behind: ReadonlySet<string>;

  constructor(from: WireEnd, graph: Graph, registry: Registry) {
    this.from = from;
    this.#graph = graph;
    this.#registry = registry;
    const type = registry.nodeType(graph.nodes.get(from.node)?.type ?? '');
    const socket =
      from.side === 'out' ? registry.output(type, from.socket) : registry.input(type, from.socket);
    this.type = socket?.type ?? '';
    this.#behind = reach(graph, from);
  }

  /** How a socket takes this wire. */
  fits(node: string, { id, side, type }: Pick<SocketSpot, 'id' | 'side' | 'type'>): Fit {
    if (node === this.from.node && id === this.from.socket && side === this.from.side) return 'from';
    if (side === this.from.side || node === this.from.node || this.#behind.has(node)) return 'not';
    const [source, target] = side === 'in' ? [this.type, type] : [type, this.type];
    if (this.#registry.fits(source, target)) return 'fits';
    return this.#registry.converts(source, target) ? 'converts' : 'not';
  }

  /** The socket of a node that takes this wire best; a free one before a taken one. */
  best(node: string, definition: NodeDefinition | undefined): WireEnd | undefined {
    const side = this.from.side === 'out' ? 'in' : 'out';
    const sockets = (side === 'in' ? definition?.inputs : definition?.outputs) ?? [];
    let found: WireEnd | undefined;
    let best = 0;
    for (const socket of sockets) {
      const fit = this.fits(node, { id: socket.id, side, type: socket.type });
      if (fit === 'not' || fit === 'from') continue;
      const taken =
        side === 'in' && !socket.many && this.#graph.incoming(node, socket.id).length > 0;
      const score = (fit === 'fits' ? 4 : 2) + (socket.type === this.type ? 2 : 0) + (taken ? 0 : 1);
      if (score > best) {
        best = score;
        found = { node, socket: socket.id, side };
      }
    }
    return found;
  }

  /** Whether a node of this type could be connected, for the menu of what fits. */
  takes(definition: NodeDefinition): boolean {
    const sockets = this.from.side === 'out' ? definition.inputs : definition.outputs;
    return sockets.some(({ type }) => {
      const [source, target] = this.from.side === 'out' ? [this.type, type] : [type, this.type];
      return type !== '*' ? this.#registry.converts(source, target) : this.#registry.fits(source, target);
    });
  }

  /** The edge between this end and another. */
  edge(to: WireEnd, id: string, order: string): AddEdge {
    const [source, target] = this.from.side === 'out' ? [this.from, to] : [to, this.from];
    return {
      op: 'edge.add',
      id,
      source: source.node,
      source_socket: source.socket,
      target: target.node,
      target_socket: target.socket,
      order,
      replace: true,
    };
  }
}

/** All nodes that lie on the side from which a wire would close a circle. */
function reach(graph: Graph, { node, side }: WireEnd): ReadonlySet<string> {
  const found = new Set<string>();
  const open = [node];
  while (open.length > 0) {
    const next = open.pop() as string;
    const edges = side === 'out' ? graph.incoming(next) : graph.outgoing(next);
    for (const edge of edges) {
      const other = side === 'out' ? edge.source : edge.target;
      if (found.has(other)) continue;
      found.add(other);
      open.push(other);
    }
  }
  return found;
}

/** A refusal in one sentence, with what to do where that is known. */
export const sentence = ({ message, hint }: Rejection): string =>
  hint ? `${message} ${hint}` : message;
