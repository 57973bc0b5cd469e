// One animation frame for all that is drawn: asked for as often as anybody likes, done once.

import { MovingLayers } from './movingLayers';

/** `changed` says whether more than the view is another. */
type Work = (now: number, changed: boolean) => void;

/** What moves goes first, then what is mounted, then what is painted. */
export type Phase = 'move' | 'mount' | 'paint';

/** Milliseconds between pictures of what others do. */
const SOON = 100;

export class Frame {
  /** What moves as a whole when the view does. */
  readonly layers = new MovingLayers();
  readonly #work: Readonly<Record<Phase, Work[]>> = { move: [], mount: [], paint: [] };
  #asked = 0;
  #changed = false;
  #soon: ReturnType<typeof setTimeout> | undefined;
  #askedAt = 0;

  /** Do this in every frame; gives the way to end that. */
  add(phase: Phase, work: Work): () => void {
    const there = this.#work[phase];
    there.push(work);
    this.ask();
    return () => {
      there.splice(there.indexOf(work), 1);
    };
  }

  /** Ask for a frame; for `'view'` where nothing but the view is another. */
  readonly ask = (what: 'all' | 'view' = 'all'): void => {
    this.#changed ||= what === 'all';
    if (this.#asked !== 0) return;
    this.#asked = requestAnimationFrame((now) => {
      const { move, mount, paint } = this.#work;
      // What these ask for is drawn in this frame.
      for (const work of [...move]) work(now, this.#changed);
      this.#asked = 0;
      const changed = this.#changed;
      this.#changed = false;
      for (const work of [...mount, ...paint]) work(now, changed);
    });
  };

  /** Ask for a frame at once if there was none for a while, else in a moment: many changes that
   * others make are painted together. */
  readonly soon = (): void => {
    if (this.#soon !== undefined) return;
    const now = performance.now();
    const wait = this.#askedAt + SOON - now;
    this.#askedAt = Math.max(now, now + wait);
    if (wait <= 0) this.ask();
    else
      this.#soon = setTimeout(() => {
        this.#soon = undefined;
        this.ask();
      }, wait);
  };

  stop(): void {
    clearTimeout(this.#soon);
    this.#soon = undefined;
    cancelAnimationFrame(this.#asked);
    this.#asked = 0;
    this.layers.end();
  }
}
