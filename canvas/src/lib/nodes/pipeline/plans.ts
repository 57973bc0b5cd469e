// The sections of a pipeline: which workflow and backend, what it needs at each quality, and whether it fits.

import { fieldsOf } from '$lib/schema/form';
import type { Plan } from '$lib/schema/layout';

const pipelinePlan: Plan = (definition) => [
  { kind: 'fields', fields: fieldsOf(definition.params).filter(({ name }) => name === 'name') },
  { kind: 'block', id: 'workflow', height: 40 },
  { kind: 'block', id: 'backend', height: 72 },
  { kind: 'block', id: 'needs', height: 84 },
  { kind: 'block', id: 'fit', height: 50 },
  { kind: 'sockets' },
  { kind: 'block', id: 'foot', height: 36 },
];

export const PIPELINE_PLANS: readonly (readonly [type: string, plan: Plan])[] = [['film.pipeline', pipelinePlan]];
