// What a planned run amounts to, in numbers and in a sentence.

import type { PlannedRun } from '$lib/canvas/runs';

export interface PlannedWork {
  /** Steps that are made, and those whose result is there already. */
  readonly made: number;
  readonly reused: number;
  /** Seconds of work, by what such steps took lately; null where nothing is known of any. */
  readonly seconds: number | null;
  /** Whether some of the steps are of a kind that was never made here. */
  readonly partly: boolean;
}

export function workOf({ targets, steps }: PlannedRun): PlannedWork {
  if (steps.length === 0) return { made: targets.length, reused: 0, seconds: null, partly: true };
  const made = steps.filter((step) => !step.reused);
  const known = made.flatMap(({ seconds }) => seconds ?? []);
  return {
    made: made.length,
    reused: steps.length - made.length,
    seconds: known.length > 0 ? known.reduce((sum, one) => sum + one, 0) : null,
    partly: known.length < made.length,
  };
}

/** `about 3 min` */
export function about(seconds: number): string {
  if (seconds < 90) return `about ${String(Math.max(1, Math.round(seconds)))} s`;
  if (seconds < 5400) return `about ${String(Math.round(seconds / 60))} min`;
  return `about ${(seconds / 3600).toFixed(1)} h`;
}

/** What is said above the list of steps. */
export function sentence({ made, reused, seconds, partly }: PlannedWork): string {
  const makes = `${made === 1 ? '1 step is' : `${String(made)} steps are`} made`;
  const keeps = reused > 0 ? `, ${String(reused)} ${reused === 1 ? 'is' : 'are'} there already` : '';
  const takes =
    seconds === null
      ? 'How long it takes is not known yet.'
      : `That is ${about(seconds)} of work${partly ? ', and more for what was never made here' : ''}.`;
  return `${makes}${keeps}. ${takes}`;
}
