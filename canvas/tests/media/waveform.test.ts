import { expect, test } from 'vitest';
import { tileAt, tileStyle } from '../../src/lib/media/filmstrip';
import { lookOf } from '../../src/lib/media/transitionLook';
import { read } from '../../src/lib/media/waveform';

test('peaks of several channels are the widest of each moment', () => {
  const document = { channels: 2, sample_rate: 48000, samples_per_pixel: 4096, bits: 8, length: 2, data: [-1, 5, -9, 2, -3, 3, 0, 7] };
  const peaks = read(document);
  expect([...peaks.pairs]).toEqual([-9, 5, -3, 7]);
  expect(peaks.seconds).toBeCloseTo((2 * 4096) / 48000);
});

test('a place in a filmstrip is a tile of its picture', () => {
  const strip = { url: '/s.webp', tile: { width: 160, height: 90 }, columns: 10, rows: 3, count: 25, times: [] };
  expect([tileAt(strip, 0), tileAt(strip, 0.5), tileAt(strip, 1)]).toEqual([0, 12, 24]);
  expect(tileStyle(strip, 12)).toContain('background-position: 22.222% 50.000%');
  expect(tileStyle(strip, 24)).toContain('background-position: 44.444% 100.000%');
});

test('a wipe uncovers the picture that comes from its side, and a push moves both', () => {
  expect(lookOf({ kind: 'wipe', direction: 'right' }, 0.25, true).clip).toBe('inset(0 75.000% 0 0)');
  expect(lookOf({ kind: 'push', direction: 'up' }, 0.25, true).transform).toBe('translateY(75.000%)');
  expect(lookOf({ kind: 'push', direction: 'up' }, 0.25, false).transform).toBe('translateY(-25.000%)');
  expect(lookOf({ kind: 'dissolve' }, 0.25, true).opacity).toBe('0.25');
  expect(lookOf({ kind: 'dissolve' }, 0.25, false).opacity).toBe('1');
});
