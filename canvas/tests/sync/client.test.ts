// A client on a network that is late and breaks.

import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { canonical } from '../../src/lib/graph/digests';
import type { Operation } from '../../src/lib/graph/operations';
import type { Replica } from '../../src/lib/graph/replica';
import { Client, type ClientListener } from '../../src/lib/sync/client';
import { MemoryKeeper, openOutboxes, type Outbox } from '../../src/lib/sync/outbox';
import { emptyOrphans } from '../../src/lib/sync/orphans';
import type { Stored } from '../../src/lib/protocol/serverEvents';
import { FILM, uid } from '../graph/film';
import { chanceOf, Hand } from '../graph/hand';
import { MemoryServer } from '../graph/server';
import { FakeClock, Network } from './network';

const SHOT: Operation = {
  op: 'node.add',
  id: uid(1),
  type: 'film.shot',
  text: { prompt: 'sea' },
};
const moved = (x: number, node = 1): Operation => ({
  op: 'node.set',
  id: uid(node),
  values: { pos: [x, 0] },
});

/** Locks as a browser has them: all of a tab's are free when it is closed. */
class Tabs {
  readonly #held = new Map<string, string>();

  of(tab: string) {
    return {
      claim: async (name: string) => {
        if (this.#held.has(name)) return undefined;
        this.#held.set(name, tab);
        return () => void this.#held.delete(name);
      },
    };
  }

  close(tab: string): void {
    for (const [name, holder] of this.#held) if (holder === tab) this.#held.delete(name);
  }
}

let clock: FakeClock;
let server: MemoryServer;
let network: Network;
let keeper: MemoryKeeper;
let tabs: Tabs;
let number: number;

beforeEach(() => {
  clock = new FakeClock();
  server = new MemoryServer();
  server.write('ina', SHOT);
  network = new Network(server, clock);
  keeper = new MemoryKeeper();
  tabs = new Tabs();
  number = 0;
});

const outboxes = (tab: string) =>
  openOutboxes({ keeper, locks: tabs.of(tab), place: 'ina/p', newId: () => `c${++number}` });

async function open(
  tab: string,
  listener: ClientListener = {},
  user = 'ina',
): Promise<{ client: Client; orphans: Outbox[] }> {
  const { mine, orphans } = await outboxes(tab);
  const options = { registry: FILM, open: network.socketOf(user), clock, listener };
  const client = new Client({ ...options, outbox: mine });
  client.start();
  await clock.pass(20);
  return { client, orphans };
}

test('the status says saved, saving and offline with a count', async () => {
  const { client } = await open('a');
  const seen: string[] = [];
  client.status.subscribe(({ state, unsent }) => seen.push(`${state} ${unsent}`));
  client.submit([moved(1)]);
  await clock.pass(10);
  network.up = false;
  network.cut();
  client.submit([moved(2)], { fresh: true });
  client.submit([moved(3)], { fresh: true });
  await clock.pass(10);
  network.up = true;
  await clock.pass(60_000);
  expect(seen).toEqual([
    'saved 0',
    'saving 1',
    'saved 0',
    'offline 0',
    'offline 1',
    'offline 2',
    'saving 2',
    'saving 1',
    'saved 0',
  ]);
});

test('at most eight steps are under way, and moves that wait become one', async () => {
  const { client } = await open('a');
  for (let x = 1; x <= 30; x += 1) {
    client.submit([{ op: 'graph.set', values: { zoom: x } }]);
  }
  await clock.pass(0);
  expect(client.replica.steps.filter(({ sent }) => sent)).toHaveLength(8);
  for (let x = 1; x <= 30; x += 1) client.submit([moved(x)]);
  expect(client.replica.steps).toHaveLength(31);
  await clock.pass(100);
  expect(client.status.get()).toEqual({ state: 'saved', unsent: 0 });
  expect(server.graph.nodes.get(uid(1))?.pos).toEqual([30, 0]);
});

test('work survives a closed tab, and is not done twice', async () => {
  const { client } = await open('a');
  client.submit([{ op: 'text.edit', id: uid(1), field: 'prompt', base: 0, delta: [3, ' at'] }]);
  await clock.pass(1);
  // Sent, but the answer never comes; and more is typed before the tab is closed.
  client.submit([{ op: 'text.edit', id: uid(1), field: 'prompt', base: 0, delta: [6, ' night'] }]);
  await clock.pass(0.5);
  expect(server.log).toHaveLength(2);
  network.cut();
  network.up = false;
  tabs.close('a');
  server.write('tom', {
    op: 'node.set',
    id: uid(1),
    values: { 'text.prompt': 'the sea at' },
  });
  network.up = true;
  const { client: next } = await open('b');
  expect(next.replica.clientId).toBe('c1@ina');
  await clock.pass(100);
  expect(next.status.get()).toEqual({ state: 'saved', unsent: 0 });
  expect(server.graph.nodes.get(uid(1))?.text.prompt).toBe('the sea at night');
  expect(next.view.nodes.get(uid(1))?.text.prompt).toBe('the sea at night');
  expect(keeper.kept.size).toBe(0);
});

test('two tabs are two clients, and what others left is sent by clients of its own', async () => {
  network.up = false;
  for (const [place, tab] of ['a', 'b', 'c'].entries()) {
    const { client } = await open(tab);
    client.submit([{ op: 'graph.set', values: { [tab]: place } }]);
    await clock.pass(1);
  }
  expect([...keeper.kept.keys()]).toEqual(['ina/p/c1', 'ina/p/c2', 'ina/p/c3']);
  for (const tab of ['a', 'b']) tabs.close(tab);
  network.cut();
  network.sockets.clear();
  network.up = true;
  const { client, orphans } = await open('d');
  expect(orphans.map(({ clientId }) => clientId)).toEqual(['c2']);
  const emptied = emptyOrphans(orphans, {
    registry: FILM,
    open: network.socketOf('ina'),
    clock,
  });
  await clock.pass(60_000);
  await emptied;
  expect(Object.fromEntries(server.graph.settings)).toMatchObject({ a: 0, b: 1 });
  expect(client.status.get().state).toBe('saved');
});

test('refused text is among the rejected changes, and the reason is told', async () => {
  const reasons: string[] = [];
  const { client } = await open('a', { refused: ({ reason }) => reasons.push(reason) });
  client.submit([{ op: 'text.edit', id: uid(1), field: 'prompt', base: 0, delta: [3, ' at night'] }]);
  server.write('tom', { op: 'node.remove', ids: [uid(1)] });
  await clock.pass(20);
  expect(reasons).toEqual(['stale']);
  const text = { node: uid(1), field: 'prompt', text: ' at night' };
  expect(client.rejectedChanges.get()).toMatchObject([text]);
  expect(client.status.get()).toEqual({ state: 'saved', unsent: 0 });
  // It outlives the tab, until it is taken out.
  tabs.close('a');
  const { client: next } = await open('b');
  expect(next.rejectedChanges.get()).toMatchObject([text]);
  for (const one of next.rejectedChanges.get()) next.rejectedChanges.take(one);
  await clock.pass(1);
  expect(keeper.kept.size).toBe(0);
});

test('a conflict is told with what the other had written', async () => {
  const fields: unknown[] = [];
  const { client } = await open('a', { conflict: (told) => fields.push(...told.fields) });
  client.submit([{ op: 'node.set', id: uid(1), values: { 'data.code': '020' } }]);
  server.write('tom', { op: 'node.set', id: uid(1), values: { 'data.code': '010' } });
  await clock.pass(20);
  expect(fields).toMatchObject([{ id: uid(1), path: 'data.code', user_id: 'tom', value: '010' }]);
});

test('undo takes back a step before it was acknowledged', async () => {
  const { client } = await open('a');
  client.submit([{ op: 'graph.set', values: { zoom: 2 } }]);
  client.undo();
  await clock.pass(20);
  expect(server.graph.settings.has('zoom')).toBe(false);
  expect(client.view.settings.has('zoom')).toBe(false);
  client.redo();
  await clock.pass(20);
  expect(client.view.settings.get('zoom')).toBe(2);
});

test('a state that nobody asked for is taken only when it is known what is in it', async () => {
  const connect = server.connect.bind(server);
  let slow = false;
  server.connect = (user, send) =>
    connect(user, (event) => {
      // To a slow reader the server says, instead of what happened, what has come of it.
      if (!slow || event.event !== 'server:ops') send(event);
      else {
        slow = false;
        send(server.whole());
      }
    });
  const seen: unknown[] = [];
  let replica: Replica | undefined;
  const { client } = await open('a', {
    changed: () => void seen.push(replica?.view.nodes.get(uid(1))?.text.prompt),
  });
  replica = client.replica;
  slow = true;
  client.submit([{ op: 'text.edit', id: uid(1), field: 'prompt', base: 0, delta: [3, '!'] }]);
  await clock.pass(50);
  expect(slow).toBe(false);
  expect(seen).toEqual([undefined, 'sea!']);
  expect(client.status.get()).toEqual({ state: 'saved', unsent: 0 });
  expect(canonical(client.view)).toBe(canonical(server.graph));
});

test.each(['an error', 'nothing'])('a hello that is answered by %s is said again', async (answer) => {
  const connect = server.connect.bind(server);
  let refusals = 2;
  server.connect = (user, send) => {
    const line = connect(user, send);
    return {
      ...line,
      say: (event) => {
        if (event.event !== 'client:hello' || refusals === 0) line.say(event);
        else {
          refusals -= 1;
          const payload = { code: 'graph.busy', message: 'Not now.', event: event.event };
          if (answer === 'an error') send({ event: 'server:error', payload });
          else send({ event: 'server:pong', payload: { t: 0 } });
        }
      },
    };
  };
  const { client } = await open('a');
  expect(client.status.get().state).toBe('offline');
  await clock.pass(answer === 'nothing' ? 62_000 : 2000);
  expect(client.status.get().state).toBe('saved');
});

test('nothing is sent before it is kept, and nothing twice', async () => {
  const { client } = await open('a');
  const write = keeper.write.bind(keeper);
  let kept = (): void => undefined;
  keeper.write = async (key, what) => {
    await new Promise<void>((resolve) => {
      kept = resolve;
    });
    await write(key, what);
  };
  const sent = () => network.said.filter(({ event }) => event === 'client:ops').length;
  client.submit([moved(5)]);
  await clock.pass(100);
  expect(sent()).toBe(0);
  // The connection breaks and comes back while the store is still busy.
  network.cut();
  await clock.pass(1000);
  for (let turn = 0; turn < 6; turn += 1) {
    kept();
    await clock.pass(10);
  }
  expect(sent()).toBe(1);
  expect(client.status.get()).toEqual({ state: 'saved', unsent: 0 });
});

test('a letter is kept once before it is sent', async () => {
  const { client } = await open('a');
  const write = keeper.write.bind(keeper);
  let writes = 0;
  const before: number[] = [];
  keeper.write = async (key, what) => {
    writes += 1;
    await write(key, what);
  };
  const say = network.said.push.bind(network.said);
  network.said.push = (...events) => {
    if (events.some(({ event }) => event === 'client:ops')) before.push(writes);
    return say(...events);
  };
  client.submit([moved(5)]);
  await clock.pass(100);
  expect(before).toEqual([1]);
});

test.each([
  ['is stored after all, is not told as refused', true],
  ['was refused while nobody listened, is given back', false],
])('a step of which the welcome says nothing: %s', async (_, stored) => {
  const reasons: string[] = [];
  const { client } = await open('a', { refused: ({ reason }) => reasons.push(reason) });
  client.submit([{ op: 'graph.set', values: { zoom: 2 } }]);
  // Sent; it arrives in one case and not in the other, and the answer is lost in both.
  await clock.pass(stored ? 1.5 : 0.5);
  network.cut();
  if (!stored) server.use('c1@ina', 1);
  const connect = server.connect.bind(server);
  const late: Stored[] = [];
  server.connect = (user, send) =>
    connect(user, (event) => {
      // As if it were used up, and being stored at this moment.
      if (event.event === 'server:welcome') {
        send({ ...event, payload: { ...event.payload, accepted: {} } });
      } else if (event.event === 'server:catch_up') {
        late.push(...(event.payload.transactions ?? []));
        send({ ...event, payload: { ...event.payload, transactions: [] } });
      } else if (event.event !== 'server:ack' || !stored) send(event);
    });
  await clock.pass(2000);
  expect(late).toHaveLength(stored ? 1 : 0);
  const payload = { graph_id: '', epoch: 1, transactions: late };
  for (const socket of network.sockets) socket.onEvent({ event: 'server:ops', payload });
  await clock.pass(2000);
  expect(reasons).toEqual(stored ? [] : ['unknown']);
  expect(server.graph.settings.get('zoom')).toBe(stored ? 2 : undefined);
  expect(client.view.settings.get('zoom')).toBe(stored ? 2 : undefined);
  expect(client.status.get()).toEqual({ state: 'saved', unsent: 0 });
});

test('a step that the server cannot read is found and given back', async () => {
  const refused: string[] = [];
  const { client } = await open('a', { refused: ({ label }) => refused.push(label) });
  const say = server.connect.bind(server);
  server.connect = (user, send) => {
    const line = say(user, send);
    return {
      ...line,
      say: (event) => {
        if (event.event === 'client:ops' && event.payload.label === 'bad') {
          const { seq } = event.payload;
          const payload = { code: 'socket.bad_payload', message: 'No.', event: event.event, seq };
          send({ event: 'server:error', payload });
        } else line.say(event);
      },
    };
  };
  network.cut();
  client.submit([{ op: 'graph.set', values: { a: 1 } }]);
  client.submit([{ op: 'graph.set', values: { b: 1 } }], { label: 'bad' });
  client.submit([{ op: 'graph.set', values: { c: 1 } }]);
  await clock.pass(60_000);
  expect(refused).toEqual(['bad']);
  expect(Object.fromEntries(server.graph.settings)).toEqual({ a: 1, c: 1 });
  expect(client.status.get()).toEqual({ state: 'saved', unsent: 0 });
});

test.each([2, 9])('a step that the server fails to carry out %i times', async (times) => {
  const refused: string[] = [];
  const { client } = await open('a', { refused: ({ reason }) => refused.push(reason) });
  const connect = server.connect.bind(server);
  let failures = times;
  server.connect = (user, send) => {
    const line = connect(user, send);
    return {
      ...line,
      say: (event) => {
        if (event.event === 'client:ops' && event.payload.label === 'bad' && failures > 0) {
          failures -= 1;
          const { seq } = event.payload;
          const payload = { code: 'studio.fault', message: 'No.', event: event.event, seq };
          send({ event: 'server:error', payload });
        } else line.say(event);
      },
    };
  };
  network.cut();
  client.submit([{ op: 'graph.set', values: { a: 1 } }]);
  client.submit([{ op: 'graph.set', values: { b: 1 } }], { label: 'bad' });
  client.submit([{ op: 'graph.set', values: { c: 1 } }]);
  await clock.pass(60_000);
  // It is sent again, and given back when that does not help; others are stored in any case.
  expect(refused).toEqual(times === 2 ? [] : ['studio.fault']);
  const stored = times === 2 ? { a: 1, b: 1, c: 1 } : { a: 1, c: 1 };
  expect(Object.fromEntries(server.graph.settings)).toEqual(stored);
  expect(client.status.get()).toEqual({ state: 'saved', unsent: 0 });
});

describe('many clients', () => {
  test('all end with the server, whatever the network does', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 2 ** 31 }), async (seed) => {
        const chance = chanceOf(seed);
        const hand = new Hand(chance);
        clock = new FakeClock(chance);
        server = new MemoryServer();
        server.differences = chance() < 0.5;
        server.write('ina', SHOT, { op: 'node.add', id: uid(2), type: 'film.scene' });
        network = new Network(server, clock, () => chance() * 60);
        keeper = new MemoryKeeper();
        tabs = new Tabs();
        const stored = new Map<Client, [number, number][]>();
        const clients: Client[] = [];
        for (const [place, user] of ['ina', 'tom', 'ina'].entries()) {
          const seen: [number, number][] = [];
          const listener = {
            acknowledged: (seq: number, version: number) => void seen.push([seq, version]),
          };
          const { client } = await open(`t${place}`, listener, user);
          clients.push(client);
          stored.set(client, seen);
        }
        for (let step = 0; step < 60; step += 1) {
          const client = hand.pick(clients);
          if (client.replica.synced) client.submit([hand.operation(client.view)]);
          if (chance() < 0.05) client.undo();
          if (chance() < 0.05) network.cut(hand.pick(['ina', 'tom']));
          if (chance() < 0.02) {
            server.crash();
            network.cut();
          }
          await clock.pass(chance() * 80);
        }
        await clock.pass(60_000);
        for (const client of clients) {
          expect(client.status.get()).toEqual({ state: 'saved', unsent: 0 });
          expect(canonical(client.view)).toBe(canonical(server.graph));
          const { clientId } = client.replica;
          for (const [seq, version] of stored.get(client) ?? []) {
            if (server.idle.has(`${clientId} ${seq}`)) continue;
            expect(server.log[version - 1]).toMatchObject({ client_id: clientId, seq });
          }
        }
      }),
      { numRuns: Number(process.env.RUNS ?? 15) },
    );
  }, 600_000);
});
