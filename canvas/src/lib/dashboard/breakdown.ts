// What a script would put on the canvas, as the server reads it before anything is kept.

import type { Schema } from '$lib/api/client';
import { sendFile } from '$lib/api/files';

export type Breakdown = Schema<'Breakdown'>;

/** Read a script without keeping it. Throws a `Problem` for what is no script. */
export const readScript = (file: File): Promise<Breakdown> =>
  sendFile('/api/v1/scripts/breakdown', file);

/** `1:14`, or `1:02:03`. */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const tail = `${hours ? String(minutes).padStart(2, '0') : String(minutes)}:${String(rest).padStart(2, '0')}`;
  return hours ? `${String(hours)}:${tail}` : tail;
}

export const count = (number: number, one: string, many = `${one}s`): string =>
  `${number.toLocaleString()} ${number === 1 ? one : many}`;
