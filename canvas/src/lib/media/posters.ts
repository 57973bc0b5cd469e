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
export const loadStill = (take: string, size: StillSize = 'small'): Promise<HTMLImageElement> =>
  loadPicture(stillAddress(take, size));

/** A picture whose address waits for one that is being made; asked again if that took longer. */
export async function loadPicture(address: string): Promise<HTMLImageElement> {
  for (let attempt = 1; ; attempt += 1) {
    const image = new Image();
    // Another address, or the browser would not ask again for what was no picture yet.
    image.src = address + (attempt > 1 ? `&try=${String(attempt)}` : '');
    try {
      await image.decode();
      return image;
    } catch (error) {
      if (attempt === TRIES) throw error;
    }
  }
}
