// Frames around nodes, notes beside them, and moving nodes between containers.

import { keyBetween } from '$lib/graph/orderKeys';
import type { Operation } from '$lib/graph/operations';
import { toasts } from '$lib/ui/toasts.svelte';
import type { CanvasStore } from '../canvasStore.svelte';
import { FRAME } from '../frames';
import { newId } from '../ids';
import { count } from './edit';

const PADDING = 32;
const HEADER = 40;

const last = ({ project }: CanvasStore, level: string | null): string | null =>
  project.graph.children(level).at(-1)?.order ?? null;

/** A frame around the selected nodes; where nothing is selected, an empty one at the pointer. */
export function frame(canvas: CanvasStore): void {
  const bounds = canvas.model.bounds(canvas.selection);
  const [px, py] = canvas.toCanvas(canvas.pointer);
  const { x, y, w, h } = bounds ?? { x: px - 240, y: py - 140, w: 480, h: 280 };
  const id = newId();
  const refusal = canvas.submit(
    [
      {
        op: 'node.add',
        id,
        type: FRAME,
        parent: canvas.level,
        order: keyBetween(last(canvas, canvas.level), null),
        pos: [Math.round(x - PADDING), Math.round(y - PADDING - HEADER)],
        size: [Math.round(w + 2 * PADDING), Math.round(h + 2 * PADDING + HEADER)],
        data: {},
      },
    ],
    'Frame',
  );
  if (refusal === null) canvas.select([id]);
}

/** Take the frames among the selected nodes away; what they hold stays. */
export function unframe(canvas: CanvasStore): void {
  const { nodes } = canvas.project.graph;
  const ids = [...canvas.selection].filter((id) => nodes.get(id)?.type === FRAME);
  if (ids.length > 0) canvas.submit([{ op: 'node.remove', ids }], `Take away ${count(ids.length, 'frame')}`);
}

/** Collapse a frame to its header, with what lies in it; or open it again. */
export function collapse(canvas: CanvasStore, id: string): void {
  const node = canvas.project.graph.nodes.get(id);
  if (node?.type !== FRAME) return;
  const collapsed = node.data.collapsed === true;
  const members = collapsed ? [] : canvas.model.inside(id);
  canvas.submit(
    [{ op: 'node.set', id, values: { 'data.collapsed': !collapsed, 'data.members': members } }],
    collapsed ? 'Open a frame' : 'Collapse a frame',
  );
}

/** A note at the pointer, ready to be written in. */
export function note(canvas: CanvasStore): void {
  const id = newId();
  const [x, y] = canvas.toCanvas(canvas.pointer);
  const refusal = canvas.submit(
    [
      {
        op: 'node.add',
        id,
        type: 'film.note',
        parent: canvas.level,
        order: keyBetween(last(canvas, canvas.level), null),
        pos: [Math.round(x), Math.round(y)],
      },
    ],
    'Write a note',
  );
  if (refusal !== null) return;
  canvas.select([id]);
  canvas.editing = id;
}

/** Put nodes into a container, or to the top: behind what is there. */
export function moveInto(canvas: CanvasStore, ids: readonly string[], parent: string | null): void {
  let order = last(canvas, parent);
  const ops: Operation[] = ids.map((id) => {
    order = keyBetween(order, null);
    return { op: 'node.move', id, parent, order };
  });
  if (canvas.submit(ops, `Move ${count(ids.length, 'node')}`) === null) {
    toasts.say(`Moved ${count(ids.length, 'node')}.`, {
      action: { title: 'Go there', run: () => canvas.navigate(parent) },
    });
  }
}

/** A new scene of the selected nodes. */
export function intoScene(canvas: CanvasStore): void {
  const bounds = canvas.model.bounds(canvas.selection);
  if (!bounds) return;
  const id = newId();
  const ops: Operation[] = [
    {
      op: 'node.add',
      id,
      type: 'film.scene',
      parent: canvas.level,
      order: keyBetween(last(canvas, canvas.level), null),
      pos: [Math.round(bounds.x), Math.round(bounds.y)],
    },
  ];
  let order: string | null = null;
  for (const one of canvas.selection) {
    order = keyBetween(order, null);
    ops.push({ op: 'node.move', id: one, parent: id, order });
  }
  if (canvas.submit(ops, `A scene of ${count(canvas.selection.size, 'node')}`) === null) canvas.select([id]);
}
