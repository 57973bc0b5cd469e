// A network in memory: sockets that are late and break, and a clock that a test turns.

import type { ClientEvent } from '../../src/lib/protocol/clientEvents';
import type { Clock } from '../../src/lib/sync/clock';
import type { Socket } from '../../src/lib/sync/connection';
import type { ServerEvent } from '../../src/lib/protocol/serverEvents';
import type { MemoryServer } from '../graph/server';

/** Time that stands still until a test lets it pass. */
export class FakeClock implements Clock {
  #now = 0;
  #number = 0;
  readonly #timers = new Map<number, { at: number; call: () => void }>();
  readonly #chance: () => number;

  constructor(chance: () => number = () => 0.5) {
    this.#chance = chance;
  }

  now(): number {
    return this.#now;
  }

  chance(): number {
    return this.#chance();
  }

  after(delay: number, call: () => void): () => void {
    const number = this.#number++;
    this.#timers.set(number, { at: this.#now + Math.max(0, delay), call });
    return () => this.#timers.delete(number);
  }

  /** Let time pass, and everything that it sets off. */
  async pass(milliseconds: number): Promise<void> {
    const end = this.#now + milliseconds;
    for (;;) {
      await settle();
      const due = [...this.#timers].filter(([, { at }]) => at <= end);
      const [first] = due.sort(([a, x], [b, y]) => x.at - y.at || a - b);
      if (first === undefined) break;
      const [number, { at, call }] = first;
      this.#timers.delete(number);
      this.#now = at;
      call();
    }
    this.#now = end;
  }
}

/** Let promises that wait for nothing but each other come to an end. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 12; turn += 1) await Promise.resolve();
}

/** Sockets to a server in memory, each frame as late as `delay` says, in order. */
export class Network {
  readonly server: MemoryServer;
  readonly said: ClientEvent[] = [];
  readonly sockets = new Set<FakeSocket>();
  readonly #clock: Clock;
  readonly #delay: () => number;
  up = true;

  constructor(server: MemoryServer, clock: Clock, delay: () => number = () => 1) {
    this.server = server;
    this.#clock = clock;
    this.#delay = delay;
  }

  /** For `ClientOptions.open`. */
  socketOf(user: string): () => FakeSocket {
    return () => {
      const socket = new FakeSocket(this, user, this.#clock, this.#delay);
      this.sockets.add(socket);
      return socket;
    };
  }

  /** Break every connection of these people, or of all. */
  cut(user?: string): void {
    for (const socket of [...this.sockets]) if (!user || socket.user === user) socket.break();
  }
}

export class FakeSocket implements Socket {
  binaryType = '';
  onopen: ((event: never) => unknown) | null = null;
  onmessage: ((event: { data: unknown }) => unknown) | null = null;
  onclose: ((event: { code: number; reason: string }) => unknown) | null = null;
  onerror: ((event: never) => unknown) | null = null;
  readonly user: string;
  readonly #network: Network;
  readonly #clock: Clock;
  readonly #delay: () => number;
  #line: ReturnType<MemoryServer['connect']> | undefined;
  #upAt = 0;
  #downAt = 0;
  #gone = false;

  constructor(network: Network, user: string, clock: Clock, delay: () => number) {
    this.#network = network;
    this.user = user;
    this.#clock = clock;
    this.#delay = delay;
    clock.after(delay(), () => {
      if (this.#gone) return;
      if (!network.up) {
        this.break();
        return;
      }
      this.#line = network.server.connect(user, (event) => this.onEvent(event));
      this.onopen?.(undefined as never);
    });
  }

  send(text: string): void {
    const event = JSON.parse(text) as ClientEvent;
    this.#upAt = Math.max(this.#upAt, this.#clock.now() + this.#delay());
    this.#clock.after(this.#upAt - this.#clock.now(), () => {
      if (this.#gone) return;
      this.#network.said.push(event);
      this.#line?.say(event);
    });
  }

  onEvent(event: ServerEvent | string): void {
    const data = typeof event === 'string' ? event : JSON.stringify(event);
    this.#downAt = Math.max(this.#downAt, this.#clock.now() + this.#delay());
    this.#clock.after(this.#downAt - this.#clock.now(), () => {
      if (!this.#gone) this.onmessage?.({ data });
    });
  }

  close(code = 1000, reason = ''): void {
    this.break(code, reason);
  }

  /** What is on its way is lost. */
  break(code = 1006, reason = ''): void {
    if (this.#gone) return;
    this.#gone = true;
    this.#network.sockets.delete(this);
    this.#line?.leave();
    this.onclose?.({ code, reason });
  }
}
