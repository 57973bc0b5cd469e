import { expect, test } from 'vitest';
import type { PlannedRun } from '../../src/lib/canvas/runs';
import { about, gpuMinutes, sentence, workOf } from '../../src/lib/queue/plannedWork';

type Step = PlannedRun['steps'][number];

const step = (reused: boolean, seconds: number | null, gpu = 0, measured = 3): Step => ({
  node_id: 'n', label: 'SHOT_010', node_type: 'film.shot', reused, reasons: [],
  estimate: reused
    ? null
    : {
        node_id: 'n', node_type: 'film.shot', asked_tier: 'standard', tier: 'standard', backend: 'b', title: 'B',
        seconds, gpu_seconds: seconds === null ? null : gpu, measured_runs: measured,
      },
});

test('a plan is counted by what it makes, and timed and charged by what is known', () => {
  const steps = [step(true, null), step(false, 40, 40), step(false, 80, 50), step(false, null)];
  const work = workOf({ targets: ['a'], steps });
  expect(work).toEqual({ made: 3, reused: 1, seconds: 120, gpuSeconds: 90, partly: true, declared: false });
  expect(sentence(work)).toBe(
    '3 steps are made, 1 is there already. Estimate: about 2 min of work, 1.5 GPU minutes, ' +
      'and more for steps of which nothing is known yet, as such steps took here.',
  );
  expect(sentence(workOf({ targets: ['a'], steps: [step(false, null)] }))).toBe(
    '1 step is made. How long it takes is not known yet.',
  );
  expect(sentence(workOf({ targets: ['a'], steps: [step(false, 8, 0, 0)] }))).toBe(
    '1 step is made. Estimate: about 8 s of work, no GPU time, as their backends declare.',
  );
});

test('of too many targets only the number is said', () => {
  expect(workOf({ targets: ['a', 'b'], steps: [] })).toMatchObject({ made: 2, seconds: null });
});

test('times and costs are written as people say them', () => {
  expect([about(0.2), about(89), about(150), about(9000)]).toEqual([
    'about 1 s', 'about 89 s', 'about 3 min', 'about 2.5 h',
  ]);
  expect([gpuMinutes(0), gpuMinutes(2), gpuMinutes(90), gpuMinutes(3600)]).toEqual([
    'no GPU time', 'under 0.1 GPU minutes', '1.5 GPU minutes', '60 GPU minutes',
  ]);
});
