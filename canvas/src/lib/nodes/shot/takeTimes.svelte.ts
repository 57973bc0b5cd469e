// How long takes took in an open project: what a shot without takes of its own is estimated from.

import type { Take } from '$lib/media/nodeTakes.svelte';
import type { ProjectStore } from '$lib/stores/projectStore.svelte';
import { type Estimate, estimateFrom } from './takeFacts';

const MOST = 200;

export class TakeTimes {
  #takes = $state.raw<readonly Take[]>([]);

  /** Takes that were read for a shot. */
  note(takes: readonly Take[]): void {
    const known = new Set(this.#takes.map(({ id }) => id));
    const more = takes.filter(({ id }) => !known.has(id));
    if (more.length > 0) this.#takes = [...this.#takes, ...more].slice(-MOST);
  }

  /** All that are known, followed. */
  get all(): readonly Take[] {
    return this.#takes;
  }

  estimate(tier: string): Estimate | undefined {
    return estimateFrom(this.#takes, tier);
  }
}

const all = new WeakMap<ProjectStore, TakeTimes>();

/** The times of a project; shared by its shots. */
export function takeTimesOf(project: ProjectStore): TakeTimes {
  let found = all.get(project);
  if (found === undefined) all.set(project, (found = new TakeTimes()));
  return found;
}
