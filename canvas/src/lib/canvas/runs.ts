// Making takes: start, stop, try again, with what went wrong in words.

import { answer, api } from '$lib/api/client';
import { Problem } from '$lib/api/problem';
import type { ProjectStore } from '$lib/stores/projectStore.svelte';
import { toasts } from '$lib/ui/toasts.svelte';

export class Runs {
  readonly #project: ProjectStore;

  constructor(project: ProjectStore) {
    this.#project = project;
  }

  /** A new take of each of these nodes, and first what they need. */
  async generate(nodes: readonly string[]): Promise<void> {
    const path = { project_id: this.#project.id };
    for (const node_id of nodes) {
      const body = { node_id, request_id: crypto.randomUUID() };
      await told(() =>
        answer(api.POST('/api/v1/projects/{project_id}/generate', { params: { path }, body })),
      );
    }
  }

  /** Bring nodes up to date: only what is missing or stale is made. */
  async update(targets: readonly string[]): Promise<void> {
    const path = { project_id: this.#project.id };
    const body = { targets: [...targets], request_id: crypto.randomUUID() };
    await told(() =>
      answer(api.POST('/api/v1/projects/{project_id}/runs', { params: { path }, body })),
    );
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
