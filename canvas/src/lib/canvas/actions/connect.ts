// Wires without a hand: between two known ends.

import { keyBetween } from '$lib/graph/orderKeys';
import type { CanvasStore, Point } from '../canvasStore.svelte';
import { Connecting, type WireEnd } from '../connecting';
import { newId } from '../ids';

/** Connect two ends; says why not, at a place if one is known. Gives whether it was done. */
export function connectEnds(canvas: CanvasStore, from: WireEnd, to: WireEnd, at?: Point): boolean {
  const { project } = canvas;
  const connecting = new Connecting(from, project.graph, project.catalog.registry);
  const target = from.side === 'out' ? to : from;
  const last = project.graph.incoming(target.node, target.socket).at(-1);
  const edge = connecting.edge(to, newId(), keyBetween(last?.order ?? null, null));
  return canvas.submit([edge], 'Connect', at) === null;
}
