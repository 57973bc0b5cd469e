// Which of the wanted nodes are mounted in this frame. A node's component with its widgets is
// several milliseconds of work: a few are mounted in each frame, the nearest first, and the others
// are painted until it is their turn.

/** Nodes that are mounted in one frame, beside those in a person's hand. */
export const AT_ONCE = 2;
/** Milliseconds for which nodes stay mounted after the view went far: who zooms out comes back. */
const LINGER = 1_500;
/** Nodes that are taken away in one frame once they have stayed so long. */
const AWAY_AT_ONCE = 4;

export interface Wanted {
  /** Ids of nodes near the view, the nearest to its middle first. */
  readonly near: readonly string[];
  /** Ids that are mounted at once: selected, focused, under the pointer. */
  readonly pinned: Iterable<string>;
  readonly far: boolean;
  /** While a person zooms: what is mounted stays, and nothing else is mounted. */
  readonly held?: boolean;
  /** Whether a node is still on this level. */
  readonly exists: (id: string) => boolean;
}

export interface Turn {
  readonly mounted: ReadonlySet<string>;
  /** Near nodes that are not mounted yet. */
  readonly waiting: readonly string[];
  /** Milliseconds after which to ask again; undefined where all is as it should be. */
  readonly againIn: number | undefined;
}

export class Mounting {
  #mounted: ReadonlySet<string> = new Set();
  #farSince: number | undefined;

  /** One frame's part of the way from what is mounted to what is wanted; `now` in milliseconds. */
  turn({ near, pinned, far, held = false, exists }: Wanted, now: number): Turn {
    const before = this.#mounted;
    const next = new Set<string>();
    const waiting: string[] = [];
    const pins = new Set(pinned);
    let fresh = 0;
    for (const id of near) {
      if (before.has(id) || pins.has(id)) next.add(id);
      else if (fresh < AT_ONCE && !held) {
        fresh += 1;
        next.add(id);
      } else waiting.push(id);
    }
    this.#farSince = far ? (this.#farSince ?? now) : undefined;
    let againIn = waiting.length > 0 ? 0 : undefined;
    if (this.#farSince !== undefined) {
      const rest = this.#farSince + LINGER - now;
      let away = rest > 0 ? 0 : AWAY_AT_ONCE;
      for (const id of before) {
        if (pins.has(id) || !exists(id)) continue;
        if (away > 0) {
          away -= 1;
          continue;
        }
        next.add(id);
        againIn = Math.max(0, rest);
      }
    }
    if (held) {
      for (const id of before) if (exists(id)) next.add(id);
      // Once the hand rests, whoever holds it asks again.
      if (againIn === 0) againIn = undefined;
    }
    for (const id of pins) next.add(id);
    this.#mounted = next;
    return { mounted: next, waiting, againIn };
  }
}
