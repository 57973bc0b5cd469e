// Why nodes failed before this page was opened: what fails while it is open tells why by itself.

import { api, everyItem } from '$lib/api/client';
import { Problem } from '$lib/api/problem';
import type { ProjectStore } from '$lib/stores/projectStore.svelte';
import { toasts } from '$lib/ui/toasts.svelte';

/** Long enough for the event that follows a node's state to come first. */
const SETTLE = 500;

/** Ask for the reasons of failed nodes that have none here; gives the way to end that. */
export function followFailures(project: ProjectStore): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;

  const unexplained = (): Set<string> =>
    new Set(
      [...project.states.entries].flatMap(([node, { state }]) =>
        state === 'error' && !project.failures.peek(node) ? [node] : [],
      ),
    );

  async function load(): Promise<void> {
    if (unexplained().size === 0) return;
    const path = { project_id: project.id };
    try {
      const found = await everyItem((cursor) =>
        api.GET('/api/v1/projects/{project_id}/failures', { params: { path, query: { cursor } } }),
      );
      const wanted = unexplained();
      for (const failure of found) if (wanted.has(failure.node_id)) project.failures.set(failure.node_id, failure);
    } catch (error) {
      const { message, hint } = Problem.from(error);
      toasts.say(message, { hint, tone: 'danger' });
    }
  }

  const forget = project.listen({
    event: (event) => {
      if (event.event !== 'server:node_state_updated' || event.payload.state !== 'error') return;
      clearTimeout(timer);
      timer = setTimeout(() => void load(), SETTLE);
    },
  });
  timer = setTimeout(() => void load(), SETTLE);
  return () => {
    clearTimeout(timer);
    forget();
  };
}
