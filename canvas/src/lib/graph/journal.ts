// Writes to a graph that can all be taken back: what makes a transaction all or nothing.

import type { Edge, Graph, Node } from './model';

/** Changes a graph and remembers how each change is undone. */
export class Journal {
  readonly #graph: Graph;
  readonly #undo: (() => void)[] = [];

  constructor(graph: Graph) {
    this.#graph = graph;
  }

  /** Set one entry of one of the graph's tables. */
  put<T>(table: Map<string, T>, key: string, value: T): void {
    if (table.has(key)) {
      const before = table.get(key) as T;
      this.#undo.push(() => table.set(key, before));
    } else {
      this.#undo.push(() => table.delete(key));
    }
    table.set(key, value);
  }

  /** Take one entry away, if it is there. */
  drop<T>(table: Map<string, T>, key: string): void {
    if (!table.has(key)) return;
    const before = table.get(key) as T;
    table.delete(key);
    this.#undo.push(() => table.set(key, before));
  }

  /** Add a node or put a new record in its place. */
  putNode(node: Node): void {
    const { nodes, adjacency } = this.#graph;
    const before = nodes.get(node.id);
    this.put(nodes, node.id, node);
    if (before?.parent === node.parent) return;
    if (before !== undefined) {
      adjacency.removeNode(before);
      this.#undo.push(() => adjacency.addNode(before));
    }
    adjacency.addNode(node);
    this.#undo.push(() => adjacency.removeNode(node));
  }

  /** Take a node away; its edges and children must be gone. */
  dropNode(node: Node): void {
    const { nodes, adjacency } = this.#graph;
    this.drop(nodes, node.id);
    adjacency.removeNode(node);
    this.#undo.push(() => adjacency.addNode(node));
  }

  /** Add an edge or put a new record in its place. */
  putEdge(edge: Edge): void {
    const { edges, adjacency } = this.#graph;
    const before = edges.get(edge.id);
    if (before !== undefined) {
      adjacency.removeEdge(before);
      this.#undo.push(() => adjacency.addEdge(before));
    }
    this.put(edges, edge.id, edge);
    adjacency.addEdge(edge);
    this.#undo.push(() => adjacency.removeEdge(edge));
  }

  /** Take an edge away. */
  dropEdge(edge: Edge): void {
    const { edges, adjacency } = this.#graph;
    this.drop(edges, edge.id);
    adjacency.removeEdge(edge);
    this.#undo.push(() => adjacency.addEdge(edge));
  }

  /** Undo everything, the last change first. */
  rollBack(): void {
    for (let undo = this.#undo.pop(); undo !== undefined; undo = this.#undo.pop()) undo();
  }
}
