// What a person sees while others work and the server answers, rule by rule.

import { beforeEach, describe, expect, test } from 'vitest';
import type { Operation } from '../../src/lib/graph/operations';
import { Registry } from '../../src/lib/graph/registry';
import { type Listener, type Refusal, Replica } from '../../src/lib/graph/replica';
import type { Stored } from '../../src/lib/protocol/serverEvents';
import { FILM, uid } from './film';
import { MemoryServer } from './server';

const START: Operation[] = [
  { op: 'node.add', id: uid(1), type: 'film.scene' },
  { op: 'node.add', id: uid(2), type: 'film.shot', parent: uid(1), text: { prompt: 'the sea' } },
  { op: 'node.add', id: uid(3), type: 'film.shot', parent: uid(1) },
  { op: 'node.add', id: uid(4), type: 'film.character' },
];
const set = (id: number, values: Record<string, unknown>): Operation => ({
  op: 'node.set',
  id: uid(id),
  values,
});
const edit = (delta: (number | string)[]): Operation => ({
  op: 'text.edit',
  id: uid(2),
  field: 'prompt',
  base: 0,
  delta,
});
const link = (
  edge: number,
  source: number,
  target: number,
  source_socket = 'next',
  target_socket = 'previous',
): Operation => ({
  op: 'edge.add',
  id: uid(edge),
  source: uid(source),
  source_socket,
  target: uid(target),
  target_socket,
});
const shot = (id: number): Operation => ({ op: 'node.add', id: uid(id), type: 'film.shot' });

let server: MemoryServer;
let replica: Replica;
let changed: string[][];
let refused: Refusal[];
let line: ReturnType<MemoryServer['connect']>;

beforeEach(() => {
  server = new MemoryServer();
  server.write('tom', ...START);
  changed = [];
  refused = [];
  const listener: Listener = {
    changed: (ids) => changed.push([...ids]),
    refused: (refusal) => refused.push(refusal),
  };
  replica = new Replica(FILM, listener, 'c1');
  line = server.connect('ina', (event) => {
    if (event.event === 'server:welcome') replica.welcome(event.payload);
    else if (event.event === 'server:full_sync') replica.reset(event.payload.graph);
    else if (event.event === 'server:ops') replica.receive(event.payload.transactions);
    else if (event.event === 'server:rejected') replica.reject(event.payload);
  });
  line.say({ event: 'client:hello', payload: { client_id: 'c1' } });
  changed.length = 0;
});

/** Send all that may be sent; the answers come at once. */
function send(): void {
  for (let event = replica.next(); event; event = replica.next()) line.say(event);
}

const prompt = (): string | undefined => replica.view.nodes.get(uid(2))?.text.prompt;

describe('a field with a pending write', () => {
  test('does not move when somebody else writes it', () => {
    replica.submit([set(2, { pos: [10, 10], 'data.code': '020' })]);
    changed.length = 0;
    server.write('tom', set(2, { pos: [99, 99] }));
    expect(replica.view.nodes.get(uid(2))?.pos).toEqual([10, 10]);
    expect(replica.confirmed.nodes.get(uid(2))?.pos).toEqual([99, 99]);
    expect(changed).toEqual([]);
  });

  test('lets the other fields of its node move', () => {
    replica.submit([set(2, { pos: [10, 10] })]);
    server.write('tom', set(2, { size: [5, 5] }));
    expect(replica.view.nodes.get(uid(2))).toMatchObject({ pos: [10, 10], size: [5, 5] });
  });

  test('holds for settings and for edges too', () => {
    server.write('tom', link(0x10, 2, 3));
    replica.submit([{ op: 'graph.set', values: { zoom: 2 } }]);
    replica.submit([{ op: 'edge.set', id: uid(0x10), strength: 0.5 }]);
    server.write('tom', { op: 'graph.set', values: { zoom: 3, theme: 'dark' } });
    server.write('tom', { op: 'edge.set', id: uid(0x10), strength: 0.25, label: 'key' });
    expect(Object.fromEntries(replica.view.settings)).toEqual({ zoom: 2, theme: 'dark' });
    expect(replica.view.edges.get(uid(0x10))).toMatchObject({ strength: 0.5, label: 'key' });
  });
});

describe("one's own acknowledgement", () => {
  test('changes nothing on the screen', () => {
    replica.submit([set(2, { pos: [1, 1] }), edit([4, 'wild '])]);
    replica.submit([link(0x10, 2, 3), { op: 'node.add', id: uid(9), type: 'film.shot' }]);
    replica.submit([{ op: 'node.remove', ids: [uid(4)] }]);
    const before = new Map<string, unknown>([...replica.view.nodes, ...replica.view.edges]);
    changed.length = 0;
    send();
    expect(replica.steps).toEqual([]);
    expect(changed).toEqual([]);
    const after = new Map<string, unknown>([...replica.view.nodes, ...replica.view.edges]);
    expect([...after.keys()].sort()).toEqual([...before.keys()].sort());
    for (const [id, record] of after) expect(record).toBe(before.get(id));
  });

  test('changes nothing when others wrote beside it', () => {
    replica.submit([edit([4, 'wild '])]);
    server.write('tom', edit([7, ' at night']));
    changed.length = 0;
    send();
    expect(changed).toEqual([]);
    expect(prompt()).toBe('the wild sea at night');
  });
});

describe('structure', () => {
  test('a pending step inside a container that goes is not shown, and refused in the end', () => {
    replica.submit([{ op: 'node.add', id: uid(9), type: 'film.shot', parent: uid(1) }]);
    server.write('tom', { op: 'node.remove', ids: [uid(1)] });
    expect([...replica.view.nodes.keys()]).toEqual([uid(4)]);
    send();
    expect(refused.map(({ reason }) => reason)).toEqual(['parent_gone']);
    expect(replica.steps).toEqual([]);
  });

  test('a pending removal takes with it what somebody puts in', () => {
    replica.submit([{ op: 'node.remove', ids: [uid(1)] }]);
    server.write('tom', { op: 'node.add', id: uid(9), type: 'film.shot', parent: uid(1) });
    expect([...replica.view.nodes.keys()]).toEqual([uid(4)]);
    send();
    expect([...replica.confirmed.nodes.keys()]).toEqual([uid(4)]);
  });

  test('two links that together close a circle are never both seen', () => {
    replica.submit([link(0x10, 2, 3)]);
    server.write('tom', link(0x11, 3, 2));
    expect([...replica.view.edges.keys()]).toEqual([uid(0x11)]);
    send();
    expect(refused.map(({ reason }) => reason)).toEqual(['cycle']);
  });

  test('a circle is seen even when it closes where nothing is pending', () => {
    server.write('tom', ...[5, 6].map((n): Operation => shot(n)), link(0x11, 3, 5), link(0x12, 6, 2));
    replica.submit([link(0x10, 2, 3)]);
    server.write('tom', link(0x13, 5, 6));
    expect(replica.view.edges.has(uid(0x10))).toBe(false);
    expect(replica.view.edges.has(uid(0x13))).toBe(true);
  });

  test('what looks the same after a rewind is the same record', () => {
    replica.submit([link(0x10, 2, 3), set(2, { pos: [5, 5] })]);
    const before = replica.view.nodes.get(uid(2));
    changed.length = 0;
    server.write('tom', link(0x11, 4, 3, 'character', 'characters'));
    expect(changed).toEqual([[uid(0x11)]]);
    expect(replica.view.nodes.get(uid(2))).toBe(before);
    expect(replica.view.edges.size).toBe(2);
  });

  test('rewinds only what the pending steps mention', () => {
    replica.submit([link(0x10, 2, 3)]);
    const untouched = replica.view.nodes.get(uid(4));
    changed.length = 0;
    server.write('tom', { op: 'node.remove', ids: [uid(3)] });
    expect(changed.flat().sort()).toEqual([uid(3), uid(0x10)].sort());
    expect(replica.view.nodes.get(uid(4))).toBe(untouched);
  });

  test('nodes that others put into each other are never moved into a circle', () => {
    server.write('tom', { op: 'node.add', id: uid(8), type: 'film.scene' });
    replica.submit([{ op: 'node.move', id: uid(1), parent: uid(8), order: 'a0' }]);
    server.write('tom', { op: 'node.move', id: uid(8), parent: uid(1), order: 'a0' });
    expect(replica.view.nodes.get(uid(8))?.parent).toBe(uid(1));
    expect(replica.view.nodes.get(uid(1))?.parent).toBeNull();
  });
});

describe('a refused step', () => {
  test('goes from the view and tells why, and what was typed after it stands', () => {
    server.write('tom', set(3, { locked: false }));
    replica.submit([edit([4, 'wild ']), set(3, { 'data.code': '010' })]);
    replica.submit([edit([12, ' 🌊'])], { fresh: true });
    const event = replica.next();
    replica.reject({ seq: 1, reason: 'forbidden', message: 'You may not.' });
    expect(event).not.toBeNull();
    expect(prompt()).toBe('the sea 🌊');
    expect(refused).toMatchObject([{ reason: 'forbidden', message: 'You may not.' }]);
    expect(replica.view.nodes.get(uid(3))?.data).toEqual({});
    line.say({ event: 'client:ops', payload: { seq: 1, ops: [] } });
    send();
    expect(server.graph.nodes.get(uid(2))?.text.prompt).toBe('the sea 🌊');
  });

  test('is refused at once when it makes no sense here, and changes nothing', () => {
    const rejection = replica.submit([link(0x10, 2, 3), link(0x11, 3, 2)]);
    expect(rejection?.reason).toBe('cycle');
    expect(replica.steps).toEqual([]);
    expect(replica.view.edges.size).toBe(0);
    expect(changed).toEqual([]);
  });
});

describe('texts', () => {
  test('pending edits are carried over the edits of others', () => {
    replica.submit([edit([0, '🌊 '])]);
    server.write('tom', edit([3, ' wild']));
    expect(prompt()).toBe('🌊 the wild sea');
    send();
    expect(server.graph.nodes.get(uid(2))?.text.prompt).toBe('🌊 the wild sea');
  });

  test('where two write at one place, who was stored first stands first, on every screen', () => {
    replica.submit([edit([3, ' cold'])]);
    server.write('tom', edit([3, ' wild']));
    expect(prompt()).toBe('the wild cold sea');
    send();
    expect(server.graph.nodes.get(uid(2))?.text.prompt).toBe('the wild cold sea');
  });

  test('a text that is written whole is not changed by what others did to it before', () => {
    replica.submit([set(2, { 'text.prompt': 'night' })]);
    replica.submit([edit([5, '!'])]);
    server.write('tom', edit([0, 'By ']));
    expect(prompt()).toBe('night!');
    send();
    expect(server.graph.nodes.get(uid(2))?.text.prompt).toBe('night!');
  });

  test('a text that comes anew with its node is not changed by what others did before', () => {
    replica.submit([{ op: 'node.remove', ids: [uid(2)] }]);
    replica.submit([{ op: 'node.add', id: uid(2), type: 'film.shot', text: { prompt: 'night' } }]);
    replica.submit([edit([5, '!'])]);
    server.write('tom', edit([0, 'By ']));
    expect(prompt()).toBe('night!');
    send();
    expect(server.graph.nodes.get(uid(2))?.text.prompt).toBe('night!');
  });

  test('pending edits are carried over a text that is written whole', () => {
    replica.submit([edit([7, '!'])]);
    server.write('tom', set(2, { 'text.prompt': 'at night the sea' }));
    expect(prompt()).toBe('at night the sea!');
    send();
    expect(server.graph.nodes.get(uid(2))?.text.prompt).toBe('at night the sea!');
  });

  test('pending edits are carried over a difference, with what was stored unseen', () => {
    const lost: Stored[][] = [];
    line.leave();
    line = server.connect('ina', (event) => {
      if (event.event === 'server:ops') lost.push([...event.payload.transactions]);
      else if (event.event === 'server:welcome') replica.welcome(event.payload);
      else if (event.event === 'server:catch_up') {
        replica.catchUp(event.payload.ops ?? [], event.payload.version);
      }
    });
    const hello = () =>
      line.say({
        event: 'client:hello',
        payload: { client_id: 'c1', next_seq: replica.nextSeq, since: replica.version, epoch: 1 },
      });
    server.differences = true;
    hello();
    replica.submit([edit([3, ' wild'])]);
    send();
    replica.submit([edit([12, '!'])]);
    server.write('tom', set(2, { 'text.prompt': 'by night the wild sea' }));
    expect(lost.length).toBe(2);
    replica.disconnect();
    changed.length = 0;
    hello();
    expect(prompt()).toBe('by night the wild sea!');
    send();
    expect(server.graph.nodes.get(uid(2))?.text.prompt).toBe('by night the wild sea!');
  });

  test('a text that nobody has touched is edited as it is shown, with its default', () => {
    const type = {
      id: 'test.note',
      title: 'Note',
      kind: 'value',
      version: '1.0.0',
      inputs: [],
      outputs: [],
      params: { properties: { body: { 'x-collab': 'text', type: 'string', default: 'Dear' } } },
    };
    const own = new Replica(new Registry([type], []), {}, 'c1');
    const nodes = [{ id: uid(9), type: 'test.note' }];
    own.reset({ id: 'g', version: 1, epoch: 1, nodes, edges: [], settings: {} });
    const write = (delta: (number | string)[]): Operation => ({
      op: 'text.edit',
      id: uid(9),
      field: 'body',
      base: 1,
      delta,
    });
    const body = () => own.view.nodes.get(uid(9))?.text.body;
    own.submit([write([4, ' Ina'])]);
    own.submit([write([8, ','])]);
    expect(body()).toBe('Dear Ina,');
    const ops: Operation[] = [
      { op: 'node.set', id: uid(9), values: { 'text.body': 'Dear' }, clear: [] },
      write(['My ']),
    ];
    own.receive([{ version: 2, client_id: 'other', seq: 1, user_id: 'tom', ops }]);
    expect(body()).toBe('My Dear Ina,');
    own.next();
    const effect = write([7, ' Ina,']);
    const mine = { version: 3, client_id: 'c1', seq: 1, user_id: 'ina', ops: [effect] };
    expect(own.receive([mine])).toBe(true);
    expect([body(), own.steps.length]).toEqual(['My Dear Ina,', 0]);
  });

  test('typing becomes one step while it waits, and nothing else does', () => {
    replica.submit([edit([7, ' '])]);
    replica.submit([edit([8, 'a'])]);
    replica.submit([edit([9, 't'])]);
    replica.submit([set(2, { 'data.code': '010' })]);
    replica.submit([set(2, { 'data.code': '020' })]);
    expect(replica.steps.map(({ ops }) => ops)).toMatchObject([
      [{ op: 'text.edit', delta: [7, ' at'] }],
      [{ values: { 'data.code': '010' } }],
      [{ values: { 'data.code': '020' } }],
    ]);
  });

  test('one edit of a text is under way at a time', () => {
    replica.submit([edit([7, '!'])]);
    expect(replica.next()).not.toBeNull();
    replica.submit([edit([8, '!'])]);
    expect(replica.next()).toBeNull();
    replica.submit([edit([9, '!'])]);
    expect(replica.steps).toHaveLength(2);
  });
});

test('a difference may pass through states that no rule would let through', () => {
  // A shot left a scene, and the scene went: the difference names the scene first.
  replica.catchUp(
    [
      { op: 'node.remove', ids: [uid(1)] },
      { op: 'node.move', id: uid(2), parent: null, order: 'a0' },
      { op: 'node.move', id: uid(3), parent: null, order: 'a1' },
    ],
    2,
  );
  expect([...replica.view.nodes.keys()]).toEqual([uid(2), uid(3), uid(4)]);
  expect(replica.view.children(null).map(({ id }) => id)).toEqual([uid(2), uid(4), uid(3)]);
});

describe('an undo', () => {
  const undo = (): void => replica.request('undo');
  const pos = (id: number): unknown => replica.view.nodes.get(uid(id))?.pos;

  test('is seen at once, and its answer changes nothing', () => {
    replica.submit([set(2, { pos: [10, 10], 'data.code': '020' })]);
    replica.submit([link(0x10, 2, 3)]);
    send();
    undo();
    undo();
    expect(replica.view.edges.size).toBe(0);
    expect(replica.view.nodes.get(uid(2))).toMatchObject({ pos: [0, 0], data: {} });
    changed.length = 0;
    send();
    expect(changed).toEqual([]);
    expect(replica.steps).toEqual([]);
    expect(server.graph.edges.size).toBe(0);
  });

  test('of a step that is not answered is seen at once, and so is its redo', () => {
    replica.submit([set(2, { pos: [10, 10] })]);
    undo();
    expect(pos(2)).toEqual([0, 0]);
    replica.request('redo');
    expect(pos(2)).toEqual([10, 10]);
    changed.length = 0;
    send();
    expect(changed).toEqual([]);
    expect(server.graph.nodes.get(uid(2))?.pos).toEqual([10, 10]);
  });

  test('brings back a node with all that was connected to it', () => {
    server.write('tom', link(0x10, 2, 3));
    replica.submit([{ op: 'node.remove', ids: [uid(1)] }]);
    send();
    expect(replica.view.nodes.size).toBe(1);
    undo();
    expect(replica.view.nodes.size).toBe(4);
    expect(replica.view.edges.has(uid(0x10))).toBe(true);
    changed.length = 0;
    send();
    expect(changed).toEqual([]);
    expect(server.graph.edges.has(uid(0x10))).toBe(true);
  });

  test('of typing takes back what was typed, step by step, wherever others typed', () => {
    replica.submit([edit([3, ' wild'])]);
    send();
    replica.submit([edit([8, ' cold'])]);
    send();
    undo();
    undo();
    expect(prompt()).toBe('the sea');
    send();
    expect(prompt()).toBe('the sea');
    replica.submit([edit([7, '!'])]);
    server.write('tom', { op: 'text.edit', id: uid(2), field: 'prompt', base: server.graph.version, delta: ['by '] });
    expect(prompt()).toBe('by the sea!');
    undo();
    expect(prompt()).toBe('by the sea');
  });

  test('leaves alone what somebody else wrote since', () => {
    replica.submit([set(2, { pos: [10, 10], 'data.code': '020' })]);
    send();
    server.write('tom', set(2, { pos: [5, 5] }));
    undo();
    expect(replica.view.nodes.get(uid(2))).toMatchObject({ pos: [5, 5], data: {} });
  });

  test('of a step that is refused is not shown any more', () => {
    replica.submit([set(2, { pos: [10, 10] }), edit([7, '!'])]);
    const event = replica.next();
    undo();
    replica.submit([edit([7, '?'])]);
    expect(prompt()).toBe('the sea?');
    server.write('tom', set(2, { pos: [5, 5] }));
    if (event?.event !== 'client:ops') throw new Error('A step was expected.');
    replica.reject({ seq: event.payload.seq, reason: 'locked', message: 'Locked.' });
    expect(pos(2)).toEqual([5, 5]);
    expect(prompt()).toBe('the sea?');
  });

  test('of what this client has not seen waits for the server', () => {
    replica.submit([set(2, { pos: [10, 10] })]);
    send();
    replica.catchUp([], replica.version);
    undo();
    expect(pos(2)).toEqual([10, 10]);
    send();
    expect(pos(2)).toEqual([0, 0]);
  });

  test('is none of the steps of the studio', () => {
    replica.submit([set(2, { pos: [10, 10] })]);
    send();
    const { id, version } = server.graph;
    replica.receive([
      {
        version: version + 1,
        client_id: id,
        seq: 1,
        user_id: 'ina',
        origin: 'system',
        ops: [set(2, { 'data.active_take': 'a' })],
      },
    ]);
    undo();
    expect(replica.view.nodes.get(uid(2))).toMatchObject({ pos: [0, 0], data: { active_take: 'a' } });
  });
});
