import { expect, test } from 'vitest';
import { about, sentence, workOf } from '../../src/lib/queue/plannedWork';

const step = (reused: boolean, seconds: number | null) => ({
  node_id: 'n', label: 'SHOT_010', node_type: 'film.shot', reused, reasons: [], seconds,
});

test('a plan is counted by what it makes, and timed by what is known', () => {
  const steps = [step(true, null), step(false, 40), step(false, 80), step(false, null)];
  const work = workOf({ targets: ['a'], steps });
  expect(work).toEqual({ made: 3, reused: 1, seconds: 120, partly: true });
  expect(sentence(work)).toBe(
    '3 steps are made, 1 is there already. That is about 2 min of work, and more for what was never made here.',
  );
  expect(sentence(workOf({ targets: ['a'], steps: [step(false, null)] }))).toBe(
    '1 step is made. How long it takes is not known yet.',
  );
});

test('of too many targets only the number is said', () => {
  expect(workOf({ targets: ['a', 'b'], steps: [] })).toMatchObject({ made: 2, seconds: null });
});

test('times are written as people say them', () => {
  expect([about(0.2), about(89), about(150), about(9000)]).toEqual([
    'about 1 s', 'about 89 s', 'about 3 min', 'about 2.5 h',
  ]);
});
