// Long sequences of transactions, sound and unsound, that the server's core runs too.

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { apply } from '../../src/lib/graph/apply';
import { Graph } from '../../src/lib/graph/model';
import { FILM, parse, readVectors, storedForm } from './film';

// Another file can be named, to run more of them than are kept.
const file = process.env.SEQUENCES;
const sequences = file ? parse(readFileSync(file, 'utf8')) : readVectors('sequences/film');

test.each<any>(sequences)('$name', (one) => {
  const graph = new Graph();
  for (const { transaction, user, system, expected } of one.steps) {
    const done = apply(graph, transaction, FILM, user, { system });
    if (expected.rejection !== null) {
      expect(done.rejection).toMatchObject(expected.rejection);
      continue;
    }
    const { effects, inverse, touched, dropped, conflicts, rejection } = done;
    expect({ effects, inverse, touched, dropped, conflicts, rejection }).toEqual(expected);
  }
  expect(storedForm(graph)).toEqual(one.after);
});
