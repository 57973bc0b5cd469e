// Frame numbers and timecode. A rate is `24` or `24000/1001`; positions are frame numbers, and
// drop-frame is a way of writing them (SMPTE 12M: 29.97 skips the numbers 00 and 01 of each minute
// that is no tenth, 59.94 the first four).

/** Frames a second, exactly. */
export interface Rate {
  readonly numerator: number;
  readonly denominator: number;
  /** As a number, for a video's clock in seconds. */
  readonly value: number;
  /** What timecode counts up to: 24 for 23.976. */
  readonly nominal: number;
}

/** Read a rate. Throws a RangeError for anything that is none. */
export function parseRate(text: string): Rate {
  const [, top, bottom = '1'] = /^(\d{1,6})(?:\/(\d{1,6}))?$/.exec(text.trim()) ?? [];
  const numerator = Number(top);
  const denominator = Number(bottom);
  if (!(numerator > 0) || !(denominator > 0)) throw new RangeError(`"${text}" is no frame rate`);
  const value = numerator / denominator;
  return { numerator, denominator, value, nominal: Math.round(value) };
}

/** Whether drop-frame timecode exists at this rate. */
export function canDrop(rate: Rate): boolean {
  return rate.denominator === 1001 && rate.nominal % 30 === 0;
}

/** `01:00:00:00`, or `01:00:00;00` in drop-frame, for a frame number from 0 up. */
export function timecode(frame: number, rate: Rate, drop = false): string {
  const fps = rate.nominal;
  let count = Math.max(0, Math.floor(frame));
  if (drop && canDrop(rate)) {
    const skipped = fps / 15;
    const tenMinutes = fps * 600 - skipped * 9;
    const minute = fps * 60 - skipped;
    const tens = Math.floor(count / tenMinutes);
    const rest = count % tenMinutes;
    count += skipped * 9 * tens;
    if (rest >= skipped) count += skipped * Math.floor((rest - skipped) / minute);
  }
  const parts = [
    Math.floor(count / (fps * 3600)) % 100,
    Math.floor(count / (fps * 60)) % 60,
    Math.floor(count / fps) % 60,
  ];
  const written = parts.map((part) => String(part).padStart(2, '0')).join(':');
  const mark = drop && canDrop(rate) ? ';' : ':';
  return `${written}${mark}${String(count % fps).padStart(fps > 99 ? 3 : 2, '0')}`;
}

/** The time in a video at which a frame is shown for certain: its middle, in seconds. */
export function middleOf(frame: number, rate: Rate): number {
  return (frame + 0.5) / rate.value;
}

/** The frame that a video shows at a time in seconds. */
export function frameAt(seconds: number, rate: Rate): number {
  return Math.floor(seconds * rate.value + 1e-6);
}
