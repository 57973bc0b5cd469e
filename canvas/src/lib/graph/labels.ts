// What nodes are called in sentences for people: SHOT_010, SCENE_01, Ina.

import type { Node } from './model';

const CODED: ReadonlyMap<string, string> = new Map([
  ['film.shot', 'SHOT'],
  ['film.scene', 'SCENE'],
]);

/** The name of a node in a sentence. */
export function labelOf(node: Node): string {
  const prefix = CODED.get(node.type);
  const { code, name, title } = node.data;
  if (prefix !== undefined && code) return `${prefix}_${String(code)}`;
  const called = name || title;
  if (typeof called === 'string' && called.trim()) return called.trim().slice(0, 80);
  return (node.type.split('.').at(-1) ?? '').replaceAll('_', ' ');
}
