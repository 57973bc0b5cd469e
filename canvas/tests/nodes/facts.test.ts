import { expect, test } from 'vitest';
import { bytes, factsOf, written } from '../../src/lib/nodes/imports/facts';

const media = (facts: object, size = 8_100_000) => ({ digest: 'd', media_type: 'video/mp4', name: '', size, facts: { ...facts } });

test('the facts of a file stand in a line, as far as they are known', () => {
  const video = { width: 1920, height: 1080, duration: 12.44, rate: '24000/1001', codec: 'h264' };
  expect(factsOf(media(video))).toBe('1920 × 1080 · 12.4 s · 23.976 fps · h264 · 8.1 MB');
  expect(factsOf(media({ duration: 3, sample_rate: 48000, channels: 2 }, 900))).toBe('3.0 s · 48 kHz · stereo · 1 kB');
  expect(factsOf(media({ rate: 'odd' }, 2_345_000_000))).toBe('2.35 GB');
});

test('lengths and sizes are written as people say them', () => {
  expect([written(59.94), written(61), written(3599.6)]).toEqual(['59.9 s', '1:01 min', '60:00 min']);
  expect([bytes(1), bytes(999_000), bytes(1_000_000)]).toEqual(['1 kB', '999 kB', '1.0 MB']);
});
