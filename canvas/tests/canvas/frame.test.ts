// One animation frame for all that is asked for, and one for what others do within a moment.

import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Frame } from '$lib/canvas/frame';

let waiting: FrameRequestCallback[] = [];

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('requestAnimationFrame', (work: FrameRequestCallback) => waiting.push(work));
  vi.stubGlobal('cancelAnimationFrame', () => undefined);
});

afterEach(() => {
  waiting = [];
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

/** Shows all frames that were asked for; gives how many. */
function show(): number {
  const due = waiting;
  waiting = [];
  for (const work of due) work(performance.now());
  return due.length;
}

test('what a move asks for is drawn in the frame that moves it', () => {
  const frame = new Frame();
  const drawn: boolean[] = [];
  frame.add('paint', (_, changed) => drawn.push(changed));
  show();
  frame.add('move', () => frame.ask());
  show();
  drawn.length = 0;
  frame.ask('view');
  expect(show()).toBe(1);
  expect(drawn).toEqual([true]);
  expect(show()).toBe(0);
});

test('changes that others make within a moment share a frame', () => {
  const frame = new Frame();
  let drawn = 0;
  frame.add('paint', () => (drawn += 1));
  show();
  drawn = 0;
  vi.advanceTimersByTime(1_000);
  let frames = 0;
  for (let passed = 0; passed < 1_000; passed += 2) {
    frame.soon();
    frames += show();
    vi.advanceTimersByTime(2);
  }
  expect(frames).toBe(10);
  expect(drawn).toBe(10);
});

test('the first change after a while is drawn in the next frame', () => {
  const frame = new Frame();
  vi.advanceTimersByTime(1_000);
  frame.soon();
  expect(show()).toBe(1);
});
