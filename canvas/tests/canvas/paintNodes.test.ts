// Nodes as they are painted far away.
import { expect, test } from 'vitest';
import { type NodeScene, paintNodes } from '../../src/lib/canvas/paintNodes';
import type { PaintContext } from '../../src/lib/canvas/paintRecording';

/** The strength with which a node of a width on the screen is painted first. */
function strength(width: number, isOff: boolean): number {
  const alphas: number[] = [];
  const own: Record<string | symbol, unknown> = { globalAlpha: 1 };
  const ctx = new Proxy(own, {
    get: (target, name) => {
      if (name in target) return target[name];
      return () => {
        if (name === 'fill') alphas.push(Number(target.globalAlpha));
      };
    },
  }) as unknown as PaintContext;
  const model = {
    ids: ['n'], x: [0], y: [0], w: [width], h: [width], kinds: [{ type: 'film.shot', color: '#888888' }],
    touching: () => [0],
  };
  paintNodes(ctx, {
    model, view: { x: 0, y: 0, zoom: 1 }, width: 800, height: 600, inks: {}, selected: new Set(),
    only: undefined, bright: undefined, nameOf: () => 'Shot', detailOf: () => '', isOff: () => isOff,
    stateOf: () => undefined, sightsOf: () => [], dpr: 1, thumbnails: undefined,
  } as unknown as NodeScene);
  return alphas[0] as number;
}

test.each([20, 200])('a node of %s pixels that is muted or bypassed is painted more weakly', (width) => {
  expect(strength(width, true)).toBeLessThan(strength(width, false) / 2);
});
