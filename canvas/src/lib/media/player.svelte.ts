// What a player shows and does: its position, speed, marks and sound, and the keys of editors.

import type { Sequence, SequenceClip, Shown } from './sequence';
import { Stage } from './stage';
import type { Rate } from './timecode';

/** J K L: each press of the same direction is one step faster. */
const SPEEDS = [1, 2, 4, 8] as const;

export class PlayerState {
  frame = $state(0);
  shown = $state.raw<Shown>({ clip: 0, source: 0, progress: 1, black: 0 });
  speed = $state(0);
  waiting = $state(false);
  /** The clip that could not be played, if one is on the screen. */
  broken = $state.raw<SequenceClip | null>(null);
  muted = $state(false);
  volume = $state(1);
  looping = $state(false);
  markIn = $state<number | null>(null);
  markOut = $state<number | null>(null);
  readonly sequence: Sequence;
  readonly rate: Rate;
  readonly #begin: number;
  #stage: Stage | null = null;

  /** `begin` is the frame that is shown first. */
  constructor(sequence: Sequence, rate: Rate, begin = 0) {
    this.sequence = sequence;
    this.rate = rate;
    this.#begin = begin;
  }

  /** Show it on two video elements; gives the way to end that. */
  attach(videos: readonly [HTMLVideoElement, HTMLVideoElement]): () => void {
    const stage = new Stage({
      sequence: this.sequence,
      rate: this.rate,
      videos,
      onframe: (frame, shown) => {
        if (shown.clip !== this.shown.clip) this.broken = null;
        this.frame = frame;
        this.shown = shown;
      },
      onplay: (speed) => {
        this.speed = speed;
      },
      onwait: (waiting) => {
        this.waiting = waiting;
      },
      onerror: (clip) => {
        this.broken = clip;
      },
    });
    this.#stage = stage;
    this.#applyLoop();
    if (this.#begin) stage.seek(this.#begin);
    return () => {
      stage.destroy();
      this.#stage = null;
      this.speed = 0;
    };
  }

  get last(): number {
    return Math.max(0, this.sequence.frames - 1);
  }

  seek(frame: number): void {
    this.#stage?.seek(frame);
  }

  /** A frame, or several, forward or back; playing ends. */
  step(frames: number): void {
    this.#stage?.play(0);
    this.seek(this.frame + frames);
  }

  toggle(): void {
    this.#play(this.speed === 0 ? 1 : 0);
  }

  pause(): void {
    if (this.speed !== 0) this.#play(0);
  }

  /** L, or J with -1: play that way, faster with each press. */
  shuttle(direction: 1 | -1): void {
    const now = this.speed * direction;
    const faster = now > 0 ? (SPEEDS.find((speed) => speed > now) ?? SPEEDS.at(-1) ?? 1) : 1;
    this.#play(faster * direction);
  }

  mark(which: 'in' | 'out'): void {
    if (which === 'in') {
      this.markIn = this.markIn === this.frame ? null : this.frame;
      if (this.markOut !== null && this.markOut < this.frame) this.markOut = null;
    } else {
      this.markOut = this.markOut === this.frame ? null : this.frame;
      if (this.markIn !== null && this.markIn > this.frame) this.markIn = null;
    }
    this.#applyLoop();
  }

  clearMarks(): void {
    this.markIn = null;
    this.markOut = null;
    this.#applyLoop();
  }

  toggleLoop(): void {
    this.looping = !this.looping;
    this.#applyLoop();
  }

  toggleMuted(): void {
    this.muted = !this.muted;
    this.#applySound();
  }

  setVolume(volume: number): void {
    this.volume = volume;
    this.muted = false;
    this.#applySound();
  }

  /** The cut before or after the position. */
  jump(direction: 1 | -1): void {
    const { starts } = this.sequence;
    const target =
      direction > 0
        ? (starts.find((start) => start > this.frame) ?? this.last)
        : (starts.findLast((start) => start < this.frame) ?? 0);
    this.seek(target);
  }

  /** Do what a key means here; false when it means nothing. */
  key(event: KeyboardEvent): boolean {
    if (event.ctrlKey || event.metaKey || event.altKey) return false;
    const second = this.rate.nominal;
    const does: Record<string, () => void> = {
      ' ': () => this.toggle(),
      k: () => this.#play(0),
      l: () => this.shuttle(1),
      j: () => this.shuttle(-1),
      i: () => this.mark('in'),
      o: () => this.mark('out'),
      x: () => this.clearMarks(),
      m: () => this.toggleMuted(),
      ArrowLeft: () => this.step(event.shiftKey ? -second : -1),
      ArrowRight: () => this.step(event.shiftKey ? second : 1),
      ArrowUp: () => this.jump(-1),
      ArrowDown: () => this.jump(1),
      Home: () => this.seek(0),
      End: () => this.seek(this.last),
    };
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const found = does[key];
    found?.();
    return found !== undefined;
  }

  #play(speed: number): void {
    const [from, to] = [this.markIn ?? 0, this.markOut ?? this.last];
    if (speed > 0 && this.looping && (this.frame < from || this.frame > to)) this.seek(from);
    this.#stage?.play(speed);
  }

  #applyLoop(): void {
    if (this.#stage === null) return;
    this.#stage.loop = this.looping ? [this.markIn ?? 0, this.markOut ?? this.last] : null;
  }

  #applySound(): void {
    if (this.#stage === null) return;
    this.#stage.muted = this.muted;
    this.#stage.volume = this.volume;
    if (this.speed === 0) return;
    this.#stage.play(this.speed);
  }
}
