// A composite of still pictures on a 2D canvas, laid as the renderer lays them: from below to
// above, each fitted into the picture; the mask limits all layers but the lowest.

import type { LayerLook } from './layers';

/** What a blend mode is called by a canvas. Each has the renderer's own formula. */
const MODES: Readonly<Record<string, GlobalCompositeOperation>> = {
  normal: 'source-over',
  multiply: 'multiply',
  screen: 'screen',
  overlay: 'overlay',
  add: 'lighter',
  darken: 'darken',
  lighten: 'lighten',
};

export interface Layer extends LayerLook {
  readonly image: CanvasImageSource & { readonly naturalWidth: number; readonly naturalHeight: number };
}

export function drawComposite(target: HTMLCanvasElement, layers: readonly Layer[], mask: Layer['image'] | null): void {
  const { width, height } = target;
  const context = target.getContext('2d');
  if (!context) return;
  context.globalCompositeOperation = 'source-over';
  context.globalAlpha = 1;
  context.fillStyle = '#000';
  context.fillRect(0, 0, width, height);
  const [ground, ...others] = layers;
  if (ground) fitted(context, ground.image, width, height);
  if (!mask) {
    lay(context, others, width, height);
    return;
  }
  const above = sheet(width, height);
  above.drawImage(target, 0, 0);
  lay(above, others, width, height);
  // The mask's brightness says how much of the layers is seen.
  const held = sheet(width, height);
  fitted(held, mask, width, height);
  const picture = held.getImageData(0, 0, width, height);
  for (let at = 0; at < picture.data.length; at += 4) {
    const [r = 0, g = 0, b = 0, a = 0] = picture.data.subarray(at, at + 4);
    picture.data[at + 3] = ((0.2126 * r + 0.7152 * g + 0.0722 * b) * a) / 255;
  }
  held.putImageData(picture, 0, 0);
  above.globalCompositeOperation = 'destination-in';
  above.globalAlpha = 1;
  above.drawImage(held.canvas, 0, 0);
  context.drawImage(above.canvas, 0, 0);
}

function lay(context: CanvasRenderingContext2D, layers: readonly Layer[], width: number, height: number): void {
  for (const { image, blend, opacity } of layers) {
    context.globalCompositeOperation = MODES[blend] ?? 'source-over';
    context.globalAlpha = opacity;
    fitted(context, image, width, height);
  }
  context.globalCompositeOperation = 'source-over';
  context.globalAlpha = 1;
}

function fitted(context: CanvasRenderingContext2D, image: Layer['image'], width: number, height: number): void {
  const scale = Math.min(width / image.naturalWidth, height / image.naturalHeight);
  const [w, h] = [image.naturalWidth * scale, image.naturalHeight * scale];
  context.drawImage(image, (width - w) / 2, (height - h) / 2, w, h);
}

function sheet(width: number, height: number): CanvasRenderingContext2D {
  const made = document.createElement('canvas');
  made.width = width;
  made.height = height;
  const context = made.getContext('2d', { willReadFrequently: true });
  if (!context) throw new Error('This browser has no 2D canvas.');
  return context;
}
