// What a remote move costs in a graph of 10,000 nodes, beside a bare write of an object.

import { readFileSync } from 'node:fs';
import { Registry } from '../src/lib/graph/registry';
import { Replica } from '../src/lib/graph/replica';
import type { Operation } from '../src/lib/graph/operations';
import type { Stored, SyncedGraph } from '../src/lib/protocol/serverEvents';

const NODES = 10_000;
const MOVES = 100_000;

const told = JSON.parse(
  readFileSync(
    new URL('../../tests/graph/vectors/registry/film.json', import.meta.url),
    'utf8',
  ),
);
const film = new Registry(told.node_types, told.socket_types, told.converters);
const uid = (number: number): string =>
  `${number.toString(16).padStart(8, '0')}-0000-7000-8000-000000000000`;

const nodes = Array.from({ length: NODES }, (_, number) => ({
  id: uid(number),
  type: number % 25 === 0 ? 'film.scene' : 'film.shot',
  parent: number % 25 === 0 ? null : uid(number - (number % 25)),
  pos: [number, 0] as const,
  data: { code: String(number).padStart(3, '0') },
  text: (number % 25 === 0 ? {} : { prompt: 'The sea at night.' }) as Record<string, string>,
}));
const edges = nodes.flatMap(({ id }, number) =>
  number % 25 > 1
    ? [
        {
          id: uid(number + 0x100000),
          source: uid(number - 1),
          source_socket: 'next',
          target: id,
          target_socket: 'previous',
        },
      ]
    : [],
);
const graph: SyncedGraph = { id: 'g', version: 0, epoch: 1, nodes, edges, settings: {} };

const moves: Stored[] = Array.from({ length: MOVES }, (_, number) => ({
  version: number + 1,
  client_id: 'other',
  seq: number + 1,
  user_id: 'tom',
  ops: [
    {
      op: 'node.set',
      id: uid((number * 7919) % NODES),
      values: { pos: [number % 1000, number % 700] },
      clear: [],
    },
  ] as Operation[],
}));

function time(name: string, count: number, run: () => void): void {
  const start = performance.now();
  run();
  const each = ((performance.now() - start) * 1000) / count;
  console.log(`${name.padEnd(62)} ${each.toFixed(each < 10 ? 2 : 0)} µs`);
}

function fresh(): { replica: Replica; seen: number[] } {
  const seen = [0];
  const replica = new Replica(film, { changed: () => void (seen[0] = (seen[0] ?? 0) + 1) });
  replica.reset(graph);
  void replica.view.adjacency.children;
  void replica.view.adjacency.incoming;
  return { replica, seen };
}

const receive = ({ replica }: ReturnType<typeof fresh>): void => {
  for (const move of moves) replica.receive([move]);
};

for (let round = 0; round < 3; round += 1) {
  console.log(`round ${round + 1}`);
  const bare = new Map(nodes.map((node) => [node.id, node]));
  time('a bare write: look up, new object, put', MOVES, () => {
    for (const { ops } of moves) {
      const [op] = ops as [Extract<Operation, { op: 'node.set' }>];
      const node = bare.get(op.id);
      if (node) bare.set(op.id, { ...node, ...op.values });
    }
  });
  const idle = fresh();
  time('a remote move, nothing pending', MOVES, () => receive(idle));
  const busy = fresh();
  for (let number = 0; number < 8; number += 1) {
    busy.replica.submit([{ op: 'graph.set', values: { [`key${number}`]: 1 } }]);
  }
  busy.replica.submit([{ op: 'node.remove', ids: [uid(25)] }]);
  time('a remote move, nine steps pending elsewhere', MOVES, () => receive(busy));
  const mine = fresh();
  const place = { pos: [1, 1] };
  for (let number = 0; number < NODES; number += 50) {
    mine.replica.submit([{ op: 'node.set', id: uid(number), values: place }], { fresh: true });
  }
  time('a remote move, 200 nodes with a pending move of their own', MOVES, () => receive(mine));
  const alone = fresh();
  time("one's own move, predicted", 10_000, () => {
    for (const { ops } of moves.slice(0, 10_000)) alone.replica.submit(ops, { fresh: true });
  });
  time('a whole graph of 10,000 nodes', 1, () => void fresh());
}
