import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { Sequence, type SequenceClip, type SequenceTransition } from '../../src/lib/media/sequence';

const clip = (frames: number, start = 0): SequenceClip => ({
  url: 'x.mp4',
  start,
  end: start + frames,
  label: '',
});

test('a dissolve is shared by both clips, and neither stands in it alone', () => {
  const sequence = new Sequence([clip(48), clip(24, 10)], [{ after: 0, kind: 'dissolve', frames: 12 }]);
  expect(sequence.frames).toBe(60);
  expect(sequence.at(35)).toMatchObject({ clip: 0, source: 35, progress: 1 });
  expect(sequence.at(36)).toMatchObject({
    clip: 1,
    source: 10,
    leaving: { clip: 0, source: 36 },
    progress: 1 / 13,
  });
  expect(sequence.at(47)).toMatchObject({ source: 21, leaving: { source: 47 }, progress: 12 / 13 });
  expect(sequence.at(48).leaving).toBeUndefined();
});

test('a fade between two shots goes through black, and the ends come out of it and go into it', () => {
  const sequence = new Sequence(
    [clip(20), clip(20)],
    [
      { after: -1, kind: 'fade', frames: 4 },
      { after: 0, kind: 'fade', frames: 4 },
      { after: 1, kind: 'fade', frames: 4 },
    ],
  );
  expect(sequence.frames).toBe(36);
  expect([0, 1, 4].map((frame) => sequence.at(frame).black)).toEqual([1, 0.75, 0]);
  expect([16, 17, 18, 19].map((frame) => sequence.at(frame).clip)).toEqual([0, 0, 1, 1]);
  expect(sequence.at(17).black).toBe(1);
  expect(sequence.at(18).black).toBeCloseTo(2 / 3);
  expect([31, 32, 35].map((frame) => sequence.at(frame).black)).toEqual([0, 0.25, 1]);
});

test('each frame of the film shows one frame of a clip, in order, and no clip is left out', () => {
  const kinds = fc.constantFrom('cut', 'fade', 'dissolve', 'wipe', 'push');
  fc.assert(
    fc.property(
      fc.array(fc.record({ frames: fc.integer({ min: 20, max: 60 }), kind: kinds, shared: fc.nat(9) }), {
        minLength: 1,
        maxLength: 12,
      }),
      (shots) => {
        const joins: SequenceTransition[] = shots
          .slice(1)
          .map(({ kind, shared }, after) => ({ after, kind, frames: shared }) as SequenceTransition);
        const sequence = new Sequence(shots.map(({ frames }) => clip(frames)), joins);
        const overlaps = joins.reduce((sum, one) => sum + (one.kind === 'cut' ? 0 : one.frames), 0);
        expect(sequence.frames).toBe(shots.reduce((sum, one) => sum + one.frames, 0) - overlaps);
        const seen = new Set<number>();
        for (let frame = 0; frame < sequence.frames; frame += 1) {
          const shown = sequence.at(frame);
          seen.add(shown.clip);
          if (shown.leaving) seen.add(shown.leaving.clip);
          const { start, end } = sequence.clips[shown.clip]!;
          expect(shown.source).toBeGreaterThanOrEqual(start);
          expect(shown.source).toBeLessThan(end);
        }
        expect(seen.size).toBe(shots.length);
      },
    ),
  );
});

test('a transition that shares less than it lasts holds the last and the first picture', () => {
  const joined = { after: 0, kind: 'dissolve', frames: 12, overlap: 4 } as const;
  const sequence = new Sequence([clip(48), clip(24, 10)], [joined]);
  // As long as with an overlap of 4, though it lasts 12.
  expect(sequence.frames).toBe(68);
  expect(sequence.starts).toEqual([0, 40]);
  expect(sequence.at(39)).toMatchObject({ clip: 0, source: 39, progress: 1 });
  expect(sequence.at(40)).toMatchObject({ clip: 1, source: 10, leaving: { source: 40 }, progress: 1 / 13 });
  expect(sequence.isHeld(1, 43)).toBe(true);
  expect(sequence.at(44)).toMatchObject({ source: 10, leaving: { source: 44 } });
  expect(sequence.isHeld(1, 44)).toBe(false);
  expect(sequence.at(51)).toMatchObject({ source: 17, leaving: { source: 47 } });
  expect(sequence.isHeld(0, 48)).toBe(true);
  expect(sequence.at(52).leaving).toBeUndefined();
  expect(sequence.at(67)).toMatchObject({ clip: 1, source: 33 });
});
