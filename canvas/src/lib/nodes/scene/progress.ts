// How far the shots of a scene are.

import type { Node } from '$lib/graph/model';
import type { ProjectStore } from '$lib/stores/projectStore.svelte';

export interface SceneProgress {
  readonly shots: readonly Node[];
  /** With a take that shows what the shot means. */
  readonly done: number;
  /** Being made, or waiting for it. */
  readonly running: number;
  readonly stale: number;
  readonly failed: number;
}

/** The shots of a scene and how they stand, followed. */
export function progressOf(project: ProjectStore, scene: string): SceneProgress {
  const shots = project.children(scene).flatMap(({ id, type }) => (type === 'film.shot' ? (project.node(id) ?? []) : []));
  const count = { done: 0, running: 0, stale: 0, failed: 0 };
  for (const { id, data } of shots) {
    const state = project.states.get(id)?.state;
    const stale = project.stale.get(id) !== undefined;
    if (state === 'generating' || state === 'pending_request') count.running += 1;
    else if (state === 'error') count.failed += 1;
    if (data.active_take && stale) count.stale += 1;
    else if (data.active_take) count.done += 1;
  }
  return { shots, ...count };
}
