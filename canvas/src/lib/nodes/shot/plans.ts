// The sections of a shot: the picture and its takes first, for a shot is what it shows.

import { fieldsOf } from '$lib/schema/form';
import { previewHeight, type Plan } from '$lib/schema/layout';

/** The fields that have a part of their own on the node. */
const DRAWN = ['camera_movement', 'duration_estimate', 'frames', 'quality', 'seed_locked', 'code', 'version'];

const shotPlan: Plan = (definition) => {
  const fields = fieldsOf(definition.params);
  const some = (...names: string[]) => names.flatMap((name) => fields.find((field) => field.name === name) ?? []);
  const first = some('prompt');
  const last = some('motion_strength', 'seed');
  const more = fields.filter((field) => !first.includes(field) && !last.includes(field) && !DRAWN.includes(field.name));
  return [
    { kind: 'block', id: 'preview', height: previewHeight(definition) },
    { kind: 'block', id: 'takes', height: 48 },
    { kind: 'fields', fields: first },
    { kind: 'block', id: 'camera', height: 34 },
    { kind: 'block', id: 'length', height: 32 },
    { kind: 'fields', fields: last, more: more.length },
    { kind: 'block', id: 'assets', height: 30 },
    { kind: 'sockets' },
    { kind: 'block', id: 'foot', height: 82 },
  ];
};

export const SHOT_PLANS: readonly (readonly [type: string, plan: Plan])[] = [['film.shot', shotPlan]];
