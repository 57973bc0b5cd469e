// The vectors that the server's core runs too: both must give what is written there.

import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { apply } from '../../src/lib/graph/apply';
import { applyDelta, compose, invert, transform } from '../../src/lib/graph/text';
import { FILM, graphOf, readVectors, storedForm } from './film';

const files = readdirSync(new URL('../../../tests/graph/vectors/', import.meta.url))
  .filter((name) => name.endsWith('.json') && name !== 'deltas.json')
  .map((name) => name.replace('.json', ''));

describe.each(files)('%s', (file) => {
  test.each<any>(readVectors(file))('$name', (one) => {
    const graph = graphOf(one.before);
    const untouched = storedForm(graph);
    const done = apply(graph, one.transaction, FILM, one.user, { system: one.system });
    const { expected } = one;
    if (expected.rejection !== null) {
      expect(done.rejection).toMatchObject(expected.rejection);
      expect(storedForm(graph)).toEqual(untouched);
      return;
    }
    expect(done.rejection).toBeNull();
    expect(done.effects).toEqual(expected.effects);
    expect(done.inverse).toEqual(expected.inverse);
    expect(done.touched).toEqual(expected.touched);
    expect(done.dropped).toEqual(expected.dropped);
    if (expected.conflicts) expect(done.conflicts).toEqual(expected.conflicts);
    expect(storedForm(graph)).toMatchObject(expected.after);
    for (const part of Object.keys(expected.after)) {
      expect(storedForm(graph)[part]).toEqual(expected.after[part]);
    }
  });
});

test.each<any>(readVectors('deltas'))('delta $mine over $theirs', (one) => {
  const { text, mine, theirs } = one;
  expect(transform(mine, theirs, true)).toEqual(one.mine_first);
  expect(transform(mine, theirs, false)).toEqual(one.mine_second);
  expect(invert(mine, text)).toEqual(one.inverse_of_mine);
  expect(applyDelta(text, mine)).toBe(one.after_mine);
  const after = transform(theirs, mine, false);
  expect(compose(mine, after)).toEqual(one.composed);
  expect(applyDelta(text, compose(mine, after))).toBe(one.both);
});
