// Frames: rectangles that hold what lies in them by where it lies, and can stand for it.

import type { Graph, Node } from '$lib/graph/model';

export const FRAME = 'film.frame';
export const FRAME_HEADER = 36;

export const isFrame = (type: string): boolean => type === FRAME;

/** Which nodes of a level are hidden, and by which collapsed frame. */
export function hiddenBy(children: readonly Node[]): Map<string, string> {
  const hidden = new Map<string, string>();
  for (const node of children) {
    if (node.type !== FRAME || node.data.collapsed !== true) continue;
    const members = node.data.members;
    if (!Array.isArray(members)) continue;
    for (const id of members) if (typeof id === 'string' && id !== node.id) hidden.set(id, node.id);
  }
  return hidden;
}

/** What changes which nodes are hidden: a node's own state that the model keeps in mind. */
export function foldState(graph: Graph, id: string): string {
  const node = graph.nodes.get(id);
  if (node?.type !== FRAME) return '';
  return node.data.collapsed === true ? JSON.stringify(node.data.members) : 'open';
}
