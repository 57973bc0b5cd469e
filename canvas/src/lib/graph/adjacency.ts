// Who is connected to whom, and who lies in whom: lookups kept beside the document, never stored.

import type { Edge, Node } from './elements';

type EdgeTable = Map<string, Map<string, Edge>>;

/** Edges by their ends and nodes by their container. Each table is made when it is first read. */
export class Adjacency {
  readonly #nodes: ReadonlyMap<string, Node>;
  readonly #edges: ReadonlyMap<string, Edge>;
  #children: Map<string | null, Set<string>> | undefined;
  #incoming: EdgeTable | undefined;
  #outgoing: EdgeTable | undefined;

  constructor(nodes: ReadonlyMap<string, Node>, edges: ReadonlyMap<string, Edge>) {
    this.#nodes = nodes;
    this.#edges = edges;
  }

  /** The ids of the nodes in each container; null holds those at the root. */
  get children(): ReadonlyMap<string | null, ReadonlySet<string>> {
    if (this.#children === undefined) {
      this.#children = new Map();
      for (const node of this.#nodes.values()) this.addNode(node);
    }
    return this.#children;
  }

  /** The edges that end at each node, by their ids. */
  get incoming(): ReadonlyMap<string, ReadonlyMap<string, Edge>> {
    if (this.#incoming === undefined) {
      this.#incoming = new Map();
      for (const edge of this.#edges.values()) put(this.#incoming, edge.target, edge);
    }
    return this.#incoming;
  }

  /** The edges that begin at each node, by their ids. */
  get outgoing(): ReadonlyMap<string, ReadonlyMap<string, Edge>> {
    if (this.#outgoing === undefined) {
      this.#outgoing = new Map();
      for (const edge of this.#edges.values()) put(this.#outgoing, edge.source, edge);
    }
    return this.#outgoing;
  }

  addNode(node: Node): void {
    const siblings = this.#children?.get(node.parent);
    if (siblings) siblings.add(node.id);
    else this.#children?.set(node.parent, new Set([node.id]));
  }

  removeNode(node: Node): void {
    const siblings = this.#children?.get(node.parent);
    if (siblings?.delete(node.id) && siblings.size === 0) this.#children?.delete(node.parent);
  }

  addEdge(edge: Edge): void {
    if (this.#incoming) put(this.#incoming, edge.target, edge);
    if (this.#outgoing) put(this.#outgoing, edge.source, edge);
  }

  removeEdge(edge: Edge): void {
    if (this.#incoming) forget(this.#incoming, edge.target, edge.id);
    if (this.#outgoing) forget(this.#outgoing, edge.source, edge.id);
  }

  /** Forget the tables, when so much has changed that making them anew is cheaper. */
  reset(): void {
    this.#children = this.#incoming = this.#outgoing = undefined;
  }

  /**
   * Whether a way leads from one node to another, along edges and from parts to containers.
   *
   * Searched from both ends in turn, so that the cost is that of the smaller side: a new node at
   * the end of a long sequence is settled in one step.
   */
  reaches(start: string, goal: string): boolean {
    if (start === goal) return true;
    const ahead = new Set([start]);
    const behind = new Set([goal]);
    const forward = [this.#after(start)];
    const backward = [this.#before(goal)];
    while (forward.length > 0 && backward.length > 0) {
      for (const found of forward.pop() ?? []) {
        if (behind.has(found)) return true;
        if (ahead.has(found)) continue;
        ahead.add(found);
        forward.push(this.#after(found));
      }
      for (const found of backward.pop() ?? []) {
        if (ahead.has(found)) return true;
        if (behind.has(found)) continue;
        behind.add(found);
        backward.push(this.#before(found));
      }
    }
    return false;
  }

  /** What needs this node: where its edges end, and the container that it lies in. */
  *#after(id: string): Generator<string> {
    for (const edge of this.outgoing.get(id)?.values() ?? []) yield edge.target;
    const parent = this.#nodes.get(id)?.parent;
    if (parent) yield parent;
  }

  /** What this node needs: where its edges begin, and all that lies in it. */
  *#before(id: string): Generator<string> {
    for (const edge of this.incoming.get(id)?.values() ?? []) yield edge.source;
    yield* this.children.get(id) ?? [];
  }
}

function put(table: EdgeTable, node: string, edge: Edge): void {
  const edges = table.get(node);
  if (edges) edges.set(edge.id, edge);
  else table.set(node, new Map([[edge.id, edge]]));
}

function forget(table: EdgeTable, node: string, edge: string): void {
  const edges = table.get(node);
  if (edges?.delete(edge) && edges.size === 0) table.delete(node);
}
