import { expect, test } from 'vitest';
import { marksOf, moved, renamed, withMark, without } from '../../src/lib/nodes/audio/marks';
import { endOf, levelAt, PLAIN_SHAPE } from '../../src/lib/nodes/audio/shape';

const two = [
  { time: 1, label: 'Mark 1' },
  { time: 3, label: 'Door' },
];

test('marks are kept in the order of time, each new one with a name of its own', () => {
  expect(withMark(two, 2.00049)).toEqual([two[0], { time: 2, label: 'Mark 2' }, two[1]]);
  expect(withMark([], -1)).toEqual([{ time: 0, label: 'Mark 1' }]);
  expect(moved(two, 0, 4)).toEqual([two[1], { time: 4, label: 'Mark 1' }]);
  expect(renamed(two, 1, 'Bang')[1]).toEqual({ time: 3, label: 'Bang' });
  expect(without(two, 0)).toEqual([two[1]]);
});

test('what is stored and is no mark is left out', () => {
  expect(marksOf([null, { time: 'x' }, { time: 2 }, 7])).toEqual([{ time: 2, label: '' }]);
});

test('a sound is as loud as the mixer makes it', () => {
  const shape = { ...PLAIN_SHAPE, gain: -20, start: 1, duration: 4, fadeIn: 1, fadeOut: 2 };
  expect(endOf(shape, 60)).toBe(5);
  expect(endOf(shape, 3)).toBe(3);
  expect(levelAt(shape, 60, 0.5)).toBe(0);
  expect(levelAt(shape, 60, 1.5)).toBeCloseTo(0.05);
  expect(levelAt(shape, 60, 2.5)).toBeCloseTo(0.1);
  expect(levelAt(shape, 60, 4)).toBeCloseTo(0.05);
  expect(levelAt(shape, 60, 5.1)).toBe(0);
  expect(levelAt({ ...PLAIN_SHAPE, gain: 6 }, 10, 0)).toBeCloseTo(1.995);
});
