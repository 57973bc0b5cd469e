// What a take says of how it was made, in words.

import type { Take } from '$lib/media/nodeTakes.svelte';
import { QUALITIES, type Quality } from './quality';

interface MadeBy {
  readonly title?: string;
  readonly backend?: string;
  readonly version?: string;
  readonly tier?: Quality;
  readonly seed?: number;
  readonly seconds?: number;
  readonly vram_bytes?: number;
  readonly ram_bytes?: number;
  readonly notes?: readonly string[];
}

export const madeBy = (take: Take): MadeBy => take.made_by as MadeBy;

export const qualityOf = (tier: string | undefined) => QUALITIES.find(({ value }) => value === tier);

const GB = 1e9;
const gigabytes = (bytes: number): string => `${(bytes / GB).toFixed(bytes < 10 * GB ? 1 : 0)} GB`;

/** The memory that a take needed: of a card, or of the machine; '' where nobody measured. */
export function memoryOf({ vram_bytes: vram, ram_bytes: ram }: MadeBy): string {
  if (vram) return `${gigabytes(vram)} of card`;
  return ram ? `${gigabytes(ram)} of memory` : '';
}

/** `6 s`, `2 min`. */
export function lasting(seconds: number): string {
  if (seconds < 1) return '1 s';
  if (seconds < 90) return `${String(Math.round(seconds))} s`;
  return seconds < 5400 ? `${String(Math.round(seconds / 60))} min` : `${(seconds / 3600).toFixed(1)} h`;
}

/** Everything that is known of how a take was made, part by part. */
export function factsOf(take: Take): readonly string[] {
  const made = madeBy(take);
  return [
    made.title ?? made.backend ?? '',
    qualityOf(made.tier)?.short ?? '',
    made.seed === undefined ? '' : `seed ${String(made.seed)}`,
    made.seconds === undefined ? '' : `made in ${lasting(made.seconds)}`,
    memoryOf(made),
  ].filter(Boolean);
}

/** How long a take of a quality lasts to make, and what it needs: as those before did. */
export interface Estimate {
  readonly seconds: number;
  readonly takes: number;
  readonly by: string;
  readonly memory: string;
}

const RECENT = 9;

/** From the newest takes of a quality; undefined where there are none. */
export function estimateFrom(takes: readonly Take[], tier: string): Estimate | undefined {
  const those = takes.filter((take) => madeBy(take).tier === tier && madeBy(take).seconds !== undefined).slice(-RECENT);
  const last = those.at(-1);
  if (last === undefined) return undefined;
  const seconds = those.map((take) => madeBy(take).seconds ?? 0).sort((a, b) => a - b);
  const made = madeBy(last);
  return {
    seconds: seconds[Math.floor(seconds.length / 2)] ?? 0,
    takes: those.length,
    by: made.title ?? made.backend ?? '',
    memory: memoryOf(made),
  };
}
