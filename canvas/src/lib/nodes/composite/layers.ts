// The layers of a composite: what is connected, in its order from below, with how each is laid.

import { keyBetween, keysBetween } from '$lib/graph/orderKeys';
import type { Edge } from '$lib/graph/model';
import type { Operation } from '$lib/graph/operations';

export interface LayerLook {
  readonly blend: string;
  readonly opacity: number;
}

const PLAIN: LayerLook = { blend: 'normal', opacity: 1 };

/** How so many layers are laid; what is not described is normal and opaque. */
export function looksOf(described: readonly unknown[], count: number): LayerLook[] {
  return Array.from({ length: count }, (_, place) => {
    const one = (described[place] ?? {}) as Partial<LayerLook>;
    return {
      blend: typeof one.blend === 'string' ? one.blend : PLAIN.blend,
      opacity: typeof one.opacity === 'number' ? one.opacity : PLAIN.opacity,
    };
  });
}

/** The operations that put a layer at another place: its wire, and its look with it. */
export function moveLayer(
  node: string,
  edges: readonly Edge[],
  looks: readonly LayerLook[],
  from: number,
  to: number,
): Operation[] {
  const moved = edges[from];
  if (!moved || to < 0 || to >= edges.length || from === to) return [];
  const others = edges.filter((_, place) => place !== from);
  const before = others[to - 1]?.order ?? null;
  const after = others[to]?.order ?? null;
  const layers = looks.toSpliced(from, 1).toSpliced(to, 0, looks[from] ?? PLAIN);
  const look: Operation = { op: 'node.set', id: node, values: { 'data.layers': layers } };
  if (before === null || after === null || before < after) {
    return [{ op: 'edge.set', id: moved.id, order: keyBetween(before, after) }, look];
  }
  // Wires with the same key: all are put in order anew.
  const ordered = others.toSpliced(to, 0, moved);
  const keys = keysBetween(null, null, ordered.length);
  return [...ordered.map((edge, place): Operation => ({ op: 'edge.set', id: edge.id, order: keys[place] as string })), look];
}

/** The operations that take a layer away, with its look. */
export function removeLayer(node: string, edges: readonly Edge[], looks: readonly LayerLook[], at: number): Operation[] {
  const edge = edges[at];
  if (!edge) return [];
  return [
    { op: 'edge.remove', ids: [edge.id] },
    { op: 'node.set', id: node, values: { 'data.layers': looks.toSpliced(at, 1) } },
  ];
}
