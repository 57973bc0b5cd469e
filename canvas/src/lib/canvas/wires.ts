// The wires of a level: between which slots, from where to where, and how they run.

export interface Wire {
  readonly id: string;
  /** The edges that it stands for: several where they end inside the same containers. */
  edges: string[];
  readonly source: number;
  readonly target: number;
  /** The ends, from the upper left of their nodes. */
  readonly fromX: number;
  readonly fromY: number;
  readonly toX: number;
  readonly toY: number;
  readonly type: string;
  readonly color: string;
  readonly strength: number;
  readonly label: string;
}

/** A wire that leaves the level. */
export interface External {
  readonly id: string;
  readonly slot: number;
  readonly x: number;
  readonly y: number;
  readonly side: 'in' | 'out';
  /** The node at its other end. */
  readonly other: string;
  readonly color: string;
  readonly type: string;
}

export class Wires {
  readonly all = new Map<string, Wire>();
  readonly externals = new Map<string, External>();
  /** Wires by the slot at either end. */
  readonly bySlot = new Map<number, Set<Wire>>();
  readonly #merged = new Map<string, Wire>();
  /** Which wire an edge is part of. */
  readonly #ofEdge = new Map<string, Wire>();

  clear(): void {
    this.all.clear();
    this.externals.clear();
    this.bySlot.clear();
    this.#merged.clear();
    this.#ofEdge.clear();
  }

  has(edge: string): boolean {
    return this.#ofEdge.has(edge) || this.externals.has(edge);
  }

  isMerged(edge: string): boolean {
    return (this.#ofEdge.get(edge)?.edges.length ?? 1) > 1;
  }

  of(edge: string): Wire | undefined {
    return this.#ofEdge.get(edge);
  }

  /** Whether a node outside the level is the other end of something here. */
  touches(node: string): boolean {
    for (const { other } of this.externals.values()) if (other === node) return true;
    return this.#merged.size > 0;
  }

  put(wire: Wire, direct: boolean): void {
    const before = this.#ofEdge.get(wire.id);
    if (before) this.#remove(before);
    if (!direct) {
      const key = `${wire.source}>${wire.target}>${wire.type}`;
      const found = this.#merged.get(key);
      if (found) {
        found.edges.push(wire.id);
        this.#ofEdge.set(wire.id, found);
        return;
      }
      this.#merged.set(key, wire);
    }
    this.all.set(wire.id, wire);
    this.#ofEdge.set(wire.id, wire);
    for (const slot of [wire.source, wire.target]) {
      const there = this.bySlot.get(slot);
      if (there) there.add(wire);
      else this.bySlot.set(slot, new Set([wire]));
    }
  }

  putExternal(external: External): void {
    this.externals.set(external.id, external);
  }

  #remove(wire: Wire): void {
    this.all.delete(wire.id);
    this.bySlot.get(wire.source)?.delete(wire);
    this.bySlot.get(wire.target)?.delete(wire);
  }
}

/** How far the middle points of a wire stand off its ends. */
export function bend(x1: number, x2: number): number {
  const dx = x2 - x1;
  return dx >= 0 ? Math.max(24, Math.min(dx * 0.5, 260)) : Math.min(40 + -dx * 0.35, 320);
}

/** The distance of a point from a wire, roughly: sampled, which is exact enough for a finger. */
export function distance(
  x1: number, y1: number, x2: number, y2: number, px: number, py: number,
): number {
  const b = bend(x1, x2);
  let best = Number.POSITIVE_INFINITY;
  let lastX = x1;
  let lastY = y1;
  for (let step = 1; step <= 20; step += 1) {
    const t = step / 20;
    const u = 1 - t;
    const x = u * u * u * x1 + 3 * u * u * t * (x1 + b) + 3 * u * t * t * (x2 - b) + t * t * t * x2;
    const y = u * u * u * y1 + 3 * u * u * t * y1 + 3 * u * t * t * y2 + t * t * t * y2;
    best = Math.min(best, toSegment(lastX, lastY, x, y, px, py));
    lastX = x;
    lastY = y;
  }
  return best;
}

function toSegment(x1: number, y1: number, x2: number, y2: number, px: number, py: number): number {
  const dx = x2 - x1;
  const dy = y2 - y1;
  const length = dx * dx + dy * dy;
  const t = length === 0 ? 0 : Math.max(0, Math.min(1, ((px - x1) * dx + (py - y1) * dy) / length));
  return Math.hypot(px - x1 - t * dx, py - y1 - t * dy);
}

/** A wire as SVG path data. */
export function wirePath(x1: number, y1: number, x2: number, y2: number): string {
  const b = bend(x1, x2);
  return `M${x1},${y1}C${x1 + b},${y1} ${x2 - b},${y2} ${x2},${y2}`;
}
