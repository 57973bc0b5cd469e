// From a frame to an event. Large frames come deflated, as the server was asked to.

import type { ServerEvent } from '../protocol/serverEvents';

/**
 * Reads frames in the order in which they came, though inflating one takes a while.
 *
 * An event that nobody knows is passed on all the same: it may be new, and its reader decides.
 */
export class FrameReader {
  readonly #onEvent: (event: ServerEvent) => void;
  readonly #broken: (error: unknown) => void;
  #waiting: Promise<void> | undefined;
  #closed = false;

  constructor(onEvent: (event: ServerEvent) => void, broken: (error: unknown) => void) {
    this.#onEvent = onEvent;
    this.#broken = broken;
  }

  read(frame: unknown): void {
    if (typeof frame === 'string' && this.#waiting === undefined) {
      this.#tell(frame);
      return;
    }
    const before = this.#waiting ?? Promise.resolve();
    const mine: Promise<void> = before
      .then(() => (typeof frame === 'string' ? frame : inflate(frame)))
      .then((text) => this.#tell(text), this.#broken)
      .finally(() => {
        if (this.#waiting === mine) this.#waiting = undefined;
      });
    this.#waiting = mine;
  }

  /** What is still being read belongs to a connection that is gone. */
  close(): void {
    this.#closed = true;
  }

  #tell(text: string): void {
    if (this.#closed) return;
    let event: ServerEvent;
    try {
      event = JSON.parse(text) as ServerEvent;
    } catch (error) {
      this.#broken(error);
      return;
    }
    this.#onEvent(event);
  }
}

async function inflate(frame: unknown): Promise<string> {
  const bytes = frame as Uint8Array<ArrayBuffer> | ArrayBuffer;
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate'));
  return new Response(stream).text();
}
