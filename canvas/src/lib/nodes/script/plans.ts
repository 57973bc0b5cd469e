// The sections of a script: what it is, whether it was broken down, and what is in it.

import type { Plan } from '$lib/schema/layout';

const scriptPlan: Plan = () => [
  { kind: 'block', id: 'title', height: 74 },
  { kind: 'block', id: 'state', height: 36 },
  { kind: 'block', id: 'people', height: 46 },
  { kind: 'block', id: 'places', height: 46 },
  { kind: 'block', id: 'scenes', height: 108 },
  { kind: 'sockets' },
  { kind: 'block', id: 'foot', height: 44 },
];

export const SCRIPT_PLANS: readonly (readonly [type: string, plan: Plan])[] = [['film.script', scriptPlan]];
