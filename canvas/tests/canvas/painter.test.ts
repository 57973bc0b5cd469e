// When the painted layer is painted anew: counted, not timed.
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Painter, type Painting } from '../../src/lib/canvas/painter';
import type { PaintAnswer, PaintOrder } from '../../src/lib/canvas/paintWorker';

class FakeWorker {
  static last: FakeWorker;
  onmessage: ((event: { data: PaintAnswer }) => void) | undefined;
  onerror: (() => void) | undefined;
  readonly orders: PaintOrder[] = [];

  constructor() {
    FakeWorker.last = this;
  }

  postMessage(order: PaintOrder): void {
    this.orders.push(order);
  }

  say(data: PaintAnswer): void {
    this.onmessage?.({ data });
  }

  terminate(): void {
    this.onmessage = undefined;
  }
}

const picture = {} as ImageBitmap;
const shown: ImageBitmap[] = [];
const element = {
  style: {} as Record<string, string>,
  getContext: () => ({ transferFromImageBitmap: (one: ImageBitmap) => shown.push(one) }),
};

class FakeOffscreen {
  getContext = (): null => null;
  transferToImageBitmap = (): ImageBitmap => picture;
}

beforeEach(() => {
  vi.stubGlobal('Worker', FakeWorker);
  vi.stubGlobal('OffscreenCanvas', FakeOffscreen);
  vi.stubGlobal('document', { createElement: () => ({ getContext: () => null }) });
  shown.length = 0;
});
afterEach(() => vi.unstubAllGlobals());

const painting = (x = 0, y = 0, zoom = 1): Painting => ({
  view: { x, y, zoom }, width: 800, height: 600, dpr: 1, nodes: 3, without: new Set(),
});

function opened(): { painter: Painter; came: () => number } {
  let count = 0;
  const painter = new Painter(element as unknown as HTMLCanvasElement, () => (count += 1));
  return { painter, came: () => count };
}

test('the first picture is made at once, others in the worker, one at a time', () => {
  const { painter, came } = opened();
  painter.paint(painting(), () => undefined);
  expect(shown).toHaveLength(1);
  expect(painter.shown?.nodes).toBe(3);

  FakeWorker.last.say({ what: 'ready' });
  painter.paint(painting(300), (ctx) => ctx.fillRect(0, 0, 1, 1));
  expect(painter.busy).toBe(true);
  expect(FakeWorker.last.orders.map(({ what }) => what)).toEqual(['paint']);
  expect(shown).toHaveLength(1);
  FakeWorker.last.say({ what: 'painted', picture });
  expect([painter.busy, came()]).toEqual([false, 1]);
  painter.show({ x: 300, y: 0, zoom: 1 });
  expect(shown).toHaveLength(2);
  expect(element.style.transform).toBe('translate(0px, 0px) scale(1)');
});

test('a view that is shifted a little needs no other picture, one that is zoomed does', () => {
  const { painter } = opened();
  painter.paint(painting(), () => undefined);
  expect(painter.covers({ x: 40, y: -60, zoom: 1 }, 800, 600, 1)).toBe(true);
  expect(painter.covers({ x: 140, y: 0, zoom: 1 }, 800, 600, 1)).toBe(false);
  expect(painter.covers({ x: 0, y: 0, zoom: 1.01 }, 800, 600, 1)).toBe(false);
  // In the middle of a zoom it is scaled, as far as it reaches.
  expect(painter.covers({ x: -40, y: -30, zoom: 1.1 }, 800, 600, 1, true)).toBe(true);
  expect(painter.covers({ x: 200, y: 150, zoom: 0.5 }, 800, 600, 1, true)).toBe(false);
  expect(painter.covers({ x: 0, y: 0, zoom: 1 }, 820, 600, 1)).toBe(false);
});

test('what is shown lies under the view that there is now', () => {
  const { painter } = opened();
  painter.paint(painting(100, 50, 0.5), () => undefined);
  painter.show({ x: 130, y: 40, zoom: 0.5 });
  expect(element.style.transform).toBe('translate(30px, -10px) scale(1)');
  // A point of the plane stays under the same point of the picture.
  painter.show({ x: 0, y: 0, zoom: 1 });
  const [, left, scale] = /translate\((.+)px, .+px\) scale\((.+)\)/.exec(element.style.transform ?? '') ?? [];
  const inPicture = 10 * 0.5 + 100 + 160;
  expect(-160 + Number(left) + inPicture * Number(scale)).toBeCloseTo(10);
});

test('what a person waits for is painted here, though an empty picture was shown before', () => {
  const { painter } = opened();
  FakeWorker.last.say({ what: 'ready' });
  painter.paint({ ...painting(), nodes: 0 }, () => undefined);
  expect([painter.busy, painter.shown?.nodes]).toEqual([false, 0]);
  painter.paint(painting(), () => undefined);
  expect([painter.busy, painter.shown?.nodes]).toEqual([false, 3]);
  expect(FakeWorker.last.orders).toEqual([]);
  painter.paint(painting(), () => undefined);
  expect(painter.busy).toBe(true);
});

test('a picture of a node is sent to the worker once', () => {
  const { painter } = opened();
  FakeWorker.last.say({ what: 'ready' });
  painter.paint(painting(), () => undefined);
  const still = { width: 16, height: 9 } as ImageBitmap;
  for (let turn = 0; turn < 2; turn += 1) {
    painter.paint(painting(), (ctx) => ctx.drawImage(still, 0, 0, 16, 9, 0, 0, 32, 18));
    FakeWorker.last.say({ what: 'painted', picture });
  }
  expect(FakeWorker.last.orders.map(({ what }) => what)).toEqual(['picture', 'paint', 'paint']);
});

test('where the worker fails, it is painted here', () => {
  const { painter } = opened();
  FakeWorker.last.say({ what: 'ready' });
  painter.paint(painting(), () => undefined);
  painter.paint(painting(), () => undefined);
  expect([painter.busy, shown.length]).toEqual([true, 1]);
  FakeWorker.last.onerror?.();
  expect(painter.busy).toBe(false);
  painter.paint(painting(), () => undefined);
  expect(shown).toHaveLength(2);
});
