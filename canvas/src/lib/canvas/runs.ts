// Making takes: start, stop, try again, with what went wrong in words.

import { answer, api, everyItem, type Schema } from '$lib/api/client';
import { Problem } from '$lib/api/problem';
import type { ProjectStore } from '$lib/stores/projectStore.svelte';
import { toasts } from '$lib/ui/toasts.svelte';

/** What a run would make, to be looked at before it begins. */
export interface PlannedRun {
  readonly targets: readonly string[];
  /** The steps in their order; empty where there are too many to be listed. */
  readonly steps: readonly Schema<'PlannedStep'>[];
}

/** More targets than this do not fit into one address. */
const MOST_LISTED = 150;

export class Runs {
  readonly #project: ProjectStore;
  readonly #show: (planned: PlannedRun) => void;

  /** `show` is told of a run of several steps before it begins; who looks at it calls `start`. */
  constructor(project: ProjectStore, show: (planned: PlannedRun) => void) {
    this.#project = project;
    this.#show = show;
  }

  /** A new take of each of these nodes, and first what they need; before all that waits, if asked. */
  async generate(nodes: readonly string[], priority: Schema<'Generate'>['priority'] = 'normal'): Promise<void> {
    const path = { project_id: this.#project.id };
    for (const node_id of nodes) {
      const body = { node_id, request_id: crypto.randomUUID(), priority };
      await told(() =>
        answer(api.POST('/api/v1/projects/{project_id}/generate', { params: { path }, body })),
      );
    }
  }

  /** Bring nodes up to date: only what is missing or stale is made. Of more than one step it is
   * said first how many there are and how long they may take. */
  async update(targets: readonly string[]): Promise<void> {
    if (targets.length > MOST_LISTED) return this.#show({ targets, steps: [] });
    const path = { project_id: this.#project.id };
    await told(async () => {
      const steps = await everyItem((cursor) =>
        api.GET('/api/v1/projects/{project_id}/plan', {
          params: { path, query: { target: [...targets], cursor } },
        }),
      );
      if (steps.filter((step) => !step.reused).length > 1) this.#show({ targets, steps });
      else await this.start(targets);
    });
  }

  /** Begin what was planned. */
  async start(targets: readonly string[]): Promise<void> {
    const path = { project_id: this.#project.id };
    const body = { targets: [...targets], request_id: crypto.randomUUID() };
    await told(() =>
      answer(api.POST('/api/v1/projects/{project_id}/runs', { params: { path }, body })),
    );
  }

  /** Let a waiting task be begun before all others, or after them. */
  async prioritise(task_id: string, priority: Schema<'NewPriority'>['priority']): Promise<void> {
    const params = { path: { task_id } };
    await told(() => answer(api.PUT('/api/v1/tasks/{task_id}/priority', { params, body: { priority } })));
  }

  async cancel(node: string): Promise<void> {
    const task_id = this.#project.states.peek(node)?.task_id;
    if (!task_id) return;
    const params = { path: { task_id } };
    await told(() => answer(api.POST('/api/v1/tasks/{task_id}/cancel', { params })));
  }

  /** Answer what a task asks; it goes on where it stopped. */
  async answer(task_id: string, given: unknown): Promise<void> {
    const params = { path: { task_id } };
    await told(() =>
      answer(api.POST('/api/v1/tasks/{task_id}/answer', { params, body: { answer: given } })),
    );
  }

  async retry(node: string): Promise<void> {
    const task_id = this.#project.failures.peek(node)?.task_id;
    if (!task_id) return this.generate([node]);
    const params = { path: { task_id } };
    await told(() => answer(api.POST('/api/v1/tasks/{task_id}/retry', { params })));
  }
}

/** Do something that the server may refuse, and say so where it does. */
async function told(work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    const problem = Problem.from(error);
    toasts.say(problem.message, { hint: problem.hint, tone: 'danger' });
  }
}
