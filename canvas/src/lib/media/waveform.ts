// Peaks of a sound, as the server makes them (audiowaveform, version 2), for drawing.

import { waveformAddress } from './addresses';
import { Problem } from '$lib/api/problem';

const TRIES = 4;

export interface Peaks {
  /** Lowest and highest of each step in turn, -128 to 127; of several channels the widest. */
  readonly pairs: Int8Array;
  /** How many steps a second has. */
  readonly rate: number;
  readonly seconds: number;
}

interface Document {
  readonly channels: number;
  readonly sample_rate: number;
  readonly samples_per_pixel: number;
  readonly bits: number;
  readonly length: number;
  readonly data: readonly number[];
}

const known = new Map<string, Promise<Peaks>>();

/** Of what is longer than these seconds, a pair of peaks for 4096 samples is enough; else for 256. */
const SHORT = 120;

/** The peaks of a file of about so many seconds. Rejected with a `Problem` where it has no sound, or
 * none that can be read. */
export function loadPeaks(project: string, digest: string, seconds: number): Promise<Peaks> {
  const address = waveformAddress(project, digest, seconds > 0 && seconds <= SHORT ? 'fine' : 'coarse');
  let found = known.get(address);
  if (!found) {
    found = ask(address);
    found.catch(() => known.delete(address));
    known.set(address, found);
  }
  return found;
}

async function ask(address: string): Promise<Peaks> {
  for (let attempt = 1; ; attempt += 1) {
    let response: Response;
    try {
      response = await fetch(address, { credentials: 'same-origin' });
    } catch (error) {
      throw Problem.from(error);
    }
    if (response.status === 200) return read((await response.json()) as Document);
    if (response.status !== 202 || attempt === TRIES) {
      throw Problem.of(await response.json().catch(() => null), response.status);
    }
  }
}

export function read({ channels, sample_rate: samples, samples_per_pixel: step, length, data }: Document): Peaks {
  const pairs = new Int8Array(length * 2);
  for (let at = 0; at < length; at += 1) {
    let low = 0;
    let high = 0;
    for (let channel = 0; channel < channels; channel += 1) {
      const place = (at * channels + channel) * 2;
      low = Math.min(low, data[place] ?? 0);
      high = Math.max(high, data[place + 1] ?? 0);
    }
    pairs[at * 2] = low;
    pairs[at * 2 + 1] = high;
  }
  const rate = samples / step;
  return { pairs, rate, seconds: length / rate };
}

/** Draw the peaks from one second to another into a box of a canvas, in its current fill style. */
export function drawPeaks(
  context: CanvasRenderingContext2D,
  peaks: Peaks,
  { x, y, width, height, from = 0, to = peaks.seconds }: {
    x: number;
    y: number;
    width: number;
    height: number;
    from?: number;
    to?: number;
  },
): void {
  const middle = y + height / 2;
  const scale = height / 256;
  const columns = Math.max(1, Math.round(width));
  context.beginPath();
  for (let column = 0; column < columns; column += 1) {
    const first = Math.floor((from + ((to - from) * column) / columns) * peaks.rate);
    const last = Math.max(first + 1, Math.floor((from + ((to - from) * (column + 1)) / columns) * peaks.rate));
    let low = 0;
    let high = 0;
    for (let at = Math.max(0, first); at < last && at * 2 < peaks.pairs.length; at += 1) {
      low = Math.min(low, peaks.pairs[at * 2] as number);
      high = Math.max(high, peaks.pairs[at * 2 + 1] as number);
    }
    const top = middle - high * scale;
    context.rect(x + (column * width) / columns, top, Math.max(0.5, width / columns), Math.max(0.6, (high - low) * scale));
  }
  context.fill();
}
