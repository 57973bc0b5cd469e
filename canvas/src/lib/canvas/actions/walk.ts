// Walking over the canvas by the arrow keys: along wires to the left and right, else by the eye.

import type { CanvasStore } from '../canvasStore.svelte';

export type Way = 'left' | 'right' | 'up' | 'down';

/** Go to the next node in a direction and bring it into sight. */
export function walk(canvas: CanvasStore, way: Way): void {
  const { model } = canvas;
  const from = canvas.focused ?? [...canvas.selection].at(-1);
  const slot = from === undefined ? undefined : model.slots.get(from);
  const next = slot === undefined ? nearest(canvas) : (along(canvas, slot, way) ?? toward(canvas, slot, way));
  if (next === undefined) return;
  focus(canvas, model.ids[next] as string);
}

/** Give a node the keyboard, select it, and bring it into sight. */
export function focus(canvas: CanvasStore, id: string): void {
  canvas.focused = id;
  canvas.select([id]);
  const slot = canvas.model.slots.get(id);
  if (slot === undefined) return;
  const { x, y, w, h } = canvas.model.rect(slot);
  const [left, top] = canvas.toScreen([x, y]);
  const [right, bottom] = canvas.toScreen([x + w, y + h]);
  const inside = left >= 0 && top >= 0 && right <= canvas.width && bottom <= canvas.height;
  if (inside) return;
  const { zoom } = canvas.viewport;
  canvas.moveView(
    { x: canvas.width / 2 - (x + w / 2) * zoom, y: canvas.height / 2 - (y + h / 2) * zoom, zoom },
    180,
  );
}

const middle = (canvas: CanvasStore, slot: number): readonly [number, number] => {
  const { x, y, w, h } = canvas.model.rect(slot);
  return [x + w / 2, y + h / 2];
};

function nearest(canvas: CanvasStore): number | undefined {
  const [cx, cy] = canvas.middle;
  let best = Number.POSITIVE_INFINITY;
  let found: number | undefined;
  for (const slot of canvas.model.slots.values()) {
    const [x, y] = middle(canvas, slot);
    const away = Math.hypot(x - cx, y - cy);
    if (away < best) {
      best = away;
      found = slot;
    }
  }
  return found;
}

function along(canvas: CanvasStore, slot: number, way: Way): number | undefined {
  if (way === 'up' || way === 'down') return undefined;
  const [, y] = middle(canvas, slot);
  let best = Number.POSITIVE_INFINITY;
  let found: number | undefined;
  for (const wire of canvas.model.wires.bySlot.get(slot) ?? []) {
    const other = way === 'right' ? wire.target : wire.source;
    if ((way === 'right' ? wire.source : wire.target) !== slot) continue;
    const away = Math.abs(middle(canvas, other)[1] - y);
    if (away < best) {
      best = away;
      found = other;
    }
  }
  return found;
}

function toward(canvas: CanvasStore, from: number, way: Way): number | undefined {
  const [x0, y0] = middle(canvas, from);
  let best = Number.POSITIVE_INFINITY;
  let found: number | undefined;
  for (const slot of canvas.model.slots.values()) {
    if (slot === from) continue;
    const [x, y] = middle(canvas, slot);
    const [ahead, aside] =
      way === 'left' ? [x0 - x, y - y0] : way === 'right' ? [x - x0, y - y0] : way === 'up' ? [y0 - y, x - x0] : [y - y0, x - x0];
    if (ahead <= 4) continue;
    const score = ahead + 2.2 * Math.abs(aside);
    if (score < best) {
      best = score;
      found = slot;
    }
  }
  return found;
}

/** Move the selected nodes by the arrows. */
export function nudge(canvas: CanvasStore, dx: number, dy: number): void {
  const { nodes } = canvas.project.graph;
  const ops = [...canvas.selection].flatMap((id) => {
    const node = nodes.get(id);
    if (!node || node.locked) return [];
    return [{ op: 'node.set' as const, id, values: { pos: [node.pos[0] + dx, node.pos[1] + dy] } }];
  });
  if (ops.length > 0) canvas.project.submit(ops, { label: 'Nudge' });
}
