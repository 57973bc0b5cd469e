// Pictures for painted nodes: asked for when they are seen, drawn when they are there.

import { loadPicture, type StillSize, stillAddress } from '$lib/media/posters';
import { thumbnailAddress } from '$lib/media/addresses';

const MOST = 800;
/** Pixels of the screen up to which the small picture, 160 pixels wide, is sharp. */
const SMALL = 176;

/** What a node shows from afar: the picture of a take, or of a file of the project. */
export interface Sight {
  readonly kind: 'take' | 'media';
  readonly id: string;
}

export class Thumbnails {
  readonly #project: string;
  readonly #pictures = new Map<string, ImageBitmap | null>();
  readonly #came: () => void;

  /** `came` is called when a picture can be drawn that could not be before. */
  constructor(project: string, came: () => void) {
    this.#project = project;
    this.#came = came;
  }

  /** The picture for so many pixels of the screen, or a smaller one until it is here. */
  get(sight: Sight, pixels: number): ImageBitmap | undefined {
    const small = this.#ask(sight, 'small');
    return pixels <= SMALL ? small : (this.#ask(sight, 'medium') ?? small);
  }

  #ask(sight: Sight, size: StillSize): ImageBitmap | undefined {
    const key = `${sight.id} ${size}`;
    const found = this.#pictures.get(key);
    if (found === undefined) {
      this.#pictures.set(key, null);
      void this.#load(key, sight, size);
    }
    return found ?? undefined;
  }

  async #load(key: string, { kind, id }: Sight, size: StillSize): Promise<void> {
    const address = kind === 'take' ? stillAddress(id, size) : thumbnailAddress(this.#project, id, size);
    try {
      this.#pictures.set(key, await createImageBitmap(await loadPicture(address)));
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
