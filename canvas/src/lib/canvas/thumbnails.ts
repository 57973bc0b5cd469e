// Pictures for painted nodes: asked for when they are seen, drawn when they are there.

import { loadStill } from '$lib/media/posters';

const MOST = 800;

export class Thumbnails {
  readonly #pictures = new Map<string, ImageBitmap | null>();
  readonly #came: () => void;

  /** `came` is called when a picture can be drawn that could not be before. */
  constructor(came: () => void) {
    this.#came = came;
  }

  /** The picture of a take, if it is here; it is on its way now if it was not. */
  get(take: string): ImageBitmap | undefined {
    const found = this.#pictures.get(take);
    if (found === undefined) {
      this.#pictures.set(take, null);
      void this.#load(take);
    }
    return found ?? undefined;
  }

  async #load(take: string): Promise<void> {
    try {
      this.#pictures.set(take, await createImageBitmap(await loadStill(take)));
      this.#came();
    } catch {
      // A take without a picture, such as a sound: nothing is drawn, and it is not asked again.
      return;
    }
    if (this.#pictures.size > MOST) {
      const [oldest] = this.#pictures;
      if (oldest) {
        oldest[1]?.close();
        this.#pictures.delete(oldest[0]);
      }
    }
  }
}
