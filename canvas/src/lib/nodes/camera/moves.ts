// How a camera moves, for a picture of it: the same ways and the same ease as the animatic's.

export interface Window2D {
  readonly x: number;
  readonly y: number;
  readonly zoom: number;
}

export const WHOLE: Window2D = { x: 0.5, y: 0.5, zoom: 1 };
export const MOST_ZOOM = 8;

/** Where a layer lies: moved by shares of the frame, and scaled about its middle. */
export interface LayerView {
  readonly x: number;
  readonly y: number;
  readonly scale: number;
}

/** Across, down and growth of each movement, for a layer at full depth. */
const TRAVEL: Readonly<Record<string, readonly [across: number, down: number, growth: number]>> = {
  pan_left: [0.2, 0, 0],
  pan_right: [-0.2, 0, 0],
  tilt_up: [0, 0.2, 0],
  tilt_down: [0, -0.2, 0],
  truck_left: [0.24, 0, 0],
  truck_right: [-0.24, 0, 0],
  crane_up: [0, 0.22, 0],
  crane_down: [0, -0.22, 0],
  dolly_in: [0, 0, 0.3],
  dolly_out: [0, 0, -0.3],
  zoom_in: [0, 0, 0.36],
  zoom_out: [0, 0, -0.36],
};
const TURNS = /^(pan|tilt|zoom)_/;

/** From 0 to 1 with a soft start and a soft stop. */
export function ease(share: number): number {
  const place = Math.min(1, Math.max(0, (share - 0.05) / 0.9));
  return place ** 3 * (place * (place * 6 - 15) + 10);
}

/** Where a layer at a depth (0 far, 1 near) lies when a share of the movement is done. */
export function layerView(movement: string, speed: number, depth: number, share: number): LayerView {
  if (movement === 'handheld') {
    const seconds = share * 4;
    const sway = 0.006 * speed * 2;
    return {
      x: sway * (Math.sin(seconds * 2.3 + 0.3) + 0.5 * Math.sin(seconds * 5.7 + 1.7)),
      y: sway * (Math.sin(seconds * 2.7 + 2.2) + 0.5 * Math.sin(seconds * 6.7 + 0.6)),
      scale: 1.04,
    };
  }
  const [across, down, growth] = TRAVEL[movement] ?? [0, 0, 0];
  const done = ease(share);
  const part = speed * (TURNS.test(movement) ? 1 : 0.22 + 0.78 * depth);
  if (growth !== 0) return { x: 0, y: 0, scale: 1 + Math.abs(growth) * part * (growth > 0 ? done : 1 - done) };
  return { x: across * part * (done - 0.5), y: down * part * (done - 0.5), scale: 1 };
}

/** A window that lies within the picture. */
export function inside({ x, y, zoom }: Window2D): Window2D {
  const held = Math.min(MOST_ZOOM, Math.max(1, zoom));
  const half = 0.5 / held;
  return { x: Math.min(1 - half, Math.max(half, x)), y: Math.min(1 - half, Math.max(half, y)), zoom: held };
}

/** The window when a share of the way from one to another is done; zoom goes by equal factors. */
export function between(start: Window2D, end: Window2D, share: number): Window2D {
  const done = ease(share);
  return inside({
    x: start.x + (end.x - start.x) * done,
    y: start.y + (end.y - start.y) * done,
    zoom: start.zoom * (end.zoom / start.zoom) ** done,
  });
}

/** A stored value as a window; what is missing or of a wrong kind is as in the whole picture. */
export function windowOf(stored: unknown): Window2D {
  const { x, y, zoom } = (stored ?? {}) as Partial<Window2D>;
  const number = (value: unknown, otherwise: number): number => (typeof value === 'number' ? value : otherwise);
  return inside({ x: number(x, WHOLE.x), y: number(y, WHOLE.y), zoom: number(zoom, WHOLE.zoom) });
}
