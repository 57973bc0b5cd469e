// Elements whose transform changes with every frame of a gesture, as layers that the compositor moves.
//
// Chromium hands a changed transform straight to its compositor where the element has an animation of
// it, and nowhere else: otherwise each frame of a pan sorts all that is painted into layers anew. So
// these elements have an animation that adds nothing and stands still, for as long as the gesture
// lasts. While they have it they are not rasterised at another scale either: who zooms sees what was
// painted grow, and it is painted sharply as soon as the hand rests.

/** Milliseconds without a change after which a gesture is over. */
const RESTS = 160;

export class MovingLayers {
  readonly #layers = new Map<Element, Animation | undefined>();
  #ends: ReturnType<typeof setTimeout> | undefined;
  #last = 0;
  /** Whether the view is being zoomed, not only shifted. */
  zooming = false;
  /** Called when the hand rests. */
  rested: () => void = () => undefined;

  /** An element that moves in gestures; gives the way to leave it alone again. */
  add(element: Element): () => void {
    this.#layers.set(element, this.#ends === undefined ? undefined : still(element));
    return () => {
      this.#layers.get(element)?.cancel();
      this.#layers.delete(element);
    };
  }

  /** The elements are about to move: a gesture begins, or goes on. */
  moved(zooming = false): void {
    this.zooming ||= zooming;
    this.#last = performance.now();
    if (this.#ends !== undefined) return;
    for (const element of this.#layers.keys()) this.#layers.set(element, still(element));
    this.#wait(RESTS);
  }

  /** End the gesture that is under way, if one is. */
  end(): void {
    if (this.#ends === undefined) return;
    clearTimeout(this.#ends);
    this.#end();
  }

  #wait(time: number): void {
    this.#ends = setTimeout(() => {
      const rest = this.#last + RESTS - performance.now();
      if (rest > 0) this.#wait(rest);
      else this.#end();
    }, time);
  }

  #end(): void {
    this.#ends = undefined;
    this.zooming = false;
    for (const [element, animation] of this.#layers) {
      animation?.cancel();
      this.#layers.set(element, undefined);
    }
    this.rested();
  }
}

/** Make an element a layer that the compositor moves, until the animation is cancelled. */
export function still(element: Element): Animation {
  const animation = element.animate({ transform: ['none', 'none'] }, { duration: 1_000, composite: 'add' });
  animation.pause();
  return animation;
}
