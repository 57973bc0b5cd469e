// A sequence of clips, joined by transitions: which clips are seen at a frame, and how far the
// transition between them is. No DOM; `stage.ts` shows what is decided here.

/** Frames `start` up to, not including, `end` of a file; without a `url`, a gap of that length. */
export interface SequenceClip {
  readonly url: string | null;
  /** What is played where this browser cannot play the file itself. */
  readonly proxy?: string;
  /** The file whose sound is drawn under the position. */
  readonly sound?: string;
  readonly start: number;
  readonly end: number;
  readonly label: string;
  /** The node that it is the shot of. */
  readonly node?: string;
}

/** How the clip with index `after` goes over into the next, in `frames` that both share. -1 is a
 * fade in at the beginning and the last clip's index a fade out; these two share nothing. */
export interface SequenceTransition {
  readonly after: number;
  readonly kind: 'cut' | 'fade' | 'dissolve' | 'wipe' | 'push';
  readonly frames: number;
  readonly direction?: 'left' | 'right' | 'up' | 'down';
  /** How many of its frames both clips move in; in the others the last picture of the one and the
   * first of the other are held. Left out: all. */
  readonly overlap?: number;
}

/** What is seen at one frame of the sequence. */
export interface Shown {
  readonly clip: number;
  /** The frame of the clip's own file. */
  readonly source: number;
  /** The clip that goes while this one comes, with the frame of its file, and how far: 0 to 1. */
  readonly leaving?: { readonly clip: number; readonly source: number };
  readonly transition?: SequenceTransition;
  readonly progress: number;
  /** How black it is, by a fade at one of the two ends: 0 to 1. */
  readonly black: number;
}

export class Sequence {
  readonly clips: readonly SequenceClip[];
  /** The sequence's frame at which each clip is first seen. */
  readonly starts: readonly number[];
  readonly frames: number;
  /** For how many frames the first picture of a clip is held before it moves. */
  readonly #held: readonly number[];
  readonly #joins = new Map<number, SequenceTransition>();
  readonly #fadeIn: SequenceTransition | undefined;
  readonly #fadeOut: SequenceTransition | undefined;

  constructor(clips: readonly SequenceClip[], transitions: readonly SequenceTransition[] = []) {
    this.clips = clips;
    const last = clips.length - 1;
    for (const transition of transitions) {
      if (transition.kind === 'cut' || transition.frames <= 0) continue;
      if (transition.after === -1) this.#fadeIn = transition;
      else if (transition.after >= last) this.#fadeOut = transition;
      else this.#joins.set(transition.after, transition);
    }
    const starts: number[] = [];
    const held: number[] = [];
    let position = 0;
    clips.forEach((clip, index) => {
      const before = this.#joins.get(index - 1);
      const lead = before ? (before.frames - overlapOf(before)) >> 1 : 0;
      starts.push(Math.max(0, position - lead));
      held.push(Math.min(lead, position));
      const after = this.#joins.get(index);
      position += clip.end - clip.start - (after ? overlapOf(after) : 0);
    });
    this.starts = starts;
    this.#held = held;
    this.frames = position;
  }

  /** The clip that comes last among those that a frame shows. */
  clipAt(frame: number): number {
    let low = 0;
    let high = this.starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.starts[middle] ?? 0) <= frame) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** For how many frames the first picture of a clip is held. */
  heldBefore(clip: number): number {
    return this.#held[clip] ?? 0;
  }

  /** Whether a clip stands still at a frame, as a transition can demand. */
  isHeld(clip: number, frame: number): boolean {
    const found = this.clips[clip];
    const step = frame - (this.starts[clip] ?? 0) - this.heldBefore(clip);
    return found !== undefined && (step < 0 || step >= found.end - found.start);
  }

  /** What a frame shows, mixed as the renderer mixes it. */
  at(frame: number): Shown {
    const clip = this.clipAt(frame);
    const source = this.#sourceOf(clip, frame);
    const join = this.#joins.get(clip - 1);
    const step = frame - (this.starts[clip] ?? 0);
    if (join === undefined || step >= join.frames) {
      return { clip, source, progress: 1, black: this.#blackOfEnds(frame) };
    }
    const leaving = { clip: clip - 1, source: this.#sourceOf(clip - 1, frame) };
    if (join.kind === 'fade') {
      // Down to black over the first half, and up from it over the second.
      const out = Math.floor(join.frames / 2);
      if (step < out) {
        return { ...leaving, progress: 1, black: (step + 1) / out };
      }
      return { clip, source, progress: 1, black: 1 - (step - out + 1) / (join.frames - out + 1) };
    }
    const progress = (step + 1) / (join.frames + 1);
    return { clip, source, leaving, transition: join, progress, black: 0 };
  }

  #sourceOf(clip: number, frame: number): number {
    const found = this.clips[clip];
    if (found === undefined) return 0;
    const step = frame - (this.starts[clip] ?? 0) - (this.#held[clip] ?? 0);
    return found.start + Math.max(0, Math.min(found.end - found.start - 1, step));
  }

  #blackOfEnds(frame: number): number {
    const fadeIn = this.#fadeIn?.frames ?? 0;
    const fadeOut = this.#fadeOut?.frames ?? 0;
    if (frame < fadeIn) return 1 - frame / fadeIn;
    const step = frame - (this.frames - fadeOut);
    return fadeOut > 0 && step >= 0 ? (step + 1) / fadeOut : 0;
  }
}

const overlapOf = ({ frames, overlap }: SequenceTransition): number => Math.min(frames, overlap ?? frames);
