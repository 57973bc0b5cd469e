// Paints in a worker and shows what came of it. A picture is somewhat larger than the view, and is
// laid under the view that there is now: while a person pans or zooms, it moves with the nodes in
// the same frame, however long the next one takes.

import { Recorder, type Recording, replay, type PaintContext } from './paintRecording';
import type { PaintAnswer, PaintOrder } from './paintWorker';
import type { View } from './window';

/** Pixels of the page around the view that are painted with it. */
export const MARGIN = 160;
/** A picture is made anew before its edge comes into sight. */
const NEAR_EDGE = 96;
/** While a person zooms, a picture is scaled by this at most before there is another. */
const MOST_SCALED = 1.5;
/** So many pictures of nodes are kept in the worker before those that are gone are looked for. */
const MANY_PICTURES = 900;

/** What was asked to be painted, and for what. */
export interface Painting {
  /** The view that it shows, without the margin. */
  readonly view: View;
  readonly width: number;
  readonly height: number;
  readonly dpr: number;
  /** How many nodes there were. */
  readonly nodes: number;
  /** Wires that are not in it. */
  readonly without: ReadonlySet<string>;
}

export class Painter {
  /** What is seen now. */
  shown: Painting | undefined;
  /** How many pictures were asked for, for who counts. */
  count = 0;
  readonly #element: HTMLCanvasElement;
  readonly #came: () => void;
  readonly #worker: Worker | undefined;
  #ready = false;
  #busy: Painting | undefined;
  #finished: { readonly painting: Painting; readonly picture: ImageBitmap } | undefined;
  readonly #numbers = new Map<ImageBitmap, number>();
  readonly #sent = new Set<number>();
  #nextNumber = 1;
  #transform = '';
  readonly #measure: CanvasRenderingContext2D | null;

  /** `came` is called when a picture can be shown that could not be before. */
  constructor(element: HTMLCanvasElement, came: () => void) {
    this.#element = element;
    this.#came = came;
    this.#measure = document.createElement('canvas').getContext('2d');
    if (typeof OffscreenCanvas === 'undefined' || typeof Worker === 'undefined') return;
    this.#worker = new Worker(new URL('./paintWorker.ts', import.meta.url), { type: 'module' });
    this.#worker.onmessage = ({ data }: MessageEvent<PaintAnswer>) => this.#hear(data);
    // A browser whose workers cannot paint says so: then it is done here.
    this.#worker.onerror = () => {
      this.#ready = false;
      this.#busy = undefined;
      this.shown = undefined;
      this.#came();
    };
  }

  /** Whether a picture is being made. */
  get busy(): boolean {
    return this.#busy !== undefined;
  }

  /** Whether what is shown, or on its way, does for a view of this size. */
  covers(view: View, width: number, height: number, dpr: number, zooming = false): boolean {
    const last = this.#busy ?? this.shown;
    if (last?.width !== width || last.height !== height || last.dpr !== dpr) return false;
    const { x, y, zoom } = last.view;
    if (zooming && zoom !== view.zoom) return this.#reaches(last.view, view, width, height);
    return zoom === view.zoom && Math.abs(view.x - x) < NEAR_EDGE && Math.abs(view.y - y) < NEAR_EDGE;
  }

  /** Whether a picture that is scaled for so long reaches to the edges of a view. */
  #reaches(of: View, view: View, width: number, height: number): boolean {
    const scale = view.zoom / of.zoom;
    if (scale > MOST_SCALED || scale < 1 / MOST_SCALED) return false;
    const left = view.x - (MARGIN + of.x) * scale;
    const top = view.y - (MARGIN + of.y) * scale;
    return (
      left <= 0 && top <= 0 &&
      left + (width + 2 * MARGIN) * scale >= width && top + (height + 2 * MARGIN) * scale >= height
    );
  }

  /** Paint anew, with what `draw` calls. Pictures are made at once until one has nodes in it, which a
   * person waits for; others in the worker. */
  paint(painting: Painting, draw: (ctx: PaintContext) => void): void {
    this.count += 1;
    const recorder = new Recorder((picture) => this.#number(picture), this.#measure ?? undefined);
    draw(recorder);
    const recording = recorder.end();
    if (!this.#worker || !this.#ready || !this.shown?.nodes) {
      this.#paintHere(painting, recording);
      return;
    }
    this.#busy = painting;
    for (const [picture, number] of this.#numbers) {
      if (!recording.pictures.includes(number) || this.#sent.has(number)) continue;
      this.#sent.add(number);
      this.#order({ what: 'picture', number, picture });
    }
    if (this.#numbers.size > MANY_PICTURES) this.#forget();
    const size = { width: painting.width + 2 * MARGIN, height: painting.height + 2 * MARGIN };
    this.#order({ what: 'paint', recording, ...size, dpr: painting.dpr }, [recording.calls.buffer]);
  }

  /** Show the newest picture, laid under a view. */
  show(view: View): void {
    if (this.#finished) {
      const { painting, picture } = this.#finished;
      this.#finished = undefined;
      this.#take(painting, picture);
    }
    if (!this.shown) return;
    const { x, y, zoom } = this.shown.view;
    const scale = view.zoom / zoom;
    const left = view.x + MARGIN - (MARGIN + x) * scale;
    const top = view.y + MARGIN - (MARGIN + y) * scale;
    const transform = `translate(${left}px, ${top}px) scale(${scale})`;
    if (transform === this.#transform) return;
    this.#transform = transform;
    this.#element.style.transform = transform;
  }

  close(): void {
    this.#worker?.terminate();
  }

  #hear(said: PaintAnswer): void {
    if (said.what === 'ready') {
      this.#ready = true;
      return;
    }
    if (this.#busy === undefined) return;
    this.#finished = { painting: this.#busy, picture: said.picture };
    this.#busy = undefined;
    this.#came();
  }

  #take(painting: Painting, picture: ImageBitmap): void {
    const { style } = this.#element;
    if (this.shown?.width !== painting.width || this.shown.height !== painting.height) {
      style.width = `${painting.width + 2 * MARGIN}px`;
      style.height = `${painting.height + 2 * MARGIN}px`;
    }
    this.#element.getContext('bitmaprenderer')?.transferFromImageBitmap(picture);
    this.shown = painting;
  }

  #paintHere(painting: Painting, recording: Recording): void {
    const { width, height, dpr } = painting;
    const size = [Math.round((width + 2 * MARGIN) * dpr), Math.round((height + 2 * MARGIN) * dpr)] as const;
    const pictures = new Map([...this.#numbers].map(([picture, number]) => [number, picture]));
    const draw = (ctx: PaintContext & Pick<CanvasRenderingContext2D, 'setTransform'>): void => {
      ctx.setTransform(dpr, 0, 0, dpr, 0, 0);
      replay(ctx, recording, (number) => pictures.get(number));
    };
    if (typeof OffscreenCanvas !== 'undefined') {
      const canvas = new OffscreenCanvas(...size);
      const ctx = canvas.getContext('2d');
      if (ctx) draw(ctx);
      this.#take(painting, canvas.transferToImageBitmap());
      return;
    }
    const element = this.#element;
    [element.width, element.height] = size;
    element.style.width = `${width + 2 * MARGIN}px`;
    element.style.height = `${height + 2 * MARGIN}px`;
    const ctx = element.getContext('2d');
    if (ctx) draw(ctx);
    this.shown = painting;
  }

  #number(picture: ImageBitmap): number {
    let number = this.#numbers.get(picture);
    if (number === undefined) {
      number = this.#nextNumber;
      this.#nextNumber += 1;
      this.#numbers.set(picture, number);
    }
    return number;
  }

  /** Let go of pictures that were closed. */
  #forget(): void {
    const gone: number[] = [];
    for (const [picture, number] of this.#numbers) {
      if (picture.width > 0) continue;
      gone.push(number);
      this.#numbers.delete(picture);
      this.#sent.delete(number);
    }
    if (gone.length > 0) this.#order({ what: 'forget', numbers: gone });
  }

  #order(order: PaintOrder, transferred: Transferable[] = []): void {
    this.#worker?.postMessage(order, transferred);
  }
}
