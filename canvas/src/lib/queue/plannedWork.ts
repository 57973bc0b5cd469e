// What a planned run amounts to, in numbers and in a sentence.

import type { PlannedRun } from '$lib/canvas/runs';

export interface PlannedWork {
  /** Steps that are made, and those whose result is there already. */
  readonly made: number;
  readonly reused: number;
  /** Seconds of work, as such steps took lately or their backends declare; null where nothing is
   * known of any. */
  readonly seconds: number | null;
  /** Seconds of it during which a card is held; null where nothing is known of any. */
  readonly gpuSeconds: number | null;
  /** Whether nothing is known of some of the steps. */
  readonly partly: boolean;
  /** Whether some of it is what backends declare, and not what such steps took here. */
  readonly declared: boolean;
}

export function workOf({ targets, steps }: PlannedRun): PlannedWork {
  if (steps.length === 0) {
    return { made: targets.length, reused: 0, seconds: null, gpuSeconds: null, partly: true, declared: false };
  }
  const made = steps.filter((step) => !step.reused);
  const known = made.flatMap(({ estimate }) => (estimate?.seconds == null ? [] : [estimate]));
  return {
    made: made.length,
    reused: steps.length - made.length,
    seconds: sum(known.flatMap(({ seconds }) => seconds ?? [])),
    gpuSeconds: sum(known.flatMap(({ gpu_seconds }) => gpu_seconds ?? [])),
    partly: known.length < made.length,
    declared: known.some(({ measured_runs }) => !measured_runs),
  };
}

const sum = (all: readonly number[]): number | null => (all.length > 0 ? all.reduce((a, b) => a + b, 0) : null);

/** `about 3 min` */
export function about(seconds: number): string {
  if (seconds < 90) return `about ${String(Math.max(1, Math.round(seconds)))} s`;
  if (seconds < 5400) return `about ${String(Math.round(seconds / 60))} min`;
  return `about ${(seconds / 3600).toFixed(1)} h`;
}

/** The cost: `1.5 GPU minutes`, `no GPU time`. */
export function gpuMinutes(seconds: number): string {
  const minutes = seconds / 60;
  if (minutes === 0) return 'no GPU time';
  if (minutes < 0.1) return 'under 0.1 GPU minutes';
  return `${minutes < 10 ? minutes.toFixed(1) : String(Math.round(minutes))} GPU minutes`;
}

/** What is said above the list of steps: the number, the time, the cost. */
export function sentence({ made, reused, seconds, gpuSeconds, partly, declared }: PlannedWork): string {
  const makes = `${made === 1 ? '1 step is' : `${String(made)} steps are`} made`;
  const keeps = reused > 0 ? `, ${String(reused)} ${reused === 1 ? 'is' : 'are'} there already` : '';
  if (seconds === null) return `${makes}${keeps}. How long it takes is not known yet.`;
  const cost = gpuSeconds === null ? '' : `, ${gpuMinutes(gpuSeconds)}`;
  const more = partly ? ', and more for steps of which nothing is known yet' : '';
  const basis = declared ? 'as their backends declare' : 'as such steps took here';
  return `${makes}${keeps}. Estimate: ${about(seconds)} of work${cost}${more}, ${basis}.`;
}
