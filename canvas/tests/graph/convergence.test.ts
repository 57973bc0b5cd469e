// Clients with steps under way, behind links that are late, break, and repeat: all end alike.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonical } from '../../src/lib/graph/digests';
import type { Graph } from '../../src/lib/graph/model';
import type { Operation } from '../../src/lib/graph/operations';
import { isLive } from '../../src/lib/graph/pending';
import { Replica } from '../../src/lib/graph/replica';
import type { ClientEvent } from '../../src/lib/protocol/clientEvents';
import type { ServerEvent, Stored } from '../../src/lib/protocol/serverEvents';
import { FILM, graphOf, uid } from './film';
import { type Chance, chanceOf, Hand } from './hand';
import { MemoryServer } from './server';

/** A replica behind a link whose messages wait until they are let through. */
class Remote {
  readonly user: string;
  readonly #server: MemoryServer;
  readonly #name: string;
  readonly acknowledged = new Map<number, number>();
  replica: Replica;
  up: ClientEvent[] = [];
  down: ServerEvent[] = [];
  #line: { say(event: ClientEvent): void; leave(): void } | undefined;
  #ready = false;

  constructor(server: MemoryServer, name: string, user: string) {
    this.#server = server;
    this.#name = name;
    this.user = user;
    this.replica = this.#newReplica();
  }

  #newReplica(): Replica {
    return new Replica(
      FILM,
      { acknowledged: (seq, version) => this.acknowledged.set(seq, version) },
      this.#name,
    );
  }

  get connected(): boolean {
    return this.#line !== undefined;
  }

  connect(): void {
    this.#line = this.#server.connect(this.user, (event) => this.down.push(event));
    const { clientId, nextSeq, version, epoch, synced } = this.replica;
    const since = synced ? { since: version, epoch } : {};
    this.up.push({
      event: 'client:hello',
      payload: { client_id: clientId, next_seq: nextSeq, ...since },
    });
  }

  disconnect(): void {
    this.#line?.leave();
    this.#line = undefined;
    this.#ready = false;
    // What was under way is lost.
    this.up = [];
    this.down = [];
    this.replica.disconnect();
  }

  /** Close the tab and open it again: only what was kept survives. */
  reload(): void {
    this.disconnect();
    const packed = JSON.parse(JSON.stringify(this.replica.pack()));
    const { clientId } = this.replica;
    this.replica = this.#newReplica();
    this.replica.clientId = clientId;
    this.replica.unpack(packed);
  }

  pump(): void {
    if (!this.#ready) return;
    for (let event = this.replica.next(); event; event = this.replica.next()) this.up.push(event);
  }

  letUp(count = 1): void {
    for (const event of this.up.splice(0, count)) this.#line?.say(event);
  }

  letDown(count = 1): void {
    for (const event of this.down.splice(0, count)) this.#onEvent(event);
  }

  /** Whether this is nothing but the acknowledgement of what is seen here; an undo is corrected. */
  #isOwn(transactions: readonly Stored[]): boolean {
    const { steps, clientId } = this.replica;
    return transactions.every(({ client_id, seq }) => {
      const step = steps.find((one) => one.seq === seq);
      return client_id === clientId && step?.kind === 'ops' && step === steps.find(isLive);
    });
  }

  #onEvent(event: ServerEvent): void {
    switch (event.event) {
      case 'server:welcome':
        this.replica.welcome(event.payload);
        return;
      case 'server:full_sync':
        this.replica.reset(event.payload.graph);
        this.#ready = true;
        return;
      case 'server:catch_up': {
        const { ops, transactions, version } = event.payload;
        if (ops) this.replica.catchUp(ops, version);
        else expect(this.replica.receive(transactions ?? [])).toBe(true);
        this.#ready = true;
        return;
      }
      case 'server:ops': {
        const { transactions } = event.payload;
        const quiet = this.#isOwn(transactions) ? canonical(this.replica.view) : undefined;
        expect(this.replica.receive(transactions)).toBe(true);
        if (quiet !== undefined) expect(canonical(this.replica.view)).toBe(quiet);
        return;
      }
      case 'server:rejected':
        this.replica.reject(event.payload);
        return;
      case 'server:ack':
        this.replica.acknowledge(event.payload.seq, event.payload.version);
        return;
      case 'server:gap':
        this.disconnect();
        return;
      case 'server:undone':
        if (event.payload.version == null) this.replica.concludeUndo(event.payload.seq);
        return;
      default:
    }
  }
}

/** The view is the confirmed graph with the live steps on it, and its lookups are current. */
function assertSound(remote: Remote): void {
  const { view } = remote.replica;
  for (const node of view.nodes.values()) {
    if (node.parent !== null) expect(view.nodes.has(node.parent)).toBe(true);
    for (const text of Object.values(node.text)) expect(text.isWellFormed()).toBe(true);
  }
  for (const edge of view.edges.values()) {
    expect(view.nodes.has(edge.source) && view.nodes.has(edge.target)).toBe(true);
  }
  expect(tables(view)).toEqual(tables(graphOf({ nodes: Object.fromEntries(view.nodes), edges: Object.fromEntries(view.edges) })));
  if (remote.replica.steps.length === 0 && remote.replica.synced) {
    expect(canonical(view)).toBe(canonical(remote.replica.confirmed));
  }
}

function tables({ adjacency }: Graph): unknown {
  const children = [...adjacency.children].map(([id, found]) => [id, [...found].sort()]);
  const edges = [adjacency.incoming, adjacency.outgoing].map((table) =>
    [...table].map(([id, found]) => [id, [...found.keys()].sort()]).sort(),
  );
  return [children.sort(), edges];
}

const START: Operation[] = [
  { op: 'node.add', id: uid(1), type: 'film.scene' },
  { op: 'node.add', id: uid(2), type: 'film.scene', parent: uid(1) },
  ...[3, 4, 5].map((number): Operation => {
    const text = { prompt: 'the sea 🌊 at night' };
    return { op: 'node.add', id: uid(number), type: 'film.shot', parent: uid(1), text };
  }),
  { op: 'node.add', id: uid(6), type: 'film.character' },
];

function drive(seed: number, steps: number, differences: boolean): void {
  const chance: Chance = chanceOf(seed);
  const hand = new Hand(chance);
  const server = new MemoryServer();
  server.differences = differences;
  server.write('ina', ...START);
  const people = ['ina', 'tom', 'ina'].map((user, number) => new Remote(server, `c${number}`, user));
  for (const remote of people) remote.connect();
  for (let step = 0; step < steps; step += 1) {
    const remote = hand.pick(people);
    const { replica } = remote;
    const luck = chance();
    if (luck < 0.36) {
      if (replica.synced) {
        const count = hand.pick([1, 1, 1, 2, 3]);
        const ops = Array.from({ length: count }, () => hand.operation(replica.view));
        replica.submit(ops, { fresh: chance() < 0.2 });
      }
    } else if (luck < 0.44) {
      if (replica.synced) replica.request(hand.pick(['undo', 'undo', 'redo']));
    } else if (luck < 0.65) remote.letUp(hand.pick([1, 2, 9]));
    else if (luck < 0.93) remote.letDown(hand.pick([1, 2, 9]));
    else if (luck < 0.95) remote.disconnect();
    else if (luck < 0.96 && replica.synced) remote.reload();
    else if (luck < 0.97) {
      server.crash();
      for (const one of people) one.disconnect();
    }
    if (!remote.connected && chance() < 0.3) remote.connect();
    if (chance() < 0.7) remote.pump();
    if (step % 5 === 0) assertSound(remote);
  }
  rest(people);
  const truth = canonical(server.graph);
  for (const remote of people) {
    expect(remote.replica.steps).toEqual([]);
    expect(canonical(remote.replica.confirmed)).toBe(truth);
    expect(canonical(remote.replica.view)).toBe(truth);
    const { clientId } = remote.replica;
    for (const [seq, version] of remote.acknowledged) {
      if (server.idle.has(`${clientId} ${seq}`)) continue;
      const { client_id, seq: number } = server.log[version - 1] as Stored;
      expect([client_id, number]).toEqual([clientId, seq]);
    }
  }
  const numbers = server.log.map(({ client_id, seq }) => `${client_id} ${seq}`);
  expect(new Set(numbers).size).toBe(numbers.length);
}

/** Let everything through until nothing moves any more. */
function rest(people: readonly Remote[]): void {
  for (let round = 0; round < 1000; round += 1) {
    let moved = false;
    for (const remote of people) {
      if (!remote.connected) remote.connect();
      remote.pump();
      while (remote.up.length > 0 || remote.down.length > 0) {
        moved = true;
        remote.letUp();
        remote.letDown();
        remote.pump();
      }
    }
    if (!moved) return;
  }
  throw new Error('It never came to rest.');
}

describe.each([false, true])('with differences: %s', (differences) => {
  test('clients with late and broken links converge to the server', () => {
    const runs = Number(process.env.RUNS ?? 40);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 31 }), (seed) => drive(seed, 200, differences)),
      { numRuns: runs, ...(process.env.SEED ? { seed: Number(process.env.SEED) } : {}) },
    );
  }, 600_000);
});
