import { expect, test } from 'vitest';
import { canDrop, frameAt, middleOf, parseRate, timecode } from '../../src/lib/media/timecode';

const ntsc = parseRate('30000/1001');

test('drop-frame skips two numbers each minute but each tenth', () => {
  expect(timecode(1799, ntsc, true)).toBe('00:00:59;29');
  expect(timecode(1800, ntsc, true)).toBe('00:01:00;02');
  expect(timecode(17981, ntsc, true)).toBe('00:09:59;29');
  expect(timecode(17982, ntsc, true)).toBe('00:10:00;00');
  expect(timecode(107892, ntsc, true)).toBe('01:00:00;00');
  expect(timecode(3600, parseRate('60000/1001'), true)).toBe('00:01:00;04');
});

test('other rates count each number', () => {
  expect(timecode(86400, parseRate('24'))).toBe('01:00:00:00');
  expect(timecode(1438, parseRate('24000/1001'), true)).toBe('00:00:59:22');
  expect(canDrop(parseRate('24000/1001'))).toBe(false);
});

test('the middle of a frame is that frame, at each rate', () => {
  for (const text of ['24', '25', '24000/1001', '30000/1001', '60']) {
    const rate = parseRate(text);
    for (let frame = 0; frame < 5000; frame += 1) {
      if (frameAt(middleOf(frame, rate), rate) !== frame) expect.fail(`${text}: ${String(frame)}`);
    }
  }
});

test('what is no rate is refused', () => {
  for (const text of ['', '0', '24/0', '-1', '24.5', 'x']) {
    expect(() => parseRate(text)).toThrow(RangeError);
  }
});
