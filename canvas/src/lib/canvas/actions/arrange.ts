// Putting nodes in order: on one line, at equal distances, or all of a level by what feeds what.

import type { Operation } from '$lib/graph/operations';
import type { CanvasStore } from '../canvasStore.svelte';
import type { Rect } from '../model';
import type { TidyAnswer, TidyQuestion } from '../tidyWorker';

export type Side = 'left' | 'right' | 'top' | 'bottom' | 'middle' | 'center';

function boxes(canvas: CanvasStore): { id: string; box: Rect }[] {
  const { nodes } = canvas.project.graph;
  return [...canvas.selection].flatMap((id) => {
    const slot = canvas.model.slots.get(id);
    return slot === undefined || nodes.get(id)?.locked ? [] : [{ id, box: canvas.model.rect(slot) }];
  });
}

const place = (id: string, x: number, y: number): Operation => ({
  op: 'node.set',
  id,
  values: { pos: [Math.round(x), Math.round(y)] },
});

export function align(canvas: CanvasStore, side: Side): void {
  const all = boxes(canvas);
  const bounds = canvas.model.bounds(all.map(({ id }) => id));
  if (!bounds || all.length < 2) return;
  const ops = all.map(({ id, box }) => {
    switch (side) {
      case 'left':
        return place(id, bounds.x, box.y);
      case 'right':
        return place(id, bounds.x + bounds.w - box.w, box.y);
      case 'center':
        return place(id, bounds.x + (bounds.w - box.w) / 2, box.y);
      case 'top':
        return place(id, box.x, bounds.y);
      case 'bottom':
        return place(id, box.x, bounds.y + bounds.h - box.h);
      case 'middle':
        return place(id, box.x, bounds.y + (bounds.h - box.h) / 2);
    }
  });
  canvas.submit(ops, `Align ${all.length} nodes`);
}

/** Equal gaps between the first and the last. */
export function distribute(canvas: CanvasStore, axis: 'x' | 'y'): void {
  const all = boxes(canvas).sort((a, b) => a.box[axis] - b.box[axis]);
  const first = all[0];
  const last = all.at(-1);
  if (!first || !last || all.length < 3) return;
  const size = axis === 'x' ? 'w' : 'h';
  const room = last.box[axis] + last.box[size] - first.box[axis];
  const gap = (room - all.reduce((sum, { box }) => sum + box[size], 0)) / (all.length - 1);
  let at = first.box[axis];
  const ops = all.map(({ id, box }) => {
    const op = axis === 'x' ? place(id, at, box.y) : place(id, box.x, at);
    at += box[size] + gap;
    return op;
  });
  canvas.submit(ops, `Distribute ${all.length} nodes`);
}

/** Lay out the selected nodes, or the whole level: one step of undo. */
export async function tidy(canvas: CanvasStore): Promise<void> {
  const { model, project } = canvas;
  const ids = canvas.selection.size > 1 ? [...canvas.selection] : [...model.slots.keys()];
  const free = ids.filter((id) => model.slots.has(id) && !project.graph.nodes.get(id)?.locked);
  const bounds = model.bounds(free);
  if (!bounds || free.length < 2) return;
  const inside = new Set(free);
  const question: TidyQuestion = {
    nodes: free.map((id) => {
      const { w, h } = model.rect(model.slots.get(id) as number);
      return [id, w, h];
    }),
    edges: [...model.wires.all.values()].flatMap((wire) => {
      const source = model.ids[wire.source] as string;
      const target = model.ids[wire.target] as string;
      return inside.has(source) && inside.has(target) ? [[source, target] as const] : [];
    }),
  };
  const answer = await ask(question);
  const ops = answer.places.map(([id, x, y]) => place(id, bounds.x + x, bounds.y + y));
  if (canvas.submit(ops, `Tidy ${ops.length} nodes`) === null) canvas.frame(free);
}

function ask(question: TidyQuestion): Promise<TidyAnswer> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('../tidyWorker.ts', import.meta.url), { type: 'module' });
    worker.onmessage = ({ data }: MessageEvent<TidyAnswer>) => {
      worker.terminate();
      resolve(data);
    };
    worker.onerror = (event) => {
      worker.terminate();
      reject(new Error(event.message));
    };
    worker.postMessage(question);
  });
}
