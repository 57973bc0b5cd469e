// What an Audio node makes of a sound: which part of it, and how loud each moment is. The factor of
// a moment is the one that the mixer gives it.

export interface SoundShape {
  /** Decibels. */
  readonly gain: number;
  /** Seconds of the source at which it begins, and how long it is at most. */
  readonly start: number;
  readonly duration: number | null;
  readonly fadeIn: number;
  readonly fadeOut: number;
}

export const PLAIN_SHAPE: SoundShape = { gain: 0, start: 0, duration: null, fadeIn: 0, fadeOut: 0 };

/** The second of the source at which the sound ends. */
export const endOf = ({ start, duration }: SoundShape, length: number): number =>
  Math.min(length, duration === null ? length : start + duration);

/** How loud a moment of the source is, as a factor; 0 outside of the part that is used. */
export function levelAt(shape: SoundShape, length: number, second: number): number {
  const end = endOf(shape, length);
  if (second < shape.start || second > end) return 0;
  const gain = 10 ** (shape.gain / 20);
  const into = shape.fadeIn > 0 ? Math.min(1, (second - shape.start) / shape.fadeIn) : 1;
  const out = shape.fadeOut > 0 ? Math.min(1, (end - second) / shape.fadeOut) : 1;
  return gain * into * out;
}
