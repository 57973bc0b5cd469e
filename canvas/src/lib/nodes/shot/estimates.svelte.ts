// What another take of each mounted node would take: asked for together, shown by each.

import { answer, api, type Schema } from '$lib/api/client';
import { Problem } from '$lib/api/problem';
import type { ProjectStore } from '$lib/stores/projectStore.svelte';

export type Estimate = Schema<'Estimate'>;

/** What changes within this time is asked once, in milliseconds; and at most so often. */
const TOGETHER = 250;
const PAUSE = 1500;
/** So many nodes fit into one address. */
const MOST = 100;

export class Estimates {
  readonly #project: ProjectStore;
  #found = $state.raw<ReadonlyMap<string, Estimate>>(new Map());
  #problem = $state.raw<Problem | null>(null);
  readonly #wanted = new Set<string>();
  #asked = -PAUSE;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(project: ProjectStore) {
    this.#project = project;
  }

  /** The newest answer about a node, followed; undefined while there is none. */
  of(node: string): Estimate | undefined {
    return this.#found.get(node);
  }

  /** Why nothing could be asked, followed. */
  get problem(): Problem | null {
    return this.#problem;
  }

  /** Something that a node's estimate rests on is another now. */
  ask(node: string): void {
    this.#wanted.add(node);
    const wait = Math.max(TOGETHER, this.#asked + PAUSE - performance.now());
    this.#timer ??= setTimeout(() => void this.#load(), wait);
  }

  async #load(): Promise<void> {
    this.#timer = undefined;
    this.#asked = performance.now();
    const nodes = [...this.#wanted].slice(0, MOST);
    for (const node of nodes) this.#wanted.delete(node);
    if (this.#wanted.size > 0) this.#timer = setTimeout(() => void this.#load(), 0);
    const params = { path: { project_id: this.#project.id }, query: { node: nodes, limit: MOST } };
    try {
      const page = await answer(api.GET('/api/v1/projects/{project_id}/estimates', { params }));
      const found = new Map(this.#found);
      for (const node of nodes) found.delete(node);
      for (const one of page.items) found.set(one.node_id, one);
      this.#found = found;
      this.#problem = null;
    } catch (error) {
      this.#problem = Problem.from(error);
    }
  }
}

const all = new WeakMap<ProjectStore, Estimates>();

/** The estimates of a project; shared by its nodes. */
export function estimatesOf(project: ProjectStore): Estimates {
  let found = all.get(project);
  if (found === undefined) all.set(project, (found = new Estimates(project)));
  return found;
}
