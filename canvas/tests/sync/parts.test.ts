// The parts of the connection, one by one.

import { deflateSync } from 'node:zlib';
import { IDBFactory, IDBKeyRange } from 'fake-indexeddb';
import { expect, test, vi } from 'vitest';
import { Connection } from '../../src/lib/sync/connection';
import { FrameReader } from '../../src/lib/sync/frames';
import { IndexedDbKeeper, WebLocks } from '../../src/lib/sync/indexedDb';
import { type Kept, MemoryKeeper, Outbox } from '../../src/lib/sync/outbox';
import { Presence } from '../../src/lib/sync/presence';
import { Store } from '../../src/lib/sync/store';
import type { ServerEvent } from '../../src/lib/protocol/serverEvents';
import { MemoryServer } from '../graph/server';
import { FakeClock, Network } from './network';

vi.stubGlobal('IDBKeyRange', IDBKeyRange);

const kept = (seq: number): Kept => ({
  packed: {
    form: 1,
    nextSeq: seq + 1,
    texts: {},
    steps: [{ kind: 'undo', label: '', base: 0, seq, aside: -1, ops: [] }],
  },
  rejected: [],
});

function connect(clock: FakeClock) {
  const network = new Network(new MemoryServer(), clock, () => 0);
  const seen: string[] = [];
  const connection = new Connection({
    open: network.socketOf('ina'),
    clock,
    opened: () => seen.push(`open ${clock.now()}`),
    onEvent: (event) => seen.push(event.event),
    closed: () => seen.push('closed'),
    refused: (code) => seen.push(`refused ${code}`),
  });
  connection.start();
  return { network, connection, seen };
}

test('a connection comes back with growing pauses', async () => {
  const clock = new FakeClock(() => 1);
  const { network, seen } = connect(clock);
  await clock.pass(0);
  network.up = false;
  network.cut();
  await clock.pass(250 + 500 + 1000 - 1);
  network.up = true;
  await clock.pass(1);
  expect(seen.filter((one) => one.startsWith('open'))).toEqual(['open 0', 'open 1750']);
});

test('a server that goes down says when to come back', async () => {
  const clock = new FakeClock(() => 0);
  const { network, connection, seen } = connect(clock);
  await clock.pass(0);
  connection.retryIn = 5;
  network.cut();
  await clock.pass(4999);
  expect(seen).toEqual(['open 0', 'closed']);
  await clock.pass(1);
  expect(seen).toEqual(['open 0', 'closed', 'open 5000']);
});

test.each([4401, 4403, 4404])('after %i nobody knocks again', async (code) => {
  const clock = new FakeClock();
  const { network, seen } = connect(clock);
  await clock.pass(0);
  for (const socket of network.sockets) socket.break(code);
  await clock.pass(100_000);
  expect(seen).toEqual(['open 0', 'closed', `refused ${code}`]);
});

test('who says nothing for two beats is gone', async () => {
  const clock = new FakeClock(() => 1);
  const { network, connection, seen } = connect(clock);
  await clock.pass(0);
  connection.heartbeat = 10;
  await clock.pass(100_000);
  expect(seen.filter((one) => one === 'server:pong')).toHaveLength(10);
  expect(seen).not.toContain('closed');
  network.server.connect = () => ({ say: () => undefined, leave: () => undefined });
  network.cut();
  await clock.pass(31_000);
  expect(seen.filter((one) => one === 'closed')).toHaveLength(2);
});

test('large frames are inflated, and the order stays', async () => {
  const heard: string[] = [];
  const { promise, resolve } = deferred();
  const reader = new FrameReader(
    (event) => {
      heard.push(event.event);
      if (heard.length === 3) resolve();
    },
    () => heard.push('broken'),
  );
  reader.read(deflateSync(JSON.stringify({ event: 'server:full_sync', payload: {} })));
  reader.read(JSON.stringify({ event: 'server:ops', payload: {} }));
  reader.read(deflateSync(JSON.stringify({ event: 'server:ack', payload: {} })));
  await promise;
  expect(heard).toEqual(['server:full_sync', 'server:ops', 'server:ack']);
});

test.each(['{"event', new Uint8Array([1, 2, 3])])('a broken frame is told', async (frame) => {
  const { promise, resolve } = deferred();
  new FrameReader(() => undefined, resolve).read(frame);
  await promise;
});

function deferred(): { promise: Promise<void>; resolve: () => void } {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((call) => {
    resolve = call;
  });
  return { promise, resolve };
}

test('places are told at most twenty times a second, whole after a new connection', async () => {
  const clock = new FakeClock();
  const said: unknown[] = [];
  const presence = new Presence((place) => Boolean(said.push(place)), clock);
  for (let x = 0; x <= 100; x += 1) {
    presence.move({ cursor: [x, 0] });
    if (x === 50) presence.move({ selection: ['n'] });
    await clock.pass(10);
  }
  await clock.pass(50);
  // 1,060 ms, and the first at once.
  expect(said.length).toBeGreaterThan(18);
  expect(said.length).toBeLessThanOrEqual(22);
  expect(said.at(-1)).toEqual({ cursor: [100, 0] });
  presence.joined([]);
  expect(said.at(-1)).toEqual({ cursor: [100, 0], selection: ['n'] });
});

test('people come, move and go', () => {
  const presence = new Presence(() => true, new FakeClock());
  const ina = { session_id: 's', user_id: 'u', name: 'Ina', colour: '#888888' };
  presence.joined([ina]);
  presence.changed({ people: [{ ...ina, cursor: [1, 2] }] });
  expect(presence.people.get().get('s')?.cursor).toEqual([1, 2]);
  presence.changed({ gone: ['s'] });
  expect(presence.people.get().size).toBe(0);
});

test('outboxes lie in IndexedDB, by owner and place', async () => {
  const factory = new IDBFactory();
  const keeper = new IndexedDbKeeper(factory);
  await keeper.write('ina/p/c1', kept(1));
  await keeper.write('ina/p/c2', kept(2));
  await keeper.write('tom/p/c3', kept(3));
  await keeper.close();
  const later = new IndexedDbKeeper(factory);
  expect(await later.keys('ina/p/')).toEqual(['ina/p/c1', 'ina/p/c2']);
  expect(await later.read('ina/p/c2')).toEqual(kept(2));
  await later.remove('ina/p/c2');
  expect(await later.read('ina/p/c2')).toBeUndefined();
});

test('what is kept last is what stays, and is kept when the promise says so', async () => {
  const keeper = new MemoryKeeper();
  const outbox = new Outbox(keeper, 'k', 'c', undefined, () => undefined);
  const write = vi.spyOn(keeper, 'write');
  const saves = [1, 2, 3, 4].map((seq) => outbox.save(() => kept(seq)));
  await saves[3];
  expect(keeper.kept.get('k')?.packed.nextSeq).toBe(5);
  expect(write.mock.calls.length).toBeLessThanOrEqual(2);
});

test('a store that fails does not stop the work', async () => {
  const keeper = new MemoryKeeper();
  vi.spyOn(keeper, 'write').mockRejectedValue(new Error('full'));
  const outbox = new Outbox(keeper, 'k', 'c', undefined, () => undefined);
  await outbox.save(() => kept(1));
  await outbox.save(() => kept(2));
});

test('a lock is held until it is released, and without locks nothing is claimed', async () => {
  const held = new Set<string>();
  const manager = {
    async request(name: string, _: unknown, call: (lock: unknown) => Promise<void> | undefined) {
      if (held.has(name)) return call(null);
      held.add(name);
      await call({ name });
      held.delete(name);
      return undefined;
    },
  } as unknown as LockManager;
  const locks = new WebLocks(manager);
  const release = await locks.claim('a');
  expect(release).toBeDefined();
  expect(await locks.claim('a')).toBeUndefined();
  release?.();
  await Promise.resolve();
  await Promise.resolve();
  expect(await locks.claim('a')).toBeDefined();
  expect(await new WebLocks(undefined).claim('a')).toBeUndefined();
});

test('a store tells its value at once and each other one', () => {
  const store = new Store(1);
  const seen: number[] = [];
  const end = store.subscribe((value) => seen.push(value));
  store.set(1);
  store.set(2);
  end();
  store.set(3);
  expect(seen).toEqual([1, 2]);
});

test('an event that nobody knows is passed on', () => {
  const heard: ServerEvent[] = [];
  new FrameReader(
    (event) => heard.push(event),
    () => undefined,
  ).read('{"event":"server:new","payload":{}}');
  expect(heard).toEqual([{ event: 'server:new', payload: {} }]);
});
