// One WebSocket that comes back by itself: back-off with jitter, and a heartbeat.
//
// It knows nothing of what is said; `client.ts` does.

import type { ClientEvent } from '../protocol/clientEvents';
import type { Clock } from './clock';
import { FrameReader } from './frames';
import type { ServerEvent } from '../protocol/serverEvents';

/** What is used of a WebSocket; the browser's and those of programs have it. */
export interface Socket {
  /** As a browser counts: 0 connecting, 1 open, then closing and closed. */
  readonly readyState?: number;
  binaryType: string;
  onopen: ((event: never) => unknown) | null;
  onmessage: ((event: { data: unknown }) => unknown) | null;
  onclose: ((event: { code: number; reason: string }) => unknown) | null;
  onerror: ((event: never) => unknown) | null;
  send(text: string): void;
  close(code?: number, reason?: string): void;
}

export interface ConnectionOptions {
  /** Opens a socket; a promise where a ticket has to be fetched first. */
  readonly open: () => Socket | Promise<Socket>;
  readonly clock: Clock;
  readonly opened: () => void;
  readonly onEvent: (event: ServerEvent) => void;
  readonly closed: () => void;
  /** The server wants nothing to do with this client; it is not tried again by itself. */
  readonly refused: (code: number, reason: string) => void;
}

const FIRST_RETRY = 250;
const LONGEST_RETRY = 15_000;
const CROWDED_RETRY = 10_000;
const HEARTBEAT = 20_000;
// No token, no right, no such project: trying again changes nothing.
const FINAL = new Set([4401, 4403, 4404]);
const TOO_MANY = 4429;
const OPEN = 1;

export class Connection {
  readonly #options: ConnectionOptions;
  #socket: Socket | undefined;
  #reader: FrameReader | undefined;
  #open = false;
  #wanted = false;
  #attempts = 0;
  #attempt = 0;
  #retryIn: number | undefined;
  #heartbeat = HEARTBEAT;
  #heardAt = 0;
  #forgetRetry: (() => void) | undefined;
  #forgetBeat: (() => void) | undefined;

  constructor(options: ConnectionOptions) {
    this.#options = options;
  }

  get isOpen(): boolean {
    return this.#open;
  }

  /** Connect, and stay so; at once where it was waiting to try again. */
  start(): void {
    this.#wanted = true;
    if (this.#socket !== undefined) return;
    this.#forgetRetry?.();
    this.#forgetRetry = undefined;
    void this.#connect();
  }

  /** Leave, and do not come back. */
  stop(): void {
    this.#wanted = false;
    this.#forgetRetry?.();
    this.#drop(1000, 'Left.');
  }

  /** End this connection and make another, after the usual pause. */
  restart(reason: string): void {
    this.#drop(4000, reason);
  }

  /** Say something; false when nobody can hear it. */
  say(event: ClientEvent): boolean {
    if (!this.#open) return false;
    this.#socket?.send(JSON.stringify(event));
    return true;
  }

  /** How often the server wants to hear something, in seconds. */
  set heartbeat(seconds: number) {
    this.#heartbeat = Math.max(1, seconds) * 1000;
    this.#beat();
  }

  /** The server said when to come back, in seconds. */
  set retryIn(seconds: number) {
    this.#retryIn = Math.max(0, seconds) * 1000;
  }

  /** All is well: the next pause is a short one again. */
  settled(): void {
    this.#attempts = 0;
  }

  async #connect(): Promise<void> {
    this.#attempt += 1;
    const attempt = this.#attempt;
    let socket: Socket;
    try {
      socket = await this.#options.open();
    } catch {
      if (attempt === this.#attempt && this.#wanted) this.#retry();
      return;
    }
    if (attempt !== this.#attempt || !this.#wanted) {
      socket.close(1000, 'Not wanted any more.');
      return;
    }
    this.#socket = socket;
    const reader = new FrameReader(this.#options.onEvent, () => this.#drop(4400, 'A broken frame.'));
    this.#reader = reader;
    socket.binaryType = 'arraybuffer';
    const opened = (): void => {
      if (this.#socket !== socket) return;
      this.#open = true;
      this.#heardAt = this.#options.clock.now();
      this.#beat();
      this.#options.opened();
    };
    socket.onopen = opened;
    socket.onmessage = ({ data }) => {
      if (this.#socket !== socket) return;
      this.#heardAt = this.#options.clock.now();
      reader.read(data);
    };
    // An error is always followed by a close, which says more.
    socket.onerror = () => undefined;
    socket.onclose = ({ code, reason }) => {
      if (this.#socket === socket) this.#gone(code, reason);
    };
    // One that was begun before it was needed may be open by now.
    if (socket.readyState === OPEN) opened();
  }

  #drop(code: number, reason: string): void {
    const socket = this.#socket;
    if (socket === undefined) {
      this.#attempt += 1;
      return;
    }
    this.#gone(code, reason);
    // A reason has to fit into 123 bytes.
    socket.close(code, reason.slice(0, 40));
  }

  #gone(code: number, reason: string): void {
    this.#socket = undefined;
    this.#open = false;
    this.#reader?.close();
    this.#forgetBeat?.();
    this.#options.closed();
    if (!this.#wanted) return;
    if (FINAL.has(code)) {
      this.#wanted = false;
      this.#options.refused(code, reason);
    } else {
      if (code === TOO_MANY) this.#retryIn ??= CROWDED_RETRY;
      this.#retry();
    }
  }

  #retry(): void {
    const { clock } = this.#options;
    const pause = Math.min(LONGEST_RETRY, FIRST_RETRY * 2 ** this.#attempts);
    // Spread, so that all who were dropped at once do not come back at once.
    const delay =
      this.#retryIn === undefined
        ? pause * (0.5 + clock.chance() / 2)
        : this.#retryIn * (1 + clock.chance() / 2);
    this.#attempts += 1;
    this.#retryIn = undefined;
    this.#forgetRetry?.();
    this.#forgetRetry = clock.after(delay, () => {
      this.#forgetRetry = undefined;
      void this.#connect();
    });
  }

  /** Ask now and then whether anybody is there; who stays silent for two beats is gone. */
  #beat(): void {
    this.#forgetBeat?.();
    const { clock } = this.#options;
    this.#forgetBeat = clock.after(this.#heartbeat, () => {
      if (clock.now() - this.#heardAt > 2 * this.#heartbeat) {
        this.#drop(4000, 'Nothing was heard for too long.');
        return;
      }
      this.say({ event: 'client:ping', payload: { t: clock.now() } });
      this.#beat();
    });
  }
}
