// What nodes are called in sentences for people: SHOT_010, SCENE_01, Ina.

import type { Node } from './model';

const CODED: ReadonlyMap<string, string> = new Map([
  ['film.shot', 'SHOT'],
  ['film.scene', 'SCENE'],
]);

const SUMMARY_LENGTH = 200;

/** What a shot is about, in one line: what is said in it, else what is seen; else ''. */
export function summaryOf(node: Node): string {
  if (node.type !== 'film.shot') return '';
  const spoken = (node.text.dialogue_content ?? '').split('\n').map((line) => line.trim());
  const said = spoken.filter((line) => line !== '').join(' / ');
  const words = (said || (node.text.prompt ?? '')).split(/\s+/).filter((word) => word !== '');
  return words.join(' ').slice(0, SUMMARY_LENGTH);
}

/** The name of a node in a sentence. */
export function labelOf(node: Node): string {
  const prefix = CODED.get(node.type);
  const { code, name, title } = node.data;
  if (prefix !== undefined && code) return `${prefix}_${String(code)}`;
  const called = name || title;
  if (typeof called === 'string' && called.trim()) return called.trim().slice(0, 80);
  return (node.type.split('.').at(-1) ?? '').replaceAll('_', ' ');
}
