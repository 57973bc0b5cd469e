// Paints nodes that are too far away to be mounted: a box with a large title, what it made last,
// and what it does now. More can be read than in a form that was shrunk.

import { isFrame } from './frames';
import type { Inks } from './inks';
import type { CanvasModel } from './model';
import type { PaintContext } from './paintRecording';
import type { Sight, Thumbnails } from './thumbnails';
import { seen, type View } from './window';

export interface FarState {
  readonly state: 'idle' | 'pending_request' | 'generating' | 'success' | 'error';
  /** From 0 to 100. */
  readonly progress: number;
  readonly stale: boolean;
}

export interface NodeScene {
  readonly model: CanvasModel;
  readonly view: View;
  readonly width: number;
  readonly height: number;
  readonly inks: Inks;
  readonly selected: ReadonlySet<string>;
  /** The slots that are painted; undefined: all in sight. */
  readonly only: ReadonlySet<number> | undefined;
  /** Slots that stay bright while the rest is dimmed; undefined: nothing is dimmed. */
  readonly bright: ReadonlySet<number> | undefined;
  readonly nameOf: (id: string) => string;
  /** A second line: a scene's heading, what a shot shows, who a character is. */
  readonly detailOf: (id: string) => string;
  /** Whether a node is muted or bypassed. */
  readonly isOff: (id: string) => boolean;
  readonly stateOf: (id: string) => FarState | undefined;
  /** What a node shows: one picture, or, of a container, those of what lies in it. */
  readonly sightsOf: (id: string) => readonly Sight[];
  /** Pixels of the screen for each of the page's. */
  readonly dpr: number;
  readonly thumbnails: Thumbnails;
}

/** Boxes narrower than this on the screen are plain. */
const TITLES = 34;
const PICTURES = 44;
/** A container that is at least so wide shows four pictures of what lies in it. */
const WIDE = 96;
const QUARTERS = 4;

export function paintNodes(ctx: PaintContext, scene: NodeScene): void {
  const { model, view, width, height } = scene;
  const { zoom } = view;
  const { only } = scene;
  const inSight = model.touching(seen(view, width, height));
  const slots = only ? inSight.filter((slot) => only.has(slot)) : inSight;
  const small: number[] = [];
  for (const slot of slots) {
    if (isFrame(model.kinds[slot]?.type ?? '')) paintFrame(ctx, scene, slot);
  }
  for (const slot of slots) {
    if (isFrame(model.kinds[slot]?.type ?? '')) continue;
    if ((model.w[slot] as number) * zoom < TITLES) small.push(slot);
    else paintBox(ctx, scene, slot);
  }
  if (small.length > 0) paintSmall(ctx, scene, small);
  ctx.globalAlpha = 1;
  paintSelection(ctx, scene, slots);
}

/** A frame lets what lies in it be seen. */
function paintFrame(ctx: PaintContext, scene: NodeScene, slot: number): void {
  const { model, view, inks, selected } = scene;
  const id = model.ids[slot] ?? '';
  const x = (model.x[slot] as number) * view.zoom + view.x;
  const y = (model.y[slot] as number) * view.zoom + view.y;
  const w = (model.w[slot] as number) * view.zoom;
  const h = (model.h[slot] as number) * view.zoom;
  ctx.globalAlpha = 1;
  ctx.beginPath();
  ctx.roundRect(x, y, w, h, 5);
  ctx.fillStyle = inks.veil;
  ctx.fill();
  ctx.strokeStyle = selected.has(id) ? inks.selection : inks.line;
  ctx.lineWidth = selected.has(id) ? 2 : 1;
  ctx.stroke();
  if (w >= TITLES) title(ctx, scene, id, x + 6, y - 9, w - 6, Math.max(10, Math.min(15, w / 22)));
}

/** Thousands of tiny boxes: one path for each colour. */
function paintSmall(ctx: PaintContext, { model, view, bright, isOff }: NodeScene, slots: number[]): void {
  const byColor = new Map<string, number[]>();
  for (const slot of slots) {
    const dim = (bright && !bright.has(slot)) || isOff(model.ids[slot] ?? '');
    const key = `${model.kinds[slot]?.color ?? '#5c5c5c'}|${dim ? 0.25 : 0.9}`;
    const there = byColor.get(key);
    if (there) there.push(slot);
    else byColor.set(key, [slot]);
  }
  for (const [key, those] of byColor) {
    const [color = '', alpha = '1'] = key.split('|');
    ctx.fillStyle = color;
    ctx.globalAlpha = Number(alpha);
    ctx.beginPath();
    for (const slot of those) {
      ctx.rect(
        (model.x[slot] as number) * view.zoom + view.x,
        (model.y[slot] as number) * view.zoom + view.y,
        Math.max(1.5, (model.w[slot] as number) * view.zoom),
        Math.max(1.5, (model.h[slot] as number) * view.zoom),
      );
    }
    ctx.fill();
  }
}

function paintBox(ctx: PaintContext, scene: NodeScene, slot: number): void {
  const { model, view, inks, bright, selected } = scene;
  const { zoom } = view;
  const id = model.ids[slot] ?? '';
  const x = (model.x[slot] as number) * zoom + view.x;
  const y = (model.y[slot] as number) * zoom + view.y;
  const w = (model.w[slot] as number) * zoom;
  const h = (model.h[slot] as number) * zoom;
  const r = Math.min(6, 9 * Math.max(zoom, 0.35));
  ctx.globalAlpha = bright && !bright.has(slot) ? 0.25 : scene.isOff(id) ? 0.45 : 1;

  ctx.beginPath();
  ctx.roundRect(x, y, w, h, r);
  ctx.fillStyle = inks.panel;
  ctx.fill();
  const pictures = w >= PICTURES ? picturesOf(scene, id, w) : [];
  const size = Math.max(9, Math.min(14, w / 8.5));
  const bar = size * 2;
  const color = model.kinds[slot]?.color ?? inks.line;
  ctx.save();
  ctx.clip();
  const [picture] = pictures;
  if (picture) {
    // As wide as the node and as high as the picture is: nothing of it is cut off but for room.
    const tall = Math.min(h - bar, (w * picture.height) / picture.width);
    if (pictures.length >= QUARTERS) quarters(ctx, pictures, x, y, w, tall);
    else cover(ctx, picture, x, y, w, tall);
    words(ctx, scene, id, x, y + tall, w, h - tall, size);
  } else {
    // Without a picture a node is known by its colour and its words.
    ctx.globalAlpha *= 0.13;
    ctx.fillStyle = color;
    ctx.fillRect(x, y, w, h);
    ctx.globalAlpha /= 0.13;
    ctx.fillStyle = color;
    ctx.fillRect(x, y, w, Math.max(2, Math.min(5, h * 0.04)));
    words(ctx, scene, id, x, y + Math.min(5, h * 0.04), w, h, size);
  }
  status(ctx, scene, id, x, y, w, h);
  ctx.restore();

  ctx.beginPath();
  ctx.roundRect(x, y, w, h, r);
  ctx.strokeStyle = selected.has(id) ? inks.selection : inks.line;
  ctx.lineWidth = selected.has(id) ? 2 : 1;
  ctx.stroke();
}

/** The pictures of a node that are here, each as large as it is drawn. */
function picturesOf({ sightsOf, thumbnails, dpr }: NodeScene, id: string, w: number): ImageBitmap[] {
  const sights = sightsOf(id);
  const several = sights.length >= QUARTERS && w >= WIDE;
  const pixels = (several ? w / 2 : w) * dpr;
  return sights.slice(0, several ? QUARTERS : 1).flatMap((sight) => thumbnails.get(sight, pixels) ?? []);
}

/** Four pictures in the place of one. */
function quarters(
  ctx: PaintContext, pictures: readonly ImageBitmap[],
  x: number, y: number, w: number, h: number,
): void {
  const gap = 1;
  const half = [(w - gap) / 2, (h - gap) / 2] as const;
  for (const [place, picture] of pictures.entries()) {
    const left = x + (place % 2) * (half[0] + gap);
    const top = y + Math.floor(place / 2) * (half[1] + gap);
    cover(ctx, picture, left, top, half[0], half[1]);
  }
}

/** The title, and as many lines of what it is about as there is room for. */
function words(
  ctx: PaintContext, scene: NodeScene,
  id: string, x: number, y: number, w: number, h: number, size: number,
): void {
  const pad = Math.max(4, size * 0.6);
  title(ctx, scene, id, x + pad, y + size * 1.15, w - 2 * pad, size);
  const small = size * 0.82;
  if (small < 8 || h < size * 3.6) return;
  const most = Math.floor((w - 2 * pad) / (small * 0.53));
  if (most < 8) return;
  ctx.font = `${small}px ${scene.inks.font}`;
  ctx.fillStyle = scene.inks.quiet;
  let line = y + size * 2.5;
  for (const text of wrap(scene.detailOf(id), most, Math.floor((h - size * 2) / (small * 1.35)))) {
    ctx.fillText(text, x + pad, line, w - 2 * pad);
    line += small * 1.35;
  }
}

const MOST_LINES = 9;

/** A text in lines of so many letters; the last one says that there is more. */
function wrap(text: string, most: number, lines: number): string[] {
  const found: string[] = [];
  const limit = Math.min(lines, MOST_LINES);
  let line = '';
  for (const word of text.split(/\s+/, 80)) {
    if (line && line.length + word.length + 1 > most) {
      found.push(line);
      line = '';
      if (found.length === limit) break;
    }
    line = line ? `${line} ${word}` : word;
  }
  if (found.length === limit && line === '') {
    const last = found[limit - 1];
    if (last !== undefined) found[limit - 1] = `${last.slice(0, most - 1)}…`;
  } else if (line) found.push(line.length > most ? `${line.slice(0, most - 1)}…` : line);
  return found.slice(0, limit);
}

function title(
  ctx: PaintContext, { inks, nameOf }: NodeScene,
  id: string, x: number, y: number, width: number, size: number,
): void {
  // Measuring every title is dear; this is near enough.
  const most = Math.floor(width / (size * 0.58));
  if (most < 2) return;
  const name = nameOf(id);
  ctx.font = `600 ${size}px ${inks.font}`;
  ctx.textBaseline = 'middle';
  ctx.fillStyle = inks.text;
  ctx.fillText(name.length > most ? `${name.slice(0, most - 1)}…` : name, x, y, width);
}

function status(
  ctx: PaintContext, { inks, stateOf }: NodeScene,
  id: string, x: number, y: number, w: number, h: number,
): void {
  const found = stateOf(id);
  if (!found) return;
  if (found.state === 'generating') {
    ctx.fillStyle = inks.line;
    ctx.fillRect(x, y + h - 4, w, 4);
    ctx.fillStyle = inks.busy;
    ctx.fillRect(x, y + h - 4, (w * found.progress) / 100, 4);
    return;
  }
  const color =
    found.state === 'error'
      ? inks.danger
      : found.state === 'pending_request'
        ? inks.waiting
        : found.stale
          ? inks.stale
          : undefined;
  if (!color) return;
  ctx.fillStyle = color;
  ctx.beginPath();
  ctx.arc(x + w - 8, y + 8, 3.5, 0, 7);
  ctx.fill();
}

function paintSelection(ctx: PaintContext, scene: NodeScene, slots: readonly number[]): void {
  const { model, view, inks, selected } = scene;
  if (selected.size === 0) return;
  ctx.strokeStyle = inks.selection;
  ctx.lineWidth = 1.5;
  ctx.beginPath();
  for (const slot of slots) {
    if ((model.w[slot] as number) * view.zoom >= TITLES || !selected.has(model.ids[slot] ?? '')) continue;
    ctx.rect(
      (model.x[slot] as number) * view.zoom + view.x - 1,
      (model.y[slot] as number) * view.zoom + view.y - 1,
      (model.w[slot] as number) * view.zoom + 2,
      (model.h[slot] as number) * view.zoom + 2,
    );
  }
  ctx.stroke();
}

/** A picture that fills a box, cut where it is too long. */
function cover(
  ctx: PaintContext, picture: ImageBitmap,
  x: number, y: number, w: number, h: number,
): void {
  const scale = Math.max(w / picture.width, h / picture.height);
  const sw = w / scale;
  const sh = h / scale;
  ctx.drawImage(picture, (picture.width - sw) / 2, (picture.height - sh) / 2, sw, sh, x, y, w, h);
}
