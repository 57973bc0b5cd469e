// What a node is called on the canvas.

import { labelOf } from '$lib/graph/labels';
import type { Node } from '$lib/graph/model';
import { words } from '$lib/schema/form';
import type { NodeDefinition } from '$lib/stores/catalog';

/** Its name, or else what kind of node it is. */
export function titleOf(node: Node, definition: NodeDefinition | undefined): string {
  const named = labelOf(node);
  const bare = (node.type.split('.').at(-1) ?? '').replaceAll('_', ' ');
  if (named !== bare) return named;
  return definition?.title ?? words(bare);
}
