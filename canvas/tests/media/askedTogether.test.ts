import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { askedTogether } from '../../src/lib/media/askedTogether';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const upper = () => {
  const asked: string[][] = [];
  const one = askedTogether((keys) => {
    asked.push(keys);
    return Promise.resolve(new Map(keys.filter((key) => key !== 'none').map((key) => [key, key.toUpperCase()])));
  });
  return { asked, one };
};

test('what is asked at about the same time is one question', async () => {
  const { asked, one } = upper();
  const first = [one('a'), one('b'), one('a'), one('none')];
  await vi.advanceTimersByTimeAsync(60);
  const second = one('a');
  await vi.advanceTimersByTimeAsync(60);
  expect(await Promise.all(first)).toEqual(['A', 'B', 'A', undefined]);
  expect(await second).toBe('A');
  expect(asked).toEqual([['a', 'b', 'none'], ['a']]);
});

test('no question is longer than an address may be', async () => {
  const { asked, one } = upper();
  const all = Array.from({ length: 250 }, (_, number) => one(`n${String(number)}`));
  await vi.advanceTimersByTimeAsync(60);
  expect((await Promise.all(all))[249]).toBe('N249');
  expect(asked.map((keys) => keys.length)).toEqual([100, 100, 50]);
});

test('a fault reaches everybody who asked, and the next question is a new one', async () => {
  let fails = true;
  const one = askedTogether((keys) =>
    fails ? Promise.reject(new Error('away')) : Promise.resolve(new Map(keys.map((key) => [key, key]))),
  );
  const both = Promise.allSettled([one('a'), one('b')]);
  await vi.advanceTimersByTimeAsync(60);
  expect((await both).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  fails = false;
  const again = one('a');
  await vi.advanceTimersByTimeAsync(60);
  expect(await again).toBe('a');
});
