// How far a loop is: the tasks of the nodes that follow it, in the newest run that has any.

import { answer, api } from '$lib/api/client';
import type { ProjectStore } from '$lib/stores/projectStore.svelte';

const SETTLE = 300;

export interface LoopProgress {
  readonly done: number;
  readonly all: number;
  readonly running: boolean;
}

export class LoopRun {
  progress = $state.raw<LoopProgress | null>(null);
  readonly #project: ProjectStore;
  readonly #bodies: () => ReadonlySet<string>;
  #asked = 0;

  constructor(project: ProjectStore, bodies: () => ReadonlySet<string>) {
    this.#project = project;
    this.#bodies = bodies;
  }

  follow(): () => void {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const soon = (): void => {
      clearTimeout(timer);
      timer = setTimeout(() => void this.load(), SETTLE);
    };
    const end = this.#project.listen({
      event: (event) => {
        const told = event.event === 'server:node_state_updated' || event.event === 'server:task_success';
        if (told && this.#bodies().has(event.payload.node_id)) soon();
      },
    });
    soon();
    return () => {
      clearTimeout(timer);
      end();
    };
  }

  async load(): Promise<void> {
    const mine = (this.#asked += 1);
    const bodies = this.#bodies();
    if (bodies.size === 0) {
      this.progress = null;
      return;
    }
    try {
      const path = { project_id: this.#project.id };
      const { items } = await answer(api.GET('/api/v1/projects/{project_id}/runs', { params: { path, query: { limit: 1 } } }));
      const newest = items[0];
      if (!newest) return;
      const { run } = await answer(api.GET('/api/v1/runs/{run_id}', { params: { path: { run_id: newest.id } } }));
      const tasks = (run.tasks ?? []).filter((task) => bodies.has(task.node_id) && task.iteration !== '');
      if (mine !== this.#asked) return;
      this.progress =
        tasks.length === 0
          ? null
          : {
              done: tasks.filter(({ status }) => status === 'succeeded').length,
              all: tasks.length,
              running: tasks.some(({ status }) => ['queued', 'blocked', 'assigned', 'running', 'waiting_for_input'].includes(status)),
            };
    } catch {
      // How far it is, is asked again with the next task that ends.
      if (mine === this.#asked) this.progress = null;
    }
  }
}
