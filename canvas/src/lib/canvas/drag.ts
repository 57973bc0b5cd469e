// A drag of nodes: shown to others while it lasts, stored when it ends, one step of undo.

import type { Operation } from '$lib/graph/operations';
import { FRAME } from './frames';
import type { CanvasStore, Point } from './canvasStore.svelte';

/** A long drag is stored on the way, so that little is lost with a tab. */
const STORE_EVERY = 2_000;

export class DragStep {
  readonly #canvas: CanvasStore;
  readonly #start = new Map<string, Point>();
  #storedAt = 0;

  constructor(canvas: CanvasStore) {
    this.#canvas = canvas;
  }

  get active(): boolean {
    return this.#start.size > 0;
  }

  holds(id: string): boolean {
    return this.#start.has(id);
  }

  begin(id: string): void {
    const { selection, model } = this.#canvas;
    const ids = new Set(selection.has(id) ? selection : [id]);
    // A frame takes along what lies in it.
    for (const one of [...ids]) {
      const node = this.#canvas.project.graph.nodes.get(one);
      if (node?.type !== FRAME) continue;
      const members = node.data.collapsed === true ? [] : model.inside(one);
      for (const inside of members) ids.add(inside);
    }
    this.#start.clear();
    for (const one of ids) {
      const node = this.#canvas.project.graph.nodes.get(one);
      if (node && model.slots.has(one) && !node.locked) this.#start.set(one, node.pos);
    }
    this.#storedAt = performance.now();
  }

  /** The node under the hand is somewhere else; all others go with it. */
  move(id: string): void {
    const { model, project } = this.#canvas;
    const by = this.#by(id);
    if (!by) return;
    for (const [one, [x, y]] of this.#start) {
      const slot = model.slots.get(one);
      if (slot !== undefined && one !== id) model.move(slot, x + by[0], y + by[1]);
    }
    project.presence.move({ drag: { ids: [...this.#start.keys()].slice(0, 200), by } });
    if (performance.now() - this.#storedAt > STORE_EVERY) {
      this.#storedAt = performance.now();
      this.#store();
    }
    this.#canvas.repaint();
  }

  end(id: string): void {
    this.move(id);
    this.#store();
    this.#start.clear();
    this.#canvas.project.presence.move({ drag: null });
  }

  #by(id: string): Point | undefined {
    const start = this.#start.get(id);
    const slot = this.#canvas.model.slots.get(id);
    if (!start || slot === undefined) return undefined;
    const { x, y } = this.#canvas.model;
    return [(x[slot] as number) - start[0], (y[slot] as number) - start[1]];
  }

  #store(): void {
    const { model, project } = this.#canvas;
    const ops: Operation[] = [];
    for (const id of this.#start.keys()) {
      const slot = model.slots.get(id);
      const node = project.graph.nodes.get(id);
      if (slot === undefined || node === undefined) continue;
      const pos = [Math.round(model.x[slot] as number), Math.round(model.y[slot] as number)] as const;
      if (pos[0] !== node.pos[0] || pos[1] !== node.pos[1]) {
        ops.push({ op: 'node.set', id, values: { pos } });
      }
    }
    if (ops.length === 0) return;
    project.submit(ops, { label: ops.length === 1 ? 'Move a node' : `Move ${ops.length} nodes` });
  }
}
