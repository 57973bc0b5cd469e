// What a node is called on the canvas.

import { labelOf } from '$lib/graph/labels';
import type { Node } from '$lib/graph/model';
import { words } from '$lib/schema/form';
import type { NodeDefinition } from '$lib/stores/catalog';

/** Its name, or else what kind of node it is. */
export function titleOf(node: Node, definition: NodeDefinition | undefined): string {
  if (node.type === 'film.note') return node.text.text?.split('\n', 1)[0]?.slice(0, 80) || 'Note';
  const named = labelOf(node);
  const bare = (node.type.split('.').at(-1) ?? '').replaceAll('_', ' ');
  if (named !== bare) return named;
  return definition?.title ?? words(bare);
}

/** What a node is about, in a line or two. */
export function detailOf(node: Node): string {
  const { heading, role } = node.data;
  const { text, prompt, summary, description, dialogue_content: dialogue } = node.text;
  if (node.type === 'film.shot') return [prompt, dialogue].filter(Boolean).join(' – ');
  const said = [text?.split('\n').slice(1).join(' '), heading, prompt, summary, role, description];
  return said.find((text): text is string => typeof text === 'string' && text.trim() !== '') ?? '';
}
