// The film as it stands, for an Assembly node: asked again when the graph or a take has changed.

import { Problem } from '$lib/api/problem';
import { loadCut, type PlayableCut } from '$lib/cut/cut';
import type { ProjectStore } from '$lib/stores/projectStore.svelte';

const SETTLE = 600;

export class FilmState {
  playable = $state.raw<PlayableCut | null>(null);
  /** Why there is no film. */
  why = $state('');
  readonly #project: ProjectStore;
  #asked = 0;

  constructor(project: ProjectStore) {
    this.#project = project;
  }

  follow(): () => void {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const soon = (): void => {
      clearTimeout(timer);
      timer = setTimeout(() => void this.load(), SETTLE);
    };
    void this.load();
    const endGraph = this.#project.onGraphChange(soon);
    const end = this.#project.listen({
      event: (event) => {
        if (event.event === 'server:task_success') soon();
      },
    });
    return () => {
      clearTimeout(timer);
      endGraph();
      end();
    };
  }

  async load(): Promise<void> {
    const mine = (this.#asked += 1);
    try {
      const found = await loadCut(this.#project.id);
      if (mine !== this.#asked) return;
      this.playable = found;
      this.why = '';
    } catch (error) {
      if (mine !== this.#asked) return;
      this.playable = null;
      this.why = Problem.from(error).message;
    }
  }
}
