// Plays a sound as it is shaped now: the browser's own element, its level moved by Web Audio, which
// can also make it louder than it is.

import { endOf, levelAt, type SoundShape } from './shape';

export class SoundPlayer {
  time = $state(0);
  playing = $state(false);
  length = $state(0);
  broken = $state(false);
  readonly #element = new Audio();
  readonly #shape: () => SoundShape;
  #gain: GainNode | null = null;
  #context: AudioContext | null = null;
  #request = 0;

  constructor(url: string, length: number, shape: () => SoundShape) {
    this.#shape = shape;
    this.length = length;
    this.time = shape().start;
    this.#element.preload = 'none';
    this.#element.src = url;
    this.#element.ondurationchange = () => {
      if (Number.isFinite(this.#element.duration)) this.length = this.#element.duration;
    };
    this.#element.onerror = () => {
      this.broken = true;
      this.pause();
    };
    this.#element.onended = () => this.#rewind();
  }

  toggle(): void {
    if (this.playing) this.pause();
    else void this.#play();
  }

  pause(): void {
    this.playing = false;
    cancelAnimationFrame(this.#request);
    this.#element.pause();
  }

  seek(second: number): void {
    this.time = Math.min(this.length, Math.max(0, second));
    if (this.#element.readyState > 0) this.#element.currentTime = this.time;
  }

  destroy(): void {
    this.pause();
    this.#element.onerror = null;
    this.#element.removeAttribute('src');
    this.#element.load();
    void this.#context?.close();
  }

  async #play(): Promise<void> {
    if (!this.#context) {
      this.#context = new AudioContext();
      this.#gain = this.#context.createGain();
      this.#context.createMediaElementSource(this.#element).connect(this.#gain).connect(this.#context.destination);
    }
    const { start } = this.#shape();
    const end = endOf(this.#shape(), this.length);
    if (this.time < start || this.time >= end - 0.02) this.time = start;
    this.playing = true;
    this.#level();
    try {
      await this.#context.resume();
      await this.#element.play();
      this.#element.currentTime = this.time;
    } catch {
      // The element tells by `onerror` what it could not play; to be paused at once is no fault.
      this.pause();
      return;
    }
    this.#request = requestAnimationFrame(this.#step);
  }

  readonly #step = (): void => {
    if (!this.playing) return;
    this.time = this.#element.currentTime;
    this.#level();
    if (this.time >= endOf(this.#shape(), this.length)) {
      this.#rewind();
      return;
    }
    this.#request = requestAnimationFrame(this.#step);
  };

  #rewind(): void {
    this.pause();
    this.seek(this.#shape().start);
  }

  #level(): void {
    if (this.#gain) this.#gain.gain.value = levelAt(this.#shape(), this.length || Number.MAX_VALUE, this.time);
  }
}
