// What a take says of how it was made, in words.

import type { Schema } from '$lib/api/client';
import type { Take } from '$lib/media/nodeTakes.svelte';
import { gpuMinutes } from '$lib/queue/plannedWork';
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
  /** The quality that was asked for, and why it was made in a lower one. */
  readonly asked_tier?: Quality;
  readonly lowered?: string;
  /** Why a backend that is preferred to this one did not make it. */
  readonly passed_over?: string;
  /** What was expected of it before it was made. */
  readonly predicted?: { readonly seconds?: number; readonly vram_bytes?: number; readonly ram_bytes?: number };
}

export const madeBy = (take: Take): MadeBy => take.made_by as MadeBy;

export const qualityOf = (tier: string | undefined) => QUALITIES.find(({ value }) => value === tier);

const GB = 1e9;
const gigabytes = (bytes: number): string => `${(bytes / GB).toFixed(bytes < 10 * GB ? 1 : 0)} GB`;

type Guess = Schema<'Estimate'>;

/** Where an estimate comes from, in a sentence. */
export function basisOf({ measured_runs: runs = 0, title }: Guess): string {
  if (runs === 0) return `An estimate: what ${title} declares`;
  return `An estimate: as the last ${runs === 1 ? 'take' : `${String(runs)} takes`} by ${title} in this quality took`;
}

/** The cost of a take in minutes of a card; '' for one that needs none. */
export function costOf({ gpu_seconds: seconds }: Guess): string {
  return seconds ? gpuMinutes(seconds).replace('minutes', 'min') : '';
}

/** `12 GB of card used, 11.8 GB predicted`, as far as it is known. */
export function memoryBeside(guess: Guess | undefined, made: MadeBy | undefined): string {
  const onCard = Boolean(guess?.vram_bytes ?? made?.vram_bytes);
  const used = onCard ? made?.vram_bytes : made?.ram_bytes;
  const predicted = onCard
    ? (made?.predicted?.vram_bytes ?? guess?.vram_bytes)
    : (made?.predicted?.ram_bytes ?? guess?.ram_bytes);
  const of = onCard ? ' of card' : '';
  const parts = [used ? `${gigabytes(used)}${of} used` : '', predicted ? `${gigabytes(predicted)} predicted` : ''];
  return parts.filter(Boolean).join(', ');
}

/** The mark of a take that is not in the quality that is asked for now, and of one that would not
 * be; undefined where both are. */
export function lowering(
  asked: string,
  made: MadeBy | undefined,
  guess: Guess | undefined,
): { readonly words: string; readonly why: string } | undefined {
  const name = (tier: string | undefined): string => qualityOf(tier)?.short ?? String(tier);
  if (made?.tier !== undefined && made.tier !== asked) {
    const why = made.lowered
      ? `${name(made.asked_tier)} was asked for. It was made in ${name(made.tier)}: ${made.lowered}`
      : `The active take was made in ${name(made.tier)}; ${name(asked)} is asked for now.`;
    return { words: `take is ${name(made.tier)}`, why };
  }
  if (guess?.lowered && guess.tier !== guess.asked_tier) {
    return { words: `would be ${name(guess.tier)}`, why: guess.lowered };
  }
  return undefined;
}

/** What else is to be known of how the active take was made, and the next one would be. */
export function noteOf(guess: Guess | undefined, made: MadeBy | undefined): string {
  const predicted = made?.predicted?.seconds;
  const took = made?.seconds === undefined ? '' : `The active take was made in ${lasting(made.seconds)}${predicted ? `, ${lasting(predicted)} were predicted` : ''}.`;
  return [took, made?.passed_over ?? guess?.passed_over ?? '', ...(made?.notes ?? [])].filter(Boolean).join(' ');
}

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
    made.lowered ? `${qualityOf(made.asked_tier)?.short ?? ''} was asked for: ${made.lowered}` : '',
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
