// Which sections a node type has, where the generic ones are not enough. Plain functions, apart
// from the components, since the canvas needs every node's size before any component is loaded.

import { genericPlan, type NodeLayout, type Plan, placed } from '$lib/schema/layout';
import type { NodeDefinition } from '$lib/stores/catalog';
import { ASSET_PLANS } from './asset/plans';
import { PIPELINE_PLANS } from './pipeline/plans';
import { SCENE_PLANS } from './scene/plans';
import { SCRIPT_PLANS } from './script/plans';
import { MEDIA_PLANS } from './mediaPlans';
import { SHOT_PLANS } from './shot/plans';

/** Annotations are their text and nothing else. */
const notePlan: Plan = () => [{ kind: 'block', id: 'text', height: 120 }];

const PLANS: ReadonlyMap<string, Plan> = new Map<string, Plan>([
  ...SHOT_PLANS,
  ...ASSET_PLANS,
  ...PIPELINE_PLANS,
  ...SCENE_PLANS,
  ...SCRIPT_PLANS,
  ...MEDIA_PLANS,
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
