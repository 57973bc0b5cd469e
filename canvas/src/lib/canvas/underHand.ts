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

/** The wire that runs through the middle of a node, and is one edge between two others. */
export function wireThrough({ model, viewport, selection }: CanvasStore, id: string): string | undefined {
  const slot = model.slots.get(id);
  if (slot === undefined || viewport.zoom < LEAST_ZOOM) return undefined;
  const { x, y, w, h } = model.rect(slot);
  const px = (x + w / 2) * viewport.zoom + viewport.x;
  const py = (y + h / 2) * viewport.zoom + viewport.y;
  // Within the middle half of the node, so that it is meant.
  let best = (Math.min(w, h) / 4) * viewport.zoom;
  let found: string | undefined;
  for (const wire of model.wires.all.values()) {
    if (wire.source === slot || wire.target === slot || wire.edges.length > 1) continue;
    const [x1, y1, x2, y2] = ends(wire, model, viewport);
    if (Math.max(y1, y2) + best < py || Math.min(y1, y2) - best > py) continue;
    if (isPortal(wire, { model, selected: selection })) continue;
    const away = distance(x1, y1, x2, y2, px, py);
    if (away >= best) continue;
    best = away;
    found = wire.id;
  }
  return found;
}
