// Paints what the page recorded, away from the page's own thread, and gives back a picture.

import { type Recording, replay } from './paintRecording';

export type PaintOrder =
  | { readonly what: 'paint'; readonly recording: Recording; readonly width: number; readonly height: number; readonly dpr: number }
  | { readonly what: 'picture'; readonly number: number; readonly picture: ImageBitmap }
  | { readonly what: 'forget'; readonly numbers: readonly number[] };

export type PaintAnswer = { readonly what: 'ready' } | { readonly what: 'painted'; readonly picture: ImageBitmap };

const pictures = new Map<number, ImageBitmap>();
let canvas: OffscreenCanvas | undefined;
const answer = (said: PaintAnswer, transferred: Transferable[] = []): void =>
  self.postMessage(said, { transfer: transferred });

self.onmessage = ({ data }: MessageEvent<PaintOrder>): void => {
  if (data.what === 'picture') {
    pictures.set(data.number, data.picture);
    return;
  }
  if (data.what === 'forget') {
    for (const number of data.numbers) {
      pictures.get(number)?.close();
      pictures.delete(number);
    }
    return;
  }
  const [width, height] = [Math.round(data.width * data.dpr), Math.round(data.height * data.dpr)];
  if (canvas?.width !== width || canvas.height !== height) canvas = new OffscreenCanvas(width, height);
  const ctx = canvas.getContext('2d');
  if (!ctx) return;
  ctx.setTransform(data.dpr, 0, 0, data.dpr, 0, 0);
  replay(ctx, data.recording, (number) => pictures.get(number));
  const picture = canvas.transferToImageBitmap();
  answer({ what: 'painted', picture }, [picture]);
};

answer({ what: 'ready' });
