// What is painted, written down: the calls of a 2D canvas that the painted layer uses, so that they
// can be carried out in another thread.

/** What paints: a canvas' own context, or a `Recorder`. */
export type PaintContext = Pick<
  CanvasRenderingContext2D,
  | 'fillStyle' | 'strokeStyle' | 'globalAlpha' | 'lineWidth' | 'font' | 'textBaseline'
  | 'beginPath' | 'moveTo' | 'lineTo' | 'bezierCurveTo' | 'rect' | 'arc' | 'clip' | 'fill' | 'stroke'
  | 'save' | 'restore' | 'fillRect' | 'measureText'
> & {
  roundRect(x: number, y: number, w: number, h: number, radius: number): void;
  fillText(text: string, x: number, y: number, most?: number): void;
  drawImage(
    picture: ImageBitmap, sx: number, sy: number, sw: number, sh: number,
    x: number, y: number, w: number, h: number,
  ): void;
};

/** Calls in their order: numbers, and the texts and pictures that they name by number. */
export interface Recording {
  readonly calls: Float32Array<ArrayBuffer>;
  readonly texts: readonly string[];
  /** Pictures by the numbers under which the calls name them. */
  readonly pictures: readonly number[];
}

const Call = {
  FillStyle: 0,
  StrokeStyle: 1,
  Alpha: 2,
  LineWidth: 3,
  Font: 4,
  Baseline: 5,
  Begin: 6,
  Move: 7,
  Line: 8,
  Bezier: 9,
  Rect: 10,
  RoundRect: 11,
  Arc: 12,
  Clip: 13,
  Fill: 14,
  Stroke: 15,
  Save: 16,
  Restore: 17,
  FillRect: 18,
  Text: 19,
  Picture: 20,
} as const;

const NO_LIMIT = -1;
/** A call and its numbers. */
const MOST_NUMBERS = 10;

export class Recorder implements PaintContext {
  readonly #numberOf: (picture: ImageBitmap) => number;
  readonly #measure: Pick<CanvasRenderingContext2D, 'font' | 'measureText'> | undefined;
  readonly #texts = new Map<string, number>();
  readonly #pictures = new Set<number>();
  #calls = new Float32Array(4096);
  #length = 0;
  #alpha = 1;
  #font = '';

  /** `numberOf` gives the number of a picture; `measure` is asked for the width of texts. */
  constructor(
    numberOf: (picture: ImageBitmap) => number,
    measure?: Pick<CanvasRenderingContext2D, 'font' | 'measureText'>,
  ) {
    this.#numberOf = numberOf;
    this.#measure = measure;
  }

  /** All that was called so far; the recorder is done with. */
  end(): Recording {
    return {
      calls: this.#calls.slice(0, this.#length),
      texts: [...this.#texts.keys()],
      pictures: [...this.#pictures],
    };
  }

  set fillStyle(style: string | CanvasGradient | CanvasPattern) {
    this.#put(Call.FillStyle, 1, this.#text(String(style)));
  }

  set strokeStyle(style: string | CanvasGradient | CanvasPattern) {
    this.#put(Call.StrokeStyle, 1, this.#text(String(style)));
  }

  get globalAlpha(): number {
    return this.#alpha;
  }

  set globalAlpha(alpha: number) {
    this.#alpha = alpha;
    this.#put(Call.Alpha, 1, alpha);
  }

  set lineWidth(width: number) {
    this.#put(Call.LineWidth, 1, width);
  }

  get font(): string {
    return this.#font;
  }

  set font(font: string) {
    this.#font = font;
    this.#put(Call.Font, 1, this.#text(font));
  }

  set textBaseline(baseline: CanvasTextBaseline) {
    this.#put(Call.Baseline, 1, this.#text(baseline));
  }

  beginPath(): void {
    this.#put(Call.Begin);
  }

  moveTo(x: number, y: number): void {
    this.#put(Call.Move, 2, x, y);
  }

  lineTo(x: number, y: number): void {
    this.#put(Call.Line, 2, x, y);
  }

  bezierCurveTo(ax: number, ay: number, bx: number, by: number, x: number, y: number): void {
    this.#put(Call.Bezier, 6, ax, ay, bx, by, x, y);
  }

  rect(x: number, y: number, w: number, h: number): void {
    this.#put(Call.Rect, 4, x, y, w, h);
  }

  roundRect(x: number, y: number, w: number, h: number, radius: number): void {
    this.#put(Call.RoundRect, 5, x, y, w, h, radius);
  }

  arc(x: number, y: number, radius: number, from: number, to: number): void {
    this.#put(Call.Arc, 5, x, y, radius, from, to);
  }

  clip(): void {
    this.#put(Call.Clip);
  }

  fill(): void {
    this.#put(Call.Fill);
  }

  stroke(): void {
    this.#put(Call.Stroke);
  }

  save(): void {
    this.#put(Call.Save);
  }

  restore(): void {
    this.#put(Call.Restore);
  }

  fillRect(x: number, y: number, w: number, h: number): void {
    this.#put(Call.FillRect, 4, x, y, w, h);
  }

  fillText(text: string, x: number, y: number, most?: number): void {
    this.#put(Call.Text, 4, this.#text(text), x, y, most ?? NO_LIMIT);
  }

  measureText(text: string): TextMetrics {
    if (!this.#measure) throw new Error('Nothing here can measure a text.');
    this.#measure.font = this.#font;
    return this.#measure.measureText(text);
  }

  drawImage(
    picture: ImageBitmap, sx: number, sy: number, sw: number, sh: number,
    x: number, y: number, w: number, h: number,
  ): void {
    const number = this.#numberOf(picture);
    this.#pictures.add(number);
    this.#put(Call.Picture, 9, number, sx, sy, sw, sh, x, y, w, h);
  }

  #text(text: string): number {
    let found = this.#texts.get(text);
    if (found === undefined) {
      found = this.#texts.size;
      this.#texts.set(text, found);
    }
    return found;
  }

  /** Write a call with `count` numbers. Its shape is fixed: it is made thousands of times a frame. */
  #put(call: number, count = 0, a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0, i = 0): void {
    if (this.#length + MOST_NUMBERS > this.#calls.length) {
      const larger = new Float32Array(this.#calls.length * 2);
      larger.set(this.#calls);
      this.#calls = larger;
    }
    const calls = this.#calls;
    const at = this.#length;
    calls[at] = call;
    calls[at + 1] = a;
    calls[at + 2] = b;
    calls[at + 3] = c;
    calls[at + 4] = d;
    calls[at + 5] = e;
    calls[at + 6] = f;
    calls[at + 7] = g;
    calls[at + 8] = h;
    calls[at + 9] = i;
    this.#length = at + 1 + count;
  }
}

/** Carry out what was recorded; a picture that is not here is left out. */
export function replay(
  ctx: PaintContext,
  { calls, texts }: Recording,
  pictureOf: (number: number) => ImageBitmap | undefined,
): void {
  let at = 0;
  const next = (): number => calls[at++] as number;
  const text = (): string => texts[next()] ?? '';
  while (at < calls.length) {
    switch (next()) {
      case Call.FillStyle: ctx.fillStyle = text(); break;
      case Call.StrokeStyle: ctx.strokeStyle = text(); break;
      case Call.Alpha: ctx.globalAlpha = next(); break;
      case Call.LineWidth: ctx.lineWidth = next(); break;
      case Call.Font: ctx.font = text(); break;
      case Call.Baseline: ctx.textBaseline = text() as CanvasTextBaseline; break;
      case Call.Begin: ctx.beginPath(); break;
      case Call.Move: ctx.moveTo(next(), next()); break;
      case Call.Line: ctx.lineTo(next(), next()); break;
      case Call.Bezier: ctx.bezierCurveTo(next(), next(), next(), next(), next(), next()); break;
      case Call.Rect: ctx.rect(next(), next(), next(), next()); break;
      case Call.RoundRect: ctx.roundRect(next(), next(), next(), next(), next()); break;
      case Call.Arc: ctx.arc(next(), next(), next(), next(), next()); break;
      case Call.Clip: ctx.clip(); break;
      case Call.Fill: ctx.fill(); break;
      case Call.Stroke: ctx.stroke(); break;
      case Call.Save: ctx.save(); break;
      case Call.Restore: ctx.restore(); break;
      case Call.FillRect: ctx.fillRect(next(), next(), next(), next()); break;
      case Call.Text: {
        const [words, x, y, most] = [text(), next(), next(), next()];
        if (most === NO_LIMIT) ctx.fillText(words, x, y);
        else ctx.fillText(words, x, y, most);
        break;
      }
      case Call.Picture: {
        const picture = pictureOf(next());
        const [sx, sy, sw, sh] = [next(), next(), next(), next()];
        const [x, y, w, h] = [next(), next(), next(), next()];
        if (picture) ctx.drawImage(picture, sx, sy, sw, sh, x, y, w, h);
        break;
      }
    }
  }
}
