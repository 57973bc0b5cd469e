// Nodes that others move glide to where they are going; nothing else moves by itself.

import type { Person } from '$lib/protocol/serverEvents';
import type { CanvasModel } from './model';

/** Milliseconds in which half of the way is done. */
const HALF = 32;
/** Pixels of the screen that are not seen any more. */
const NEAR = 0.7;
/** More than this at once are put in place. */
const MOST = 400;

export class Motion {
  readonly #model: CanvasModel;
  readonly #targets = new Map<number, readonly [number, number]>();
  /** Where others drag nodes at this moment, by node id. */
  #drags = new Map<string, readonly [number, number]>();
  #last = 0;
  readonly #still = matchMedia('(prefers-reduced-motion: reduce)').matches;

  constructor(model: CanvasModel) {
    this.#model = model;
  }

  /** Nodes were put in other places: let them glide there from where they were. */
  glide(from: ReadonlyMap<number, readonly [number, number]>): void {
    if (this.#still || from.size > MOST) return;
    for (const [slot, [x, y]] of from) {
      const toX = this.#model.x[slot] as number;
      const toY = this.#model.y[slot] as number;
      if (toX === x && toY === y) continue;
      this.#targets.set(slot, [toX, toY]);
      this.#model.move(slot, x, y);
    }
  }

  /** What others drag now, each by how far; gives whether anything is on its way. */
  follow(people: readonly Person[]): boolean {
    const drags = new Map<string, readonly [number, number]>();
    for (const { drag } of people) for (const id of drag?.ids ?? []) if (drag) drags.set(id, drag.by);
    const { nodes } = this.#model.graph();
    for (const id of new Set([...drags.keys(), ...this.#drags.keys()])) {
      const slot = this.#model.slots.get(id);
      const node = nodes.get(id);
      if (slot === undefined || node === undefined) continue;
      const [dx, dy] = drags.get(id) ?? [0, 0];
      this.#targets.set(slot, [node.pos[0] + dx, node.pos[1] + dy]);
    }
    this.#drags = drags;
    return this.#targets.size > 0;
  }

  /** The slots of nodes that are on their way. */
  get moving(): Iterable<number> {
    return this.#targets.keys();
  }

  forget(slot: number): void {
    this.#targets.delete(slot);
  }

  clear(): void {
    this.#targets.clear();
  }

  /** One frame's part of the way, as seen at a zoom; whether there is more to go. */
  step(now: number, zoom: number): boolean {
    const near = NEAR / zoom;
    const passed = Math.min(64, now - this.#last || 16);
    this.#last = now;
    const part = this.#still ? 1 : 1 - 0.5 ** (passed / HALF);
    for (const [slot, [x, y]] of this.#targets) {
      const atX = this.#model.x[slot] as number;
      const atY = this.#model.y[slot] as number;
      const there = Math.abs(x - atX) < near && Math.abs(y - atY) < near;
      this.#model.move(slot, there ? x : atX + (x - atX) * part, there ? y : atY + (y - atY) * part);
      if (there) this.#targets.delete(slot);
    }
    return this.#targets.size > 0;
  }
}
