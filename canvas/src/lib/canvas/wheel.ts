// The wheel of a mouse zooms, two fingers on a trackpad pan, a pinch zooms: as hands know it.

export type WheelMove =
  | { readonly kind: 'zoom'; readonly factor: number }
  | { readonly kind: 'pan'; readonly dx: number; readonly dy: number };

const LINE = 18;
let trackpadUntil = 0;

/** What a turn of the wheel means. A trackpad is known by its small, two-sided or broken steps. */
export function read(event: WheelEvent): WheelMove {
  const unit = event.deltaMode === 1 ? LINE : event.deltaMode === 2 ? 400 : 1;
  const dx = event.deltaX * unit;
  const dy = event.deltaY * unit;
  if (event.ctrlKey || event.metaKey) {
    // A pinch comes as a wheel with Ctrl, in small steps.
    return { kind: 'zoom', factor: 2 ** (-dy * (Math.abs(dy) < 40 ? 0.012 : 0.0025)) };
  }
  const broken = !Number.isInteger(event.deltaY) || (event.deltaX !== 0 && !event.shiftKey);
  const small = event.deltaMode === 0 && Math.abs(dy) > 0 && Math.abs(dy) < 15;
  if (broken || small) trackpadUntil = event.timeStamp + 400;
  if (event.timeStamp < trackpadUntil) return { kind: 'pan', dx: -dx, dy: -dy };
  if (event.shiftKey) return { kind: 'pan', dx: -(dy || dx), dy: 0 };
  return { kind: 'zoom', factor: 2 ** (-dy * 0.0022) };
}
