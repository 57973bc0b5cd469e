// Which sections a node type has, where the generic ones are not enough. Plain functions, apart
// from the components, since the canvas needs every node's size before any component is loaded.

import { fieldsOf } from '$lib/schema/form';
import { genericPlan, type NodeLayout, type Plan, placed, previewHeight } from '$lib/schema/layout';
import type { NodeDefinition } from '$lib/stores/catalog';
import { ASSET_PLANS } from './asset/plans';
import { SCENE_PLANS } from './scene/plans';
import { SCRIPT_PLANS } from './script/plans';

/** The fields that stand on a shot itself; the rest is in the inspector. */
const SHOT_FIELDS = ['prompt', 'camera_movement', 'duration_estimate', 'motion_strength', 'seed'];

/** The picture and its takes first: a shot is what it shows. */
const shotPlan: Plan = (definition) => {
  const fields = fieldsOf(definition.params);
  const shown = SHOT_FIELDS.flatMap((name) => fields.find((field) => field.name === name) ?? []);
  return [
    { kind: 'block', id: 'preview', height: previewHeight(definition) },
    { kind: 'block', id: 'takes', height: 48 },
    { kind: 'fields', fields: shown, more: fields.length - shown.length },
    { kind: 'block', id: 'assets', height: 30 },
    { kind: 'sockets' },
    { kind: 'block', id: 'foot', height: 44 },
  ];
};

/** Annotations are their text and nothing else. */
const notePlan: Plan = () => [{ kind: 'block', id: 'text', height: 120 }];

const PLANS: ReadonlyMap<string, Plan> = new Map<string, Plan>([
  ['film.shot', shotPlan],
  ...ASSET_PLANS,
  ...SCENE_PLANS,
  ...SCRIPT_PLANS,
  ['film.note', notePlan],
  ['film.frame', () => [{ kind: 'block', id: 'ground', height: 240 }]],
]);

const layouts = new WeakMap<NodeDefinition, NodeLayout>();

/** The size and the sockets of a node of this type. */
export function layoutOf(definition: NodeDefinition): NodeLayout {
  let found = layouts.get(definition);
  if (found === undefined) {
    found = placed(definition, PLANS.get(definition.id) ?? genericPlan);
    layouts.set(definition, found);
  }
  return found;
}

/** A node of a type that no plugin here brings keeps its place. */
export const UNKNOWN: NodeLayout = { width: 240, height: 76, sockets: [], sections: [] };
