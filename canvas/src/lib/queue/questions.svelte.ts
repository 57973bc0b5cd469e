// What runs ask people in this project: asked again whenever a node begins or ends waiting for somebody.

import { api, everyItem, type Schema } from '$lib/api/client';
import { Problem } from '$lib/api/problem';
import type { NodeStateUpdated } from '$lib/protocol/serverEvents';
import { KeyedMap } from '$lib/stores/keyed';
import type { ProjectStore } from '$lib/stores/projectStore.svelte';
import { toasts } from '$lib/ui/toasts.svelte';

export type Question = Schema<'Question'>;

const SETTLE = 40;

/** Whether this state says that a run waits for a person. */
export const isAsking = (state: NodeStateUpdated | undefined): boolean =>
  state?.state === 'generating' && state.step === 'waiting_for_input';

export class Questions {
  /** The open question of each node that has one. */
  readonly byNode = new KeyedMap<Question>();
  readonly #project: ProjectStore;
  #asked = 0;

  constructor(project: ProjectStore) {
    this.#project = project;
  }

  /** Keep them as the server has them; gives the way to end that. */
  follow(): () => void {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const soon = (): void => {
      clearTimeout(timer);
      timer = setTimeout(() => void this.load(), SETTLE);
    };
    const forget = this.#project.listen({
      event: (event) => {
        if (event.event !== 'server:node_state_updated') return;
        if (isAsking(event.payload) || this.byNode.peek(event.payload.node_id)) soon();
      },
    });
    soon();
    return () => {
      clearTimeout(timer);
      forget();
    };
  }

  /** Ask for all of them; the answer to an older question is not taken for the newest. */
  async load(): Promise<void> {
    const mine = (this.#asked += 1);
    const path = { project_id: this.#project.id };
    try {
      const open = await everyItem((cursor) =>
        api.GET('/api/v1/projects/{project_id}/questions', { params: { path, query: { cursor } } }),
      );
      if (mine === this.#asked) this.byNode.replace(open.map((one) => [one.node_id, one] as const));
    } catch (error) {
      const { message, hint } = Problem.from(error);
      if (mine === this.#asked) toasts.say(message, { hint, tone: 'danger' });
    }
  }
}
