// What is recorded is carried out as it was called.
import { expect, test } from 'vitest';
import { type PaintContext, Recorder, replay } from '../../src/lib/canvas/paintRecording';

/** Writes down what it is told. */
function listening(): { ctx: PaintContext; heard: unknown[][] } {
  const heard: unknown[][] = [];
  const ctx = new Proxy({} as PaintContext, {
    get: (_, name) => (...given: unknown[]) => void heard.push([name, ...given]),
    set: (_, name, value) => heard.push([name, value]) > 0,
  });
  return { ctx, heard };
}

const picture = { width: 16, height: 9 } as ImageBitmap;

function draw(ctx: PaintContext): void {
  ctx.save();
  ctx.globalAlpha = 0.5;
  ctx.fillStyle = '#1b1b1b';
  ctx.strokeStyle = 'red';
  ctx.lineWidth = 2;
  ctx.beginPath();
  ctx.moveTo(1, 2);
  ctx.lineTo(3, 4);
  ctx.bezierCurveTo(1, 2, 3, 4, 5, 6);
  ctx.rect(0, 0, 8, 8);
  ctx.roundRect(1, 1, 6, 6, 3);
  ctx.arc(4, 4, 2, 0, 7);
  ctx.clip();
  ctx.fill();
  ctx.stroke();
  ctx.font = '600 12px sans-serif';
  ctx.textBaseline = 'middle';
  ctx.fillText('SHOT_010', 1, 2, 90);
  ctx.fillText('SHOT_010', 3, 4);
  ctx.fillRect(0, 0, 4, 4);
  ctx.drawImage(picture, 0, 0, 16, 9, 1, 2, 32, 18);
  ctx.restore();
}

test('every call comes again, in order, with its texts and pictures', () => {
  const recorder = new Recorder(() => 7);
  draw(recorder);
  const recording = recorder.end();
  expect(recording.pictures).toEqual([7]);
  const [straight, replayed] = [listening(), listening()];
  draw(straight.ctx);
  replay(replayed.ctx, recording, (number) => (number === 7 ? picture : undefined));
  expect(replayed.heard).toEqual(straight.heard);
});

test('thousands of calls fit', () => {
  const recorder = new Recorder(() => 0);
  for (let at = 0; at < 20_000; at += 1) recorder.rect(at, at, 1, 1);
  const { ctx, heard } = listening();
  replay(ctx, recorder.end(), () => undefined);
  expect(heard).toHaveLength(20_000);
  expect(heard.at(-1)).toEqual(['rect', 19_999, 19_999, 1, 1]);
});

test('the strength can be read back, and a picture that is gone is left out', () => {
  const recorder = new Recorder(() => 3);
  recorder.globalAlpha = 0.5;
  recorder.globalAlpha *= 0.5;
  expect(recorder.globalAlpha).toBe(0.25);
  recorder.drawImage(picture, 0, 0, 1, 1, 0, 0, 1, 1);
  const { ctx, heard } = listening();
  replay(ctx, recorder.end(), () => undefined);
  expect(heard).toEqual([['globalAlpha', 0.5], ['globalAlpha', 0.25]]);
});
