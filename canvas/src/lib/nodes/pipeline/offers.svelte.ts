// Which backends there are, and in which versions workers have them now.

import { api, everyItem } from '$lib/api/client';
import { Problem } from '$lib/api/problem';
import type { NodeDefinition } from '$lib/stores/catalog';

export class Offers {
  /** The versions that workers have, by backend. */
  versions = $state.raw<ReadonlyMap<string, readonly string[]>>(new Map());
  problem = $state.raw<Problem | null>(null);

  async load(): Promise<void> {
    try {
      const workers = await everyItem((cursor) => api.GET('/api/v1/workers', { params: { query: { cursor } } }));
      const found = new Map<string, Set<string>>();
      for (const { backends } of workers) {
        for (const [name, { version }] of Object.entries(backends)) {
          found.set(name, (found.get(name) ?? new Set()).add(version));
        }
      }
      this.versions = new Map([...found].map(([name, known]) => [name, [...known].sort()]));
      this.problem = null;
    } catch (error) {
      this.problem = Problem.from(error);
    }
  }
}

/** The backends that make something that takes a pipeline. */
export function backendsOf(types: Iterable<NodeDefinition>): string[] {
  const found = new Set<string>();
  for (const { inputs, backends } of types) {
    if (inputs.some(({ type }) => type === 'Pipeline')) for (const name of backends) found.add(name);
  }
  return [...found].sort();
}

/** `media.animatic` as people read it, with whose it is: Animatic (media). */
export function backendTitle(name: string): string {
  const [plugin = '', ...rest] = name.split('.');
  const own = (rest.join(' ') || plugin).replaceAll('_', ' ');
  const title = own.slice(0, 1).toUpperCase() + own.slice(1);
  return rest.length > 0 ? `${title} (${plugin})` : title;
}
