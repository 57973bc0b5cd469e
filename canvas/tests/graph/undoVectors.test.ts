// The vectors of undo that the server runs too: what is shown at once is what comes.

import { expect, test } from 'vitest';
import { apply } from '../../src/lib/graph/apply';
import type { Operation } from '../../src/lib/graph/operations';
import { replay } from '../../src/lib/graph/replay';
import { inverseOf, UndoStack } from '../../src/lib/graph/undo';
import { FILM, graphOf, readVectors, storedForm } from './film';

const { before, cases } = readVectors('undo/steps');

test.each<any>(cases)('$name', ({ rows, after }) => {
  const stored = graphOf(before);
  const confirmed = graphOf(before);
  const stack = new UndoStack();
  for (const { user, ops } of rows) {
    const { effects, rejection } = apply(stored, { ops }, FILM, user, { system: false });
    expect(rejection).toBeNull();
    const inverse: Operation[] = [];
    for (const effect of effects) {
      inverse.unshift(...inverseOf(confirmed, effect, FILM));
      replay(confirmed, [effect], FILM, new Set());
    }
    if (user === 'ina') stack.add(stored.version, null, inverse);
    else stack.overwrite(stored.version, effects);
  }
  const turn = stack.done.at(-1);
  const predicted = turn ? stack.ownPart(turn.inverse, turn.version) : [];
  expect(apply(confirmed, { ops: predicted }, FILM, 'ina', { system: false }).rejection).toBeNull();
  const shown = storedForm(confirmed) as any;
  expect(shown.settings).toEqual(after.settings);
  for (const kind of ['nodes', 'edges']) {
    for (const [id, expected] of Object.entries<any>(after[kind])) {
      const found = shown[kind][id] ?? null;
      if (expected === null) expect(found).toBeNull();
      else expect(found).toMatchObject(expected);
    }
  }
});

test.each<any>(readVectors('undo/stacks'))('$name', ({ rows, done, undone }) => {
  const stack = new UndoStack();
  for (const [version, undoOf] of rows) stack.add(version, undoOf, []);
  expect(stack.done.map(({ root, version }) => [root, version])).toEqual(done);
  expect(stack.undone.map(({ root, version }) => [root, version])).toEqual(undone);
});
