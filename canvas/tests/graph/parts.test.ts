// The small parts of the graph's core, where they differ from what a language would do by itself.

import { expect, test } from 'vitest';
import { canonical } from '../../src/lib/graph/digests';
import { summaryOf } from '../../src/lib/graph/labels';
import { Graph, type Node } from '../../src/lib/graph/model';
import { isOrderKey, keyBetween, keysBetween } from '../../src/lib/graph/orderKeys';
import { misfit } from '../../src/lib/graph/schema';
import { applyDelta, BadDelta, normalise, replacement } from '../../src/lib/graph/text';

test('canonical JSON sorts keys as texts, also those that look like numbers', () => {
  const graph = new Graph();
  graph.settings.set('b', { 9: 1, 10: [2, 'ö🌊', null], a: true });
  graph.settings.set('a', 0.5);
  expect(canonical(graph)).toBe(
    '{"edges":{},"nodes":{},"settings":{"a":0.5,"b":{"10":[2,"ö🌊",null],"9":1,"a":true}}}',
  );
});

test.each([
  ['film.shot', { dialogue_content: 'INA: Who is there?\n\nTOM:  Me.', prompt: 'x' }, 'INA: Who is there? / TOM: Me.'],
  ['film.shot', { dialogue_content: ' \n', prompt: 'A door\ncreaks.' }, 'A door creaks.'],
  ['film.shot', {}, ''],
  ['film.scene', { prompt: 'x' }, ''],
])('a %s is summed up by what is said in it, else by what is seen', (type, text, summary) => {
  expect(summaryOf({ type, text, data: {} } as unknown as Node)).toBe(summary);
});

test.each([
  ['🌊', '🌋'],
  ['a🌊b', 'a🌋b'],
  ['🌊🌊', '🌊'],
  ['the sea', ''],
  ['ab', 'aab'],
])('the replacement of %s by %s cuts no character', (before, after) => {
  const delta = replacement(before, after);
  expect(delta).toEqual(normalise(delta));
  expect(applyDelta(before, delta)).toBe(after);
});

test.each([[[1]], [[1, -1]], [[1, 'x']]])('a delta that cuts a character is refused: %j', (delta) => {
  expect(() => applyDelta('🌊', delta)).toThrow(BadDelta);
});

test.each([[[1.5]], [[null]], [['\ud83c']], [[true]]])('what is no delta is refused: %j', (delta) => {
  expect(() => normalise(delta)).toThrow(BadDelta);
});

test('order keys lie between, and a wrong order is refused', () => {
  expect(keyBetween(null, null)).toBe('a0');
  expect(keyBetween('a0', 'a1')).toBe('a0V');
  const keys = keysBetween('a0', 'a1', 5);
  expect([...keys].sort()).toEqual(keys);
  expect(() => keyBetween('a1', 'a0')).toThrow(RangeError);
  expect(['a0', 'Zz', 'b00', 'a0V'].every(isOrderKey)).toBe(true);
  expect(['', 'a', '0a', 'b0', 'a00', 'a0-', 'A'.concat('0'.repeat(26))].some(isOrderKey)).toBe(false);
});

test.each([
  [{ type: 'integer', minimum: 1 }, 4, 0],
  [{ type: 'number', exclusiveMinimum: 0, maximum: 1 }, 1, 0],
  [{ enum: ['a', null] }, null, 'b'],
  [{ anyOf: [{ type: 'string' }, { type: 'null' }] }, null, 1],
  [{ type: 'string', pattern: '^[0-9]*$', maxLength: 2 }, '12', 'x'],
  [{ type: 'string', maxLength: 2 }, '🌊🌊', '🌊🌊🌊'],
  [{ type: 'array', items: { type: 'string' }, maxItems: 1 }, ['a'], ['a', 'b']],
  [{ type: 'array', prefixItems: [{ type: 'string' }], items: false }, ['a'], ['a', 1]],
  [{ type: 'object', properties: { a: { type: 'number' } }, required: ['a'] }, { a: 1 }, {}],
  [{ type: 'object', properties: {}, additionalProperties: false }, {}, { constructor: 1 }],
  [{ type: 'boolean' }, true, 'true'],
])('%j takes %j and not %j', (schema, fits, fails) => {
  expect(misfit(schema, fits)).toBeNull();
  expect(misfit(schema, fails)).not.toBeNull();
});
