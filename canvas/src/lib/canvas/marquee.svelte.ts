// A box drawn over empty ground selects what it touches, at any zoom: it asks the model, not the DOM.

import type { CanvasStore, Point } from './canvasStore.svelte';
import type { Rect } from './model';

const CLICK = 4;

export class Marquee {
  readonly #canvas: CanvasStore;
  #from: Point | undefined;
  #before: ReadonlySet<string> = new Set();
  /** On the screen, while it is drawn. */
  rect = $state.raw<Rect>();

  constructor(canvas: CanvasStore) {
    this.#canvas = canvas;
  }

  begin(at: Point, add: boolean): void {
    this.#from = at;
    this.#before = add ? this.#canvas.selection : new Set();
  }

  move(at: Point): void {
    if (!this.#from) return;
    const [x1, y1] = this.#from;
    const [x2, y2] = at;
    if (!this.rect && Math.hypot(x2 - x1, y2 - y1) < CLICK) return;
    this.rect = { x: Math.min(x1, x2), y: Math.min(y1, y2), w: Math.abs(x2 - x1), h: Math.abs(y2 - y1) };
    const { zoom } = this.#canvas.viewport;
    const [x, y] = this.#canvas.toCanvas([this.rect.x, this.rect.y]);
    const { model } = this.#canvas;
    const found = model.touching({ x, y, w: this.rect.w / zoom, h: this.rect.h / zoom });
    this.#canvas.select([...this.#before, ...found.map((slot) => model.ids[slot] as string)]);
  }

  /** Gives whether a box was drawn, rather than the ground only clicked. */
  end(): boolean {
    const drawn = this.rect !== undefined;
    if (this.#from && !drawn) this.#canvas.select(this.#before);
    this.#from = undefined;
    this.rect = undefined;
    return drawn;
  }
}
