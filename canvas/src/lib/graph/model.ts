// The node document in memory: nodes, edges, settings, and who wrote what last.
//
// Nodes and edges are immutable: a change puts a new record in the old one's place, so that a
// reader sees by identity what has changed. Only `apply` and `replay` change a graph.

import { Adjacency } from './adjacency';
import type { Edge, Node } from './elements';
import type { TextDelta } from './text';

export type { Edge, Node, Point } from './elements';

/** The last write of a field: in which version, by whom. */
export type LastWrite = readonly [version: number, user: string];

/** A change of a text as it was applied, for edits that were made before it was seen. */
export type TextEdit = readonly [version: number, client: string, delta: TextDelta];

/** A client that typed lately: its last version, and the others' changes as it will meet them. */
export type Bridge = readonly [last: number, waiting: readonly TextEdit[]];

export interface TextHistory {
  /** The version up to which changes were forgotten. */
  readonly historyStart: number;
  readonly edits: readonly TextEdit[];
  readonly bridges: ReadonlyMap<string, Bridge>;
  /** Up to here the edits come from a log, and the bridges over them are incomplete. */
  readonly rebuilt?: number;
}

export class Graph {
  id = '';
  version = 0;
  readonly nodes = new Map<string, Node>();
  readonly edges = new Map<string, Edge>();
  readonly settings = new Map<string, unknown>();
  /** The last writer of each field, by entity id and path; `*` stands for the whole record. */
  readonly lastWrites = new Map<string, ReadonlyMap<string, LastWrite>>();
  /** Tombstones: the version in which an id was removed. */
  readonly removed = new Map<string, number>();
  /** The recent changes of each text, by `textKey`. */
  readonly texts = new Map<string, TextHistory>();
  /** The last transaction number of each client, the one that wrote last at the end. */
  readonly seqs = new Map<string, number>();
  readonly adjacency = new Adjacency(this.nodes, this.edges);

  /** The nodes that lie directly in a container (null: at the root), in their order. */
  children(parent: string | null): Node[] {
    const found: Node[] = [];
    for (const id of this.adjacency.children.get(parent) ?? []) {
      const node = this.nodes.get(id);
      if (node) found.push(node);
    }
    return found.sort((a, b) => compare(a.order, b.order) || compare(a.id, b.id));
  }

  /** The edges that end at a node (at one input), in their order. */
  incoming(node: string, socket?: string): Edge[] {
    return [...(this.adjacency.incoming.get(node)?.values() ?? [])]
      .filter((edge) => socket === undefined || edge.target_socket === socket)
      .sort(
        (a, b) =>
          compare(a.target_socket, b.target_socket) ||
          compare(a.order, b.order) ||
          compare(a.id, b.id),
      );
  }

  /** The edges that begin at a node (at one output), in their order. */
  outgoing(node: string, socket?: string): Edge[] {
    return [...(this.adjacency.outgoing.get(node)?.values() ?? [])]
      .filter((edge) => socket === undefined || edge.source_socket === socket)
      .sort(
        (a, b) =>
          compare(a.source_socket, b.source_socket) ||
          compare(a.order, b.order) ||
          compare(a.id, b.id),
      );
  }
}

/** Where the history of a node's text is kept. */
export const textKey = (node: string, field: string): string => `${node}/${field}`;

/** Sorts as the server does: by code units, never by a language's alphabet. */
export const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
