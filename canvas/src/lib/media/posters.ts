// Still pictures of takes. The server makes one of each take; the address waits for one that is
// being made, and is asked again if that took longer.

const TRIES = 4;
const WAIT = 20;

export type StillSize = 'small' | 'medium' | 'large';

export const takeAddress = (take: string): string => `/api/v1/takes/${take}/content`;

/** The picture of a take as WebP: 160, 480 or 1280 pixels wide. */
export const stillAddress = (take: string, size: StillSize = 'medium'): string =>
  `/api/v1/takes/${take}/thumbnail?size=${size}&wait=${String(WAIT)}`;

/** A take's picture, loaded and decoded. Rejected where there is none to be had, as of a sound. */
export async function loadStill(take: string, size: StillSize = 'small'): Promise<HTMLImageElement> {
  for (let attempt = 1; ; attempt += 1) {
    const image = new Image();
    // Another address, or the browser would not ask again for what was no picture yet.
    image.src = stillAddress(take, size) + (attempt > 1 ? `&try=${String(attempt)}` : '');
    try {
      await image.decode();
      return image;
    } catch (error) {
      if (attempt === TRIES) throw error;
    }
  }
}
