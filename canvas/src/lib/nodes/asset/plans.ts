// The sections of nodes that show assets: the picture first, then what is known, then who uses it.

import type { Plan, Section } from '$lib/schema/layout';

const block = (id: string, height: number): Section => ({ kind: 'block', id, height });
const SOCKETS: Section = { kind: 'sockets' };
const FOOT = block('foot', 44);

export const ASSET_PLANS: readonly (readonly [type: string, plan: Plan])[] = [
  ['film.character', () => [block('picture', 168), block('traits', 88), SOCKETS, FOOT]],
  ['film.style', () => [block('examples', 168), block('words', 64), SOCKETS, FOOT]],
  [
    'film.environment',
    () => [block('picture', 150), block('place', 46), block('variants', 38), block('references', 46), SOCKETS, FOOT],
  ],
  ['film.prop', () => [block('picture', 150), block('thing', 46), SOCKETS, FOOT]],
];
