// One graph of one project, open: the replica, the connection, the outbox, and who else is here.

import type { Graph } from '../graph/model';
import type { Operation } from '../graph/operations';
import type { Rejection } from '../graph/apply';
import type { Registry } from '../graph/registry';
import { type Refusal, Replica, type SubmitOptions } from '../graph/replica';
import type { ClientEvent } from '../protocol/clientEvents';
import { type Clock, realClock } from './clock';
import { Connection, type Socket } from './connection';
import { RejectedChanges } from './rejectedChanges';
import type { Outbox } from './outbox';
import { Presence } from './presence';
import type { CatchUp, Conflicts, Failed, ServerEvent, Stored, Undone, Welcome } from '../protocol/serverEvents';
import { type Readable, Store } from './store';

/** What is shown of the work: all of it stored, on its way, or waiting for a connection. */
export interface Status {
  readonly state: 'saved' | 'saving' | 'offline';
  /** Steps that are not stored yet. */
  readonly unsent: number;
}

export interface ClientListener {
  /** These nodes and edges look different now; `''` stands for the graph's settings. */
  changed?(ids: ReadonlySet<string>): void;
  refused?(refusal: Refusal): void;
  acknowledged?(seq: number, version: number): void;
  /** This person wrote over newer values of others. */
  conflict?(conflicts: Conflicts): void;
  undone?(undone: Undone): void;
  /** Transactions were stored and taken in, of others and of this client. */
  stored?(transactions: readonly Stored[]): void;
  /** The server let this client in, and says who it is and what it may do. */
  welcomed?(welcome: Welcome): void;
  /** The server wants nothing to do with this client: no token, no right, no such project. */
  onUnauthorized?(code: number, reason: string): void;
  /** Every other event: tasks, queue, stale nodes, assets, errors. */
  onEvent?(event: ServerEvent): void;
}

export interface ClientOptions {
  readonly registry: Registry;
  /** Opens a socket to the project, with `?compression=deflate` where wanted. */
  readonly open: () => Socket | Promise<Socket>;
  readonly outbox: Outbox;
  readonly listener?: ClientListener;
  readonly clock?: Clock;
  /** Another graph than the project's main one. */
  readonly graphId?: string;
}

/** Said hello, was welcomed and waits for the state, or is up to date. */
type Phase = 'away' | 'greeting' | 'syncing' | 'here';

/** A welcome is short; who has none after so many milliseconds asks again. */
const LONGEST_WAIT = 30_000;
/** A step that the server failed to carry out so often is given back. */
const MAX_FAILURES = 4;
/** Milliseconds before it is sent again for the first time. */
const RETRY_AFTER = 1000;

export class Client {
  readonly replica: Replica;
  readonly presence: Presence;
  readonly rejectedChanges: RejectedChanges;
  readonly #status = new Store<Status>({ state: 'offline', unsent: 0 });
  readonly #options: ClientOptions;
  readonly #listener: ClientListener;
  readonly #connection: Connection;
  #phase: Phase = 'away';
  readonly #clock: Clock;
  #sending = false;
  /** How often the outbox was asked to keep. */
  #keeps = 0;
  #left = false;
  #forgetWait: (() => void) | undefined;

  constructor(options: ClientOptions) {
    const { registry, outbox, clock = realClock, listener = {} } = options;
    this.#options = options;
    this.#clock = clock;
    this.#listener = listener;
    this.replica = new Replica(
      registry,
      {
        changed: (ids) => listener.changed?.(ids),
        acknowledged: (seq, version) => listener.acknowledged?.(seq, version),
        refused: (refusal) => {
          this.rejectedChanges.fill(refusal);
          listener.refused?.(refusal);
        },
        pending: () => this.#pendingChanged(),
      },
      outbox.clientId,
    );
    this.rejectedChanges = new RejectedChanges(outbox.found?.rejected ?? []);
    if (outbox.found) this.replica.unpack(outbox.found.packed);
    const found = this.rejectedChanges.get();
    this.rejectedChanges.subscribe((texts) => {
      if (texts !== found) void this.#keep();
    });
    this.#connection = new Connection({
      open: options.open,
      clock,
      opened: () => this.#greet(),
      onEvent: (event) => this.#onEvent(event),
      closed: () => this.#closed(),
      refused: (code, reason) => listener.onUnauthorized?.(code, reason),
    });
    this.presence = new Presence(
      (place) =>
        this.#phase === 'here' &&
        this.#connection.say({ event: 'client:presence', payload: place }),
      clock,
    );
    this.#tellStatus();
  }

  /** The graph as this person sees it. */
  get view(): Graph {
    return this.replica.view;
  }

  get status(): Readable<Status> {
    return this.#status;
  }

  /** Connect, and stay connected; also to be called when the network is back. */
  start(): void {
    this.#connection.start();
  }

  /** Leave. What is not stored yet stays in the outbox. */
  async stop(): Promise<void> {
    this.#left = true;
    this.#connection.stop();
    await this.#keep();
    await this.#options.outbox.close();
  }

  /** Do a step at once; gives why not, when it cannot be done. */
  submit(ops: readonly Operation[], options?: SubmitOptions): Rejection | null {
    return this.replica.submit(ops, options);
  }

  undo(): void {
    this.replica.request('undo');
  }

  redo(): void {
    this.replica.request('redo');
  }

  /** Say something that is not part of the graph; false when nobody can hear it. */
  say(event: ClientEvent): boolean {
    return this.#phase === 'here' && this.#connection.say(event);
  }

  /** End the connection and make another. */
  reconnect(reason: string): void {
    this.#connection.restart(reason);
  }

  // ------------------------------------------------------------------ sending

  #pendingChanged(): void {
    this.#tellStatus();
    if (this.#left) return;
    // What is sent now is kept with its number first, once; what waits is kept as it is.
    const before = this.#keeps;
    void this.#send();
    if (this.#keeps === before) void this.#keep();
  }

  #keep(): Promise<void> {
    const { outbox } = this.#options;
    this.#keeps += 1;
    return outbox.save(() => ({ packed: this.replica.pack(), rejected: this.rejectedChanges.get() }));
  }

  /** Send what may be sent, each step kept with its number first. */
  async #send(): Promise<void> {
    if (this.#sending || this.#phase !== 'here') return;
    this.#sending = true;
    try {
      while (this.#phase === 'here') {
        const events: ClientEvent[] = [];
        for (let event = this.replica.next(); event; event = this.replica.next()) {
          events.push(event);
        }
        if (events.length === 0) return;
        // A step that was sent and not kept could be sent a second time, under another number.
        await this.#keep();
        // Whoever disconnected meanwhile has taken back that they were sent.
        for (const event of events) if (this.#isSent(event)) this.#connection.say(event);
      }
    } finally {
      this.#sending = false;
    }
  }

  #isSent(event: ClientEvent): boolean {
    if (this.#phase !== 'here') return false;
    const seq = 'seq' in event.payload ? event.payload.seq : undefined;
    return this.replica.steps.some((step) => step.seq === seq && step.sent);
  }

  // ------------------------------------------------------------------ hearing

  #greet(): void {
    this.#phase = 'greeting';
    this.replica.disconnect();
    const { clientId, nextSeq, version, epoch, synced } = this.replica;
    const { graphId } = this.#options;
    this.#connection.say({
      event: 'client:hello',
      payload: {
        client_id: clientId,
        next_seq: nextSeq,
        ...(graphId === undefined ? {} : { graph_id: graphId }),
        ...(synced ? { since: version, epoch } : {}),
      },
    });
    this.#forgetWait?.();
    this.#forgetWait = this.#clock.after(LONGEST_WAIT, () => {
      if (this.#phase === 'greeting') this.#connection.restart('Nobody said welcome.');
    });
    this.#tellStatus();
  }

  #closed(): void {
    this.#phase = 'away';
    this.#forgetWait?.();
    this.replica.disconnect();
    this.presence.left();
    this.#tellStatus();
  }

  #onEvent(event: ServerEvent): void {
    const { replica } = this;
    switch (event.event) {
      case 'server:welcome':
        if (this.#phase !== 'greeting') return;
        this.#phase = 'syncing';
        this.#connection.heartbeat = event.payload.heartbeat ?? 20;
        replica.welcome(event.payload);
        this.#listener.welcomed?.(event.payload);
        this.presence.joined(event.payload.people ?? []);
        return;
      case 'server:full_sync':
        if (this.#mayReplace()) {
          replica.reset(event.payload.graph);
          this.#synced();
        }
        return;
      case 'server:catch_up':
        this.#catchUp(event.payload);
        return;
      case 'server:ops':
        if (replica.synced && !replica.receive(event.payload.transactions)) {
          // Something was missed. A hello asks for it, and for what became of one's own steps.
          if (this.#phase === 'here') this.#greet();
        }
        this.#listener.stored?.(event.payload.transactions);
        break;
      case 'server:rejected':
        replica.reject(event.payload);
        break;
      case 'server:ack':
        replica.acknowledge(event.payload.seq, event.payload.version);
        break;
      case 'server:gap':
        // Frames keep their order, so this is a server that has forgotten: it has to be told.
        if (this.#phase === 'here') this.#greet();
        return;
      case 'server:conflict':
        this.#listener.conflict?.(event.payload);
        return;
      case 'server:undone':
        if (event.payload.version == null) replica.concludeUndo(event.payload.seq);
        this.#listener.undone?.(event.payload);
        break;
      case 'server:presence':
        this.presence.changed(event.payload);
        return;
      case 'server:bye':
        this.#connection.retryIn = event.payload.retry_in;
        this.#listener.onEvent?.(event);
        return;
      case 'server:pong':
        return;
      case 'server:error':
        this.#failed(event.payload);
        this.#listener.onEvent?.(event);
        return;
      default:
        this.#listener.onEvent?.(event);
        return;
    }
    void this.#send();
  }

  /** What was missed, as transactions or as a difference of states. */
  #catchUp({ transactions, ops, version, epoch, since }: CatchUp): void {
    const { replica } = this;
    if (transactions) {
      if (!replica.receive(transactions)) this.#greet();
      else if (this.#phase === 'syncing') {
        replica.epoch = epoch;
        this.#synced();
      }
    } else if (ops && this.#mayReplace()) {
      if (since > replica.version) this.#greet();
      else {
        if (version > replica.version) replica.catchUp(ops, version);
        replica.epoch = epoch;
        this.#synced();
      }
    }
  }

  /** A frame was not carried out. A step in it would wait for ever for its answer. */
  #failed({ event, code, message, hint = '', seq }: Failed): void {
    if (event === 'client:hello') {
      // It may be better in a while; how long, the connection knows.
      this.#connection.restart(message);
      return;
    }
    const step = this.replica.steps.find((one) => one.sent && one.seq === seq);
    if (step === undefined) return;
    step.failures += 1;
    const unreadable = code.startsWith('socket.bad');
    if (unreadable || step.failures === MAX_FAILURES) {
      // The number is free still, or nobody knows: a hello says that it is not used any more.
      this.replica.reject({ seq: step.seq, reason: unreadable ? 'invalid' : code, message, hint });
      if (this.#phase === 'here') this.#greet();
      return;
    }
    // A hello tells whether it was stored all the same; what was not is sent again.
    this.#clock.after(RETRY_AFTER * step.failures, () => {
      if (this.#phase === 'here' && this.replica.steps.includes(step)) this.#greet();
    });
  }

  /**
   * Whether a state may be put into the place of the one here. One that nobody asked for does
   * not say which of the unanswered steps are in it; then a hello asks.
   */
  #mayReplace(): boolean {
    if (this.#phase === 'syncing') return true;
    if (this.#phase !== 'here') return false;
    if (!this.replica.awaiting) return true;
    this.#greet();
    return false;
  }

  #synced(): void {
    this.#phase = 'here';
    this.#connection.settled();
    this.#tellStatus();
    // Edits of texts were carried over what was missed; the outbox should know.
    if (this.replica.steps.length > 0) void this.#keep();
    void this.#send();
  }

  #tellStatus(): void {
    const unsent = this.replica.steps.length;
    const online = this.#phase === 'here';
    const state = !online ? 'offline' : unsent > 0 ? 'saving' : 'saved';
    const before = this.#status.get();
    if (before.state !== state || before.unsent !== unsent) this.#status.set({ state, unsent });
  }
}
