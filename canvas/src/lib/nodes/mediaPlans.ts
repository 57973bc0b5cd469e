// The sections of nodes that work on pictures and sounds, and of those that steer a run.

import { fieldsOf } from '$lib/schema/form';
import type { Plan, Section } from '$lib/schema/layout';
import type { NodeDefinition } from '$lib/stores/catalog';

const block = (id: string, height: number): Section => ({ kind: 'block', id, height });
/** Lines of a name and its control, as NodeRow draws them. */
const rows = (id: string, count: number): Section => block(id, 32 * count + 6);
const SOCKETS: Section = { kind: 'sockets' };
const FOOT = block('foot', 44);
const SOUND = block('sound', 116);

/** Some fields by their names; the rest is in the inspector. */
function fields(definition: NodeDefinition, names: readonly string[], elsewhere = 0): Section {
  const all = fieldsOf(definition.params);
  const shown = names.flatMap((name) => all.find((field) => field.name === name) ?? []);
  return { kind: 'fields', fields: shown, more: Math.max(0, all.length - shown.length - elsewhere) };
}

const picture = ({ width }: NodeDefinition): number => Math.round((width * 9) / 16);

export const MEDIA_PLANS: readonly (readonly [type: string, plan: Plan])[] = [
  [
    'film.transition',
    (definition) => [block('preview', picture(definition)), rows('controls', 4), SOCKETS, FOOT],
  ],
  [
    'film.composite',
    (definition) => [block('preview', picture(definition)), block('layers', 178), rows('size', 1), SOCKETS, FOOT],
  ],
  ['film.audio', () => [SOUND, block('source', 34), rows('levels', 4), rows('voice', 1), SOCKETS, FOOT]],
  ['film.audio_generation', (definition) => [SOUND, fields(definition, ['prompt', 'duration', 'seed']), SOCKETS, FOOT]],
  [
    'film.voice_synthesis',
    (definition) => [SOUND, fields(definition, ['text', 'speed', 'seed']), rows('voice', 1), SOCKETS, FOOT],
  ],
  ['film.image_import', (definition) => [block('file', picture(definition)), block('facts', 44), SOCKETS]],
  ['film.video_import', (definition) => [block('file', picture(definition)), block('facts', 44), SOCKETS]],
  ['film.audio_import', () => [block('file', 116), block('facts', 44), SOCKETS]],
  [
    'film.camera',
    (definition) => [
      block('view', picture(definition)),
      block('mode', 38),
      rows('move', 2),
      fields(definition, ['focal_length', 'angle'], 5),
      SOCKETS,
    ],
  ],
  ['film.assembly', () => [block('strip', 66), block('facts', 66), SOCKETS, FOOT]],
  ['film.conditional', () => [block('condition', 36), block('branches', 64), SOCKETS]],
  ['film.loop', () => [block('loop', 82), block('count', 36), SOCKETS]],
];

