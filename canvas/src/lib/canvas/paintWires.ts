// Paints wires: in batches by colour and width, culled, straight when far, none when very far.

import type { Inks } from './inks';
import type { CanvasModel } from './model';
import type { PaintContext } from './paintRecording';
import type { View } from './window';
import { bend, type External, type Wire } from './wires';

const STRAIGHT = 0.15;
const NONE = 0.02;
const DIM = 0.16;
const PLAIN = 0.72;
const STUB = 34;
/** A node with more wires than this shows them as stubs, unless it is selected. */
export const PORTAL = 48;
const LABELS = 0.5;

export interface WireScene {
  readonly model: CanvasModel;
  readonly view: View;
  readonly width: number;
  readonly height: number;
  readonly inks: Inks;
  /** Slots whose wires are whole and bright; undefined: none is lit, none is dimmed. */
  readonly lit: ReadonlySet<number> | undefined;
  readonly selected: ReadonlySet<string>;
  /** Wires that are mounted instead. */
  readonly mounted: ReadonlySet<string>;
  /** The name of a node, for stubs. */
  readonly nameOf: (id: string) => string;
}

class Batch {
  readonly lines: number[] = [];
}

export function paintWires(ctx: PaintContext, scene: WireScene): void {
  const { model, view, width, height, lit, mounted } = scene;
  const { zoom } = view;
  if (zoom < NONE) return;
  const batches = new Map<string, Batch>();
  const labels: [text: string, x: number, y: number, color: string, right: boolean][] = [];
  const curved = zoom >= STRAIGHT;

  const put = (key: string, x1: number, y1: number, x2: number, y2: number): void => {
    let batch = batches.get(key);
    if (batch === undefined) {
      batch = new Batch();
      batches.set(key, batch);
    }
    batch.lines.push(x1, y1, x2, y2);
  };

  for (const wire of model.wires.all.values()) {
    if (mounted.has(wire.id)) continue;
    const [x1, y1, x2, y2] = ends(wire, model, view);
    // Off the screen on one side with both ends; curves reach a little beyond them.
    const reach = curved ? bend(x1, x2) : 0;
    if (Math.max(x1, x2) + reach < 0 || Math.min(x1, x2) - reach > width) continue;
    if (Math.max(y1, y2) < 0 || Math.min(y1, y2) > height) continue;
    const { alpha, thick } = lookOf(wire, lit, zoom);
    const key = `${wire.color}|${alpha}|${thick.toFixed(1)}`;
    if (curved && isPortal(wire, scene)) {
      const stub = STUB * zoom;
      put(`${key}|s`, x1, y1, x1 + stub, y1);
      put(`${key}|s`, x2 - stub, y2, x2, y2);
      if (zoom >= LABELS) {
        const name = scene.nameOf(model.ids[wire.source] ?? '');
        labels.push([name, x2 - stub - 6, y2, wire.color, true]);
      }
    } else put(key, x1, y1, x2, y2);
  }
  for (const [key, { lines }] of batches) stroke(ctx, key, lines, curved && !key.endsWith('|s'));
  if (zoom >= STRAIGHT) paintExternals(ctx, scene, labels);
  if (labels.length > 0) paintLabels(ctx, scene, labels);
  ctx.globalAlpha = 1;
}

/** How strongly and how thick a wire is drawn, beside the others that are lit or not. */
export function lookOf(
  wire: Wire, lit: ReadonlySet<number> | undefined, zoom: number,
): { readonly alpha: number; readonly thick: number } {
  const bright = lit?.has(wire.source) === true && lit.has(wire.target);
  const alpha = lit === undefined ? PLAIN : bright ? 1 : DIM;
  return { alpha, thick: (1 + wire.strength * 1.1 + (bright ? 0.6 : 0)) * Math.max(0.55, Math.min(zoom, 1.25)) };
}

function stroke(ctx: PaintContext, key: string, lines: number[], curved: boolean): void {
  const [color = '', alpha = '1', thick = '1'] = key.split('|');
  ctx.strokeStyle = color;
  ctx.globalAlpha = Number(alpha);
  ctx.lineWidth = Number(thick);
  ctx.beginPath();
  for (let at = 0; at < lines.length; at += 4) {
    const x1 = lines[at] as number;
    const y1 = lines[at + 1] as number;
    const x2 = lines[at + 2] as number;
    const y2 = lines[at + 3] as number;
    ctx.moveTo(x1, y1);
    if (curved) {
      const b = bend(x1, x2);
      ctx.bezierCurveTo(x1 + b, y1, x2 - b, y2, x2, y2);
    } else ctx.lineTo(x2, y2);
  }
  ctx.stroke();
}

const ROOM = 150;

/** Whether no other node lies where the name of the outer end would stand. */
function hasRoom({ slot, x, y, side }: External, model: CanvasModel): boolean {
  const left = (model.x[slot] as number) + x + (side === 'in' ? -ROOM : STUB);
  const box = { x: left, y: (model.y[slot] as number) + y - 8, w: ROOM - STUB, h: 16 };
  return model.touching(box).every((other) => other === slot);
}

type Label = [text: string, x: number, y: number, color: string, right: boolean];

function paintExternals(ctx: PaintContext, scene: WireScene, labels: Label[]): void {
  const { model, view, width, height, lit } = scene;
  const counts = new Map<string, number>();
  ctx.lineWidth = 2 * Math.max(0.55, Math.min(view.zoom, 1.25));
  for (const external of model.wires.externals.values()) {
    const [x, y] = spot(external, model, view);
    if (x < -300 || x > width + 300 || y < -20 || y > height + 20) continue;
    // Several at one socket stand one below the other.
    const place = `${external.slot}:${external.side}:${external.y}`;
    const nth = counts.get(place) ?? 0;
    counts.set(place, nth + 1);
    const out = external.side === 'out' ? 1 : -1;
    const stub = STUB * view.zoom * out;
    const dy = nth * 17 * view.zoom;
    ctx.globalAlpha = lit === undefined || lit.has(external.slot) ? PLAIN : DIM;
    ctx.strokeStyle = external.color;
    ctx.beginPath();
    ctx.moveTo(x, y);
    ctx.bezierCurveTo(x + stub * 0.6, y, x + stub * 0.4, y + dy, x + stub, y + dy);
    ctx.stroke();
    if (view.zoom >= LABELS && hasRoom(external, model)) {
      labels.push([scene.nameOf(external.other), x + stub + 6 * out, y + dy, external.color, out < 0]);
    }
  }
}

function paintLabels(ctx: PaintContext, { view, inks }: WireScene, labels: Label[]): void {
  const size = Math.max(9, 11 * Math.min(view.zoom, 1.2));
  ctx.font = `500 ${size}px ${inks.font}`;
  ctx.textBaseline = 'middle';
  ctx.globalAlpha = 1;
  for (const [text, x, y, color, right] of labels) {
    const shown = text.length > 26 ? `${text.slice(0, 25)}…` : text;
    const wide = ctx.measureText(shown).width + 12;
    const left = right ? x - wide : x;
    ctx.fillStyle = inks.panel;
    ctx.beginPath();
    ctx.roundRect(left, y - size * 0.8, wide, size * 1.6, 4);
    ctx.fill();
    ctx.fillStyle = color;
    ctx.fillText(shown, left + 6, y + 0.5);
  }
}

export function isPortal(wire: Wire, { model, selected }: Pick<WireScene, 'model' | 'selected'>): boolean {
  const many = (slot: number): boolean =>
    (model.wires.bySlot.get(slot)?.size ?? 0) > PORTAL && !selected.has(model.ids[slot] ?? '');
  const source = model.ids[wire.source] ?? '';
  const target = model.ids[wire.target] ?? '';
  if (selected.has(source) || selected.has(target)) return false;
  return many(wire.source) || many(wire.target);
}

/** The ends of a wire on the screen. */
export function ends(wire: Wire, model: CanvasModel, view: View): readonly [number, number, number, number] {
  const { zoom } = view;
  return [
    ((model.x[wire.source] as number) + wire.fromX) * zoom + view.x,
    ((model.y[wire.source] as number) + wire.fromY) * zoom + view.y,
    ((model.x[wire.target] as number) + wire.toX) * zoom + view.x,
    ((model.y[wire.target] as number) + wire.toY) * zoom + view.y,
  ];
}

function spot({ slot, x, y }: External, model: CanvasModel, { zoom, ...view }: View): readonly [number, number] {
  return [
    ((model.x[slot] as number) + x) * zoom + view.x,
    ((model.y[slot] as number) + y) * zoom + view.y,
  ];
}
