// A uniform grid over the plane: which rectangles may touch this one. Cheap to change one by one.

const CELL = 1024;
/** Cells of one rectangle; a larger one (a frame around everything) is asked each time instead. */
const MOST_CELLS = 64;

const keyOf = (cx: number, cy: number): number => cx * 0x4000000 + cy;

export class Grid {
  readonly #cells = new Map<number, Set<number>>();
  readonly #large = new Set<number>();
  readonly #spans = new Map<number, readonly [number, number, number, number]>();

  clear(): void {
    this.#cells.clear();
    this.#large.clear();
    this.#spans.clear();
  }

  /** Put a rectangle in, or in another place. */
  put(slot: number, x: number, y: number, w: number, h: number): void {
    const span = [
      Math.floor(x / CELL),
      Math.floor(y / CELL),
      Math.floor((x + w) / CELL),
      Math.floor((y + h) / CELL),
    ] as const;
    const before = this.#spans.get(slot);
    if (before?.every((side, place) => side === span[place])) return;
    if (before) this.delete(slot);
    this.#spans.set(slot, span);
    const [left, top, right, bottom] = span;
    if ((right - left + 1) * (bottom - top + 1) > MOST_CELLS) {
      this.#large.add(slot);
      return;
    }
    for (let cx = left; cx <= right; cx += 1) {
      for (let cy = top; cy <= bottom; cy += 1) {
        const key = keyOf(cx, cy);
        const cell = this.#cells.get(key);
        if (cell) cell.add(slot);
        else this.#cells.set(key, new Set([slot]));
      }
    }
  }

  delete(slot: number): void {
    const span = this.#spans.get(slot);
    if (!span) return;
    this.#spans.delete(slot);
    if (this.#large.delete(slot)) return;
    const [left, top, right, bottom] = span;
    for (let cx = left; cx <= right; cx += 1) {
      for (let cy = top; cy <= bottom; cy += 1) {
        const key = keyOf(cx, cy);
        const cell = this.#cells.get(key);
        cell?.delete(slot);
        if (cell?.size === 0) this.#cells.delete(key);
      }
    }
  }

  /** The slots whose cells this rectangle touches: some may lie beside it, none is left out. */
  near(x: number, y: number, w: number, h: number): Set<number> {
    const found = new Set(this.#large);
    const left = Math.floor(x / CELL);
    const top = Math.floor(y / CELL);
    const right = Math.floor((x + w) / CELL);
    const bottom = Math.floor((y + h) / CELL);
    // Far out there are more cells in sight than there are cells with something in them.
    if ((right - left + 1) * (bottom - top + 1) > this.#cells.size) {
      for (const slot of this.#spans.keys()) found.add(slot);
      return found;
    }
    for (let cx = left; cx <= right; cx += 1) {
      for (let cy = top; cy <= bottom; cy += 1) {
        const cell = this.#cells.get(keyOf(cx, cy));
        if (cell) for (const slot of cell) found.add(slot);
      }
    }
    return found;
  }
}
