// What a Conditional decides by, as far as it is known without running anything.

import { titleOf } from '../labels';
import type { ProjectStore } from '$lib/stores/projectStore.svelte';

export interface Decision {
  /** The node that decides; null where the switch on the node itself does. */
  readonly by: string | null;
  /** What it says, null where only a run will tell. */
  readonly holds: boolean | null;
}

export function decisionOf(project: ProjectStore, id: string, own: boolean): Decision {
  const edge = project.incoming(id, 'condition')[0];
  if (!edge) return { by: null, holds: own };
  const record = project.node(edge.source);
  if (!record) return { by: 'a node that is gone', holds: null };
  const by = titleOf(record, project.catalog.nodeTypes.get(record.type));
  // A value node says what it holds; of every other only a run can tell.
  if (record.type !== 'film.metadata') return { by, holds: null };
  const value = record.data[edge.source_socket];
  if (edge.source_socket === 'number') return { by, holds: typeof value === 'number' ? value !== 0 : false };
  return { by, holds: edge.source_socket === 'boolean' ? value === true : null };
}

/** What is connected to an input, by name. */
export function nameAt(project: ProjectStore, id: string, socket: string): string | null {
  const edge = project.incoming(id, socket)[0];
  const record = edge && project.node(edge.source);
  return record ? titleOf(record, project.catalog.nodeTypes.get(record.type)) : null;
}
