// The sections of a scene: its sockets first, so that they stay where they are when it is collapsed.

import type { Plan } from '$lib/schema/layout';

const scenePlan: Plan = () => [
  { kind: 'sockets' },
  { kind: 'block', id: 'heading', height: 50 },
  { kind: 'block', id: 'strip', height: 142 },
  { kind: 'block', id: 'counts', height: 36 },
  { kind: 'block', id: 'foot', height: 44 },
];

export const SCENE_PLANS: readonly (readonly [type: string, plan: Plan])[] = [['film.scene', scenePlan]];
