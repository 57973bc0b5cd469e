// Which nodes are mounted: those near the view, and those in a person's hand.

import type { CanvasModel, Rect } from './model';

export interface View {
  readonly x: number;
  readonly y: number;
  readonly zoom: number;
}

/** Below this zoom nodes are painted, not mounted; a little later above it again. */
export const FAR = 0.4;
const HYSTERESIS = 1.08;
/** While a person zooms, what is mounted and what is painted stays so within this factor of it. */
const HELD = 2;
/** Screen pixels around the view. */
const MARGIN = 220;
export const MOST_MOUNTED = 400;

/** The part of the plane that is seen. */
export function seen({ x, y, zoom }: View, width: number, height: number): Rect {
  return { x: -x / zoom, y: -y / zoom, w: width / zoom, h: height / zoom };
}

export class MountWindow {
  /** Whether nodes are painted instead of mounted. */
  far = false;
  /** The slots near the view that are to be mounted, and are not yet: they are painted meanwhile. */
  waiting: ReadonlySet<number> = new Set();
  #rect: Rect | undefined;
  #zoom = 1;
  #revision = -1;

  /** Whether the mounted nodes have to be found anew. */
  isLeft(view: View, width: number, height: number, revision: number, zooming = false): boolean {
    const far = view.zoom < (this.far ? FAR * HYSTERESIS : FAR);
    const held = zooming && this.#rect !== undefined && view.zoom > FAR / HELD && view.zoom < FAR * HELD;
    if (far !== this.far && !held) {
      this.far = far;
      return true;
    }
    if (revision !== this.#revision) return true;
    if (this.far || !this.#rect) return this.#rect === undefined;
    const { x, y, w, h } = seen(view, width, height);
    const last = this.#rect;
    if (x < last.x || y < last.y || x + w > last.x + last.w || y + h > last.y + last.h) return true;
    // Zoomed in so far that most of what is mounted is out of sight.
    return view.zoom > this.#zoom * 1.6 && !zooming;
  }

  /** The slots near the view, the nearest to its middle first. */
  find(view: View, width: number, height: number, model: CanvasModel): number[] {
    const margin = MARGIN / view.zoom;
    const { x, y, w, h } = seen(view, width, height);
    this.#rect = { x: x - margin, y: y - margin, w: w + 2 * margin, h: h + 2 * margin };
    this.#zoom = view.zoom;
    this.#revision = model.revision;
    if (this.far) return [];
    const cx = x + w / 2;
    const cy = y + h / 2;
    const away = (slot: number): number => {
      const box = model.rect(slot);
      return Math.abs(box.x + box.w / 2 - cx) + Math.abs(box.y + box.h / 2 - cy);
    };
    return model.touching(this.#rect).sort((a, b) => away(a) - away(b)).slice(0, MOST_MOUNTED);
  }

  /** Nodes were moved that need not be mounted, nor taken away: `before` is the revision until then. */
  overlook(before: number, now: number): void {
    if (this.#revision === before) this.#revision = now;
  }

  /** Something that need not have been mounted now does. */
  outdate(): void {
    this.#revision = -1;
  }

  /** Whether a place is so near that what is there is to be mounted. */
  isNear(box: Rect): boolean {
    const near = this.#rect;
    if (this.far || !near) return false;
    return box.x < near.x + near.w && box.x + box.w > near.x && box.y < near.y + near.h && box.y + box.h > near.y;
  }

  forget(): void {
    this.#rect = undefined;
    this.#revision = -1;
  }
}
