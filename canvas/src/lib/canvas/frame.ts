// One animation frame for all that is drawn: asked for as often as anybody likes, done once.

import { MovingLayers } from './movingLayers';

/** `changed` says whether more than the view is another. */
type Work = (now: number, changed: boolean) => void;

/** What moves goes first, then what is mounted, then what is painted. */
export type Phase = 'move' | 'mount' | 'paint';

export class Frame {
  /** What moves as a whole when the view does. */
  readonly layers = new MovingLayers();
  readonly #work: Readonly<Record<Phase, Work[]>> = { move: [], mount: [], paint: [] };
  #asked = 0;
  #changed = false;

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
      this.#asked = 0;
      const changed = this.#changed;
      this.#changed = false;
      const { move, mount, paint } = this.#work;
      for (const work of [...move, ...mount, ...paint]) work(now, changed);
    });
  };

  stop(): void {
    cancelAnimationFrame(this.#asked);
    this.#asked = 0;
    this.layers.end();
  }
}
