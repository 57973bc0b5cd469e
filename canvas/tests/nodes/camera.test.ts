import { expect, test } from 'vitest';
import { between, inside, layerView, windowOf, WHOLE } from '../../src/lib/nodes/camera/moves';

test('a window never leaves the picture', () => {
  expect(inside({ x: 0, y: 2, zoom: 2 })).toEqual({ x: 0.25, y: 0.75, zoom: 2 });
  expect(inside({ x: 0.9, y: 0.9, zoom: 0.2 })).toEqual(WHOLE);
  expect(windowOf({ x: 'left', zoom: 4 })).toEqual({ x: 0.5, y: 0.5, zoom: 4 });
  expect(windowOf(null)).toEqual(WHOLE);
});

test('a flat move begins and ends at its windows, half way at the mean of the zooms', () => {
  const end = { x: 0.25, y: 0.25, zoom: 4 };
  expect(between(WHOLE, end, 0)).toEqual(WHOLE);
  expect(between(WHOLE, end, 1)).toEqual(end);
  expect(between(WHOLE, end, 0.5).zoom).toBeCloseTo(2);
});

test('what is near moves more than what is far, but all turn alike', () => {
  const across = (movement: string, depth: number): number => layerView(movement, 0.5, depth, 1).x;
  expect(across('truck_left', 1)).toBeGreaterThan(across('truck_left', 0.2));
  expect(across('pan_left', 1)).toBe(across('pan_left', 0.2));
  expect(layerView('dolly_in', 1, 1, 1).scale).toBeCloseTo(1.3);
  expect(layerView('zoom_out', 1, 1, 0).scale).toBeCloseTo(1.36);
  expect(layerView('static', 1, 1, 0.3).scale).toBe(1);
  expect(layerView('static', 1, 1, 0.3).x).toBeCloseTo(0);
});
