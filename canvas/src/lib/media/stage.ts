// Two video elements that show a sequence: even clips in one, odd clips in the other, so that the
// next clip is loaded and stands at its first frame before it is needed, and both are there for a
// transition. The browser's own clock of the running clip leads; a gap runs by the wall clock.

import type { Sequence, SequenceClip, Shown } from './sequence';
import { frameAt, middleOf, type Rate } from './timecode';

/** A seek is corrected when a running clip is further off than this many frames. */
const DRIFT = 3;

interface Slot {
  readonly video: HTMLVideoElement;
  clip: number;
  url: string;
  /** The newest frame asked for while a seek is under way; only the newest is worth showing. */
  queued: number | null;
}

export interface StageOptions {
  readonly sequence: Sequence;
  readonly rate: Rate;
  readonly videos: readonly [HTMLVideoElement, HTMLVideoElement];
  /** Called with each new frame of the sequence, and with what it shows. */
  readonly onframe: (frame: number, shown: Shown) => void;
  /** Playing began or ended, also because the sequence is over. */
  readonly onplay: (speed: number) => void;
  /** A clip cannot be played. */
  readonly onerror: (clip: SequenceClip) => void;
  /** Playing waits for bytes, or goes on. */
  readonly onwait: (waiting: boolean) => void;
}

export class Stage {
  frame = 0;
  speed = 0;
  volume = 1;
  muted = false;
  /** Playing goes round between these two frames, both included. */
  loop: readonly [from: number, to: number] | null = null;
  readonly #options: StageOptions;
  readonly #slots: readonly [Slot, Slot];
  #request = 0;
  #last = 0;
  /** The position in frames with its fraction: what the wall clock and reverse play count in. */
  #position = 0;
  #waiting = false;
  /** The files that this browser cannot play: their proxies are played. */
  readonly #unplayable = new Set<string>();

  constructor(options: StageOptions) {
    this.#options = options;
    const slot = (video: HTMLVideoElement): Slot => ({ video, clip: -1, url: '', queued: null });
    this.#slots = [slot(options.videos[0]), slot(options.videos[1])];
    for (const one of this.#slots) {
      one.video.preload = 'auto';
      one.video.playsInline = true;
      one.video.onseeked = () => this.#seeked(one);
      one.video.onerror = () => {
        const clip = options.sequence.clips[one.clip];
        if (!one.url || !clip) return;
        if (clip.proxy && clip.url && one.url === clip.url) {
          this.#unplayable.add(clip.url);
          one.clip = -1;
          this.#show(this.frame, true);
        } else options.onerror(clip);
      };
    }
    this.seek(0);
  }

  get frames(): number {
    return this.#options.sequence.frames;
  }

  /** Show a frame, and stand still or go on from there. */
  seek(frame: number): void {
    const last = Math.max(0, this.frames - 1);
    this.#position = Math.min(last, Math.max(0, Math.round(frame)));
    this.#show(this.#position, true);
  }

  /** Play at a speed: 1 is normal, negative goes back, 0 stops. */
  play(speed: number): void {
    if (speed > 0 && this.frame >= this.frames - 1) this.seek(this.loop?.[0] ?? 0);
    this.speed = speed;
    this.#position = this.frame;
    this.#last = performance.now();
    cancelAnimationFrame(this.#request);
    if (speed !== 0) this.#request = requestAnimationFrame(this.#tick);
    else this.#setWaiting(false);
    this.#show(this.frame, false);
    this.#options.onplay(speed);
  }

  destroy(): void {
    cancelAnimationFrame(this.#request);
    for (const { video } of this.#slots) {
      video.onseeked = null;
      video.onerror = null;
      video.pause();
      video.removeAttribute('src');
      video.load();
    }
  }

  readonly #tick = (now: number): void => {
    const passed = Math.min(250, now - this.#last);
    this.#last = now;
    const { rate } = this.#options;
    const { clip } = this.#options.sequence.at(this.frame);
    const leading = this.#leadingVideo(clip);
    if (leading === null) {
      this.#setWaiting(false);
      this.#position += (passed / 1000) * rate.value * this.speed;
    } else if (leading.readyState < HTMLMediaElement.HAVE_FUTURE_DATA && !leading.ended) {
      this.#setWaiting(true);
    } else {
      this.#setWaiting(false);
      this.#position = this.#positionOf(clip, leading);
    }
    const next = Math.floor(this.#position);
    const [from, to] = this.loop ?? [0, this.frames - 1];
    if (this.speed > 0 ? next > to : this.#position < from) {
      if (this.loop) this.seek(this.speed > 0 ? from : to);
      else {
        this.seek(this.speed > 0 ? to : from);
        this.play(0);
        return;
      }
    } else if (next !== this.frame) this.#show(next, false);
    this.#request = requestAnimationFrame(this.#tick);
  };

  /** The video whose clock leads, or null where only the wall clock can. */
  #leadingVideo(clip: number): HTMLVideoElement | null {
    const slot = this.#slots[(clip % 2) as 0 | 1];
    if (this.speed <= 0 || slot.clip !== clip || slot.url === '' || slot.video.error) return null;
    if (this.#options.sequence.isHeld(clip, this.frame)) return null;
    return slot.video;
  }

  #positionOf(index: number, video: HTMLVideoElement): number {
    const { sequence, rate } = this.#options;
    const clip = sequence.clips[index];
    const start = sequence.starts[index] ?? 0;
    if (clip === undefined) return start;
    const end = start + clip.end - clip.start;
    // A file that is shorter than it says ends the clip.
    if (video.ended) return end;
    const moved = frameAt(video.currentTime, rate) - clip.start;
    return Math.max(this.#position, start + sequence.heldBefore(index) + moved);
  }

  #show(frame: number, seek: boolean): void {
    const { sequence, onframe } = this.#options;
    this.frame = frame;
    const shown = sequence.at(frame);
    this.#put(shown.clip, shown.source, seek, shown.leaving ? shown.progress : 1);
    if (shown.leaving) this.#put(shown.leaving.clip, shown.leaving.source, seek, 1 - shown.progress);
    else this.#prepare(shown.clip + 1, shown.clip);
    onframe(frame, shown);
  }

  #load(slot: Slot, index: number): boolean {
    const clip = this.#options.sequence.clips[index];
    if (slot.clip === index) return slot.url !== '';
    slot.clip = index;
    const url = (clip?.url && this.#unplayable.has(clip.url) ? clip.proxy : clip?.url) ?? '';
    if (slot.url !== url) {
      slot.url = url;
      slot.video.pause();
      if (url) slot.video.src = url;
      else slot.video.removeAttribute('src');
    }
    return url !== '';
  }

  #put(index: number, source: number, seek: boolean, gain: number): void {
    const slot = this.#slots[(index % 2) as 0 | 1];
    const fresh = slot.clip !== index;
    if (!this.#load(slot, index)) return;
    const { video } = slot;
    video.muted = this.muted || this.speed < 0;
    video.volume = Math.min(1, Math.max(0, this.volume * gain));
    if (this.speed > 0 && !this.#options.sequence.isHeld(index, this.frame)) {
      video.playbackRate = Math.min(8, this.speed);
      const off = Math.abs(frameAt(video.currentTime, this.#options.rate) - source);
      // A clip that was prepared stands at its first frame already.
      if ((seek || fresh) ? off > 0 : off > DRIFT && index !== this.#leadingClip()) {
        this.#seekSlot(slot, source);
      }
      if (video.paused && !video.ended) void video.play().catch(() => this.#playRefused());
    } else {
      if (!video.paused) video.pause();
      this.#seekSlot(slot, source);
    }
  }

  #leadingClip(): number {
    return this.#options.sequence.clipAt(this.frame);
  }

  /** The next clip is loaded and stands at its first frame, silent. */
  #prepare(index: number, current: number): void {
    const clip = this.#options.sequence.clips[index];
    if (clip === undefined || index % 2 === current % 2) return;
    const slot = this.#slots[(index % 2) as 0 | 1];
    if (slot.clip === index) {
      if (!slot.video.paused) slot.video.pause();
      return;
    }
    if (!this.#load(slot, index)) return;
    slot.video.pause();
    this.#seekSlot(slot, clip.start);
  }

  #seekSlot(slot: Slot, frame: number): void {
    const wanted = middleOf(frame, this.#options.rate);
    if (Math.abs(slot.video.currentTime - wanted) < 0.25 / this.#options.rate.value) return;
    if (slot.video.seeking) slot.queued = frame;
    else slot.video.currentTime = wanted;
  }

  #seeked(slot: Slot): void {
    const frame = slot.queued;
    slot.queued = null;
    if (frame !== null) this.#seekSlot(slot, frame);
  }

  #playRefused(): void {
    // A browser lets no sound begin before the first click of a person: it plays on without.
    if (this.speed > 0 && !this.muted) {
      this.muted = true;
      this.#show(this.frame, false);
    }
  }

  #setWaiting(waiting: boolean): void {
    if (waiting === this.#waiting) return;
    this.#waiting = waiting;
    this.#options.onwait(waiting);
  }
}
