// The two videos between which a transition stands: what is connected to be rendered, or else the
// shots before and after it in their sequence.

import { type Given, givenBy } from '$lib/media/given';
import type { ProjectStore } from '$lib/stores/projectStore.svelte';

export interface Neighbours {
  readonly a: Given | null;
  readonly b: Given | null;
  /** Whether two videos are connected, so that it is rendered by itself. */
  readonly rendered: boolean;
}

export function neighboursOf(project: ProjectStore, id: string): Neighbours {
  const given = (node: string | undefined): Given | null => (node === undefined ? null : givenBy(project, node));
  const a = project.incoming(id, 'a')[0]?.source;
  const b = project.incoming(id, 'b')[0]?.source;
  if (a !== undefined || b !== undefined) return { a: given(a), b: given(b), rendered: true };
  return {
    a: given(project.incoming(id, 'previous')[0]?.source),
    b: given(project.outgoing(id, 'next')[0]?.target),
    rendered: false,
  };
}
