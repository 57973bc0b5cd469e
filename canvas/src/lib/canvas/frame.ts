// One animation frame for all that is drawn: asked for as often as anybody likes, done once.

type Work = (now: number) => void;

/** What moves goes first, then what is mounted, then what is painted. */
export type Phase = 'move' | 'mount' | 'paint';

export class Frame {
  readonly #work: Readonly<Record<Phase, Work[]>> = { move: [], mount: [], paint: [] };
  #asked = 0;

  /** Do this in every frame; gives the way to end that. */
  add(phase: Phase, work: Work): () => void {
    const there = this.#work[phase];
    there.push(work);
    this.ask();
    return () => {
      there.splice(there.indexOf(work), 1);
    };
  }

  readonly ask = (): void => {
    if (this.#asked !== 0) return;
    this.#asked = requestAnimationFrame((now) => {
      this.#asked = 0;
      const { move, mount, paint } = this.#work;
      for (const work of [...move, ...mount, ...paint]) work(now);
    });
  };

  stop(): void {
    cancelAnimationFrame(this.#asked);
    this.#asked = 0;
  }
}
