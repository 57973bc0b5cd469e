// The wires of moving nodes as elements: they follow in the same frame, without a new picture.

import { wirePath } from './wires';

export interface LiveWire {
  readonly id: string;
  readonly ends: readonly [number, number, number, number];
  readonly color: string;
  readonly alpha: number;
  readonly thick: number;
}

export class LiveWires {
  readonly #svg: SVGSVGElement;
  readonly #paths = new Map<string, SVGPathElement>();

  constructor(svg: SVGSVGElement) {
    this.#svg = svg;
  }

  /** Show these and no others. */
  show(wires: readonly LiveWire[]): void {
    if (wires.length === 0 && this.#paths.size === 0) return;
    const now = new Set(wires.map(({ id }) => id));
    for (const [id, path] of this.#paths) {
      if (now.has(id)) continue;
      path.remove();
      this.#paths.delete(id);
    }
    for (const { id, ends, color, alpha, thick } of wires) {
      let path = this.#paths.get(id);
      if (!path) {
        path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
        this.#paths.set(id, path);
        this.#svg.append(path);
      }
      path.setAttribute('d', wirePath(...ends));
      path.style.stroke = color;
      path.style.strokeWidth = `${thick}px`;
      path.style.opacity = String(alpha);
    }
  }
}
