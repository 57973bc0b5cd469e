// The graph as rows of a tree: what is open shows what lies in it.

import type { Graph, Node } from '$lib/graph/model';

export interface Row {
  readonly node: Node;
  readonly depth: number;
  readonly open: boolean;
  /** How many nodes lie in it; -1 for what holds none. */
  readonly inside: number;
  readonly setSize: number;
  readonly place: number;
}

/** All rows that are seen while these containers are open, parents before what lies in them. */
export function rowsOf(graph: Graph, open: ReadonlySet<string>, isContainer: (node: Node) => boolean): Row[] {
  const rows: Row[] = [];
  const put = (parent: string | null, depth: number): void => {
    const children = graph.children(parent);
    for (const [place, node] of children.entries()) {
      const container = isContainer(node);
      const isOpen = container && open.has(node.id);
      const inside = container ? (graph.adjacency.children.get(node.id)?.size ?? 0) : -1;
      rows.push({ node, depth, open: isOpen, inside, setSize: children.length, place: place + 1 });
      if (isOpen) put(node.id, depth + 1);
    }
  };
  put(null, 0);
  return rows;
}
