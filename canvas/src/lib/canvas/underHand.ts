// What lies under a point of the screen: a node, a wire, or the ground.

import type { CanvasStore, Point } from './canvasStore.svelte';
import { distance } from './wires';
import { ends, isPortal } from './paintWires';

const NEAR = 7;
const LEAST_ZOOM = 0.15;

/** The wire at a point of the screen, if one is near enough. */
export function wireAt({ model, viewport, selection }: CanvasStore, [px, py]: Point): string | undefined {
  if (viewport.zoom < LEAST_ZOOM) return undefined;
  let best = NEAR;
  let found: string | undefined;
  for (const wire of model.wires.all.values()) {
    const [x1, y1, x2, y2] = ends(wire, model, viewport);
    if (Math.max(y1, y2) + NEAR < py || Math.min(y1, y2) - NEAR > py) continue;
    if (Math.max(x1, x2) + 330 < px || Math.min(x1, x2) - 330 > px) continue;
    if (isPortal(wire, { model, selected: selection })) continue;
    const away = distance(x1, y1, x2, y2, px, py);
    if (away < best) {
      best = away;
      found = wire.id;
    }
  }
  return found;
}
