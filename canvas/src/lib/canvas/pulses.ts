// What others changed lights up once in their colour.

import type { Stored } from '$lib/protocol/serverEvents';
import type { Operation } from '$lib/graph/operations';
import type { CanvasModel } from './model';
import type { PaintContext } from './paintRecording';
import type { View } from './window';

const LASTS = 900;
const MOST = 200;

interface Pulse {
  readonly color: string;
  readonly begun: number;
}

export class Pulses {
  readonly #model: CanvasModel;
  readonly #pulses = new Map<string, Pulse>();
  readonly #still = matchMedia('(prefers-reduced-motion: reduce)').matches;

  constructor(model: CanvasModel) {
    this.#model = model;
  }

  /** Take in what somebody did. */
  add({ ops }: Stored, color: string): void {
    for (const id of ops.flatMap(changedBy)) {
      const owner = this.#model.graph().nodes.has(id) ? this.#model.ownerOf(id) : undefined;
      if (owner === undefined || this.#pulses.size >= MOST) continue;
      this.#pulses.set(owner, { color, begun: performance.now() });
    }
  }

  /** Whether there is something to draw. */
  get any(): boolean {
    return this.#pulses.size > 0;
  }

  /** Draw them around their nodes; whether another frame is needed. */
  paint(ctx: PaintContext, { x, y, zoom }: View, now: number): boolean {
    for (const [id, { color, begun }] of this.#pulses) {
      const part = (now - begun) / LASTS;
      const slot = this.#model.slots.get(id);
      if (part >= 1 || slot === undefined) {
        this.#pulses.delete(id);
        continue;
      }
      const box = this.#model.rect(slot);
      const grown = this.#still ? 3 : 2 + 9 * part;
      ctx.globalAlpha = 1 - part;
      ctx.strokeStyle = color;
      ctx.lineWidth = 3;
      ctx.beginPath();
      ctx.roundRect(
        box.x * zoom + x - grown,
        box.y * zoom + y - grown,
        box.w * zoom + 2 * grown,
        box.h * zoom + 2 * grown,
        9 * zoom + grown,
      );
      ctx.stroke();
    }
    ctx.globalAlpha = 1;
    return this.#pulses.size > 0;
  }
}

/** Nodes that look different; a node that only moved glides, which says enough. */
function changedBy(op: Operation): readonly string[] {
  switch (op.op) {
    case 'node.set':
      return Object.keys(op.values ?? {}).every((path) => path === 'pos' || path === 'size') && !op.clear?.length
        ? []
        : [op.id];
    case 'node.add':
    case 'node.move':
    case 'text.edit':
      return [op.id];
    case 'edge.add':
      return [op.source, op.target];
    default:
      return [];
  }
}
