import { expect, test } from 'vitest';
import type { Edge } from '../../src/lib/graph/model';
import { looksOf, moveLayer, removeLayer } from '../../src/lib/nodes/composite/layers';

const edges = ['a0', 'a1', 'a2'].map((order, at) => ({ id: `e${at}`, order })) as unknown as Edge[];
const looks = [
  { blend: 'normal', opacity: 1 },
  { blend: 'screen', opacity: 0.5 },
  { blend: 'add', opacity: 0.2 },
];

test('what is not described is normal and opaque', () => {
  expect(looksOf([{ blend: 'screen', opacity: 0.5 }, {}, 'x'], 4)).toEqual([
    looks[1], looks[0], looks[0], looks[0],
  ]);
});

test('a layer takes its look along, and its wire gets a place between the others', () => {
  const [order, look] = moveLayer('n', edges, looks, 2, 1);
  expect(order).toMatchObject({ op: 'edge.set', id: 'e2' });
  const key = (order as { order: string }).order;
  expect(key > 'a0' && key < 'a1').toBe(true);
  expect(look).toEqual({ op: 'node.set', id: 'n', values: { 'data.layers': [looks[0], looks[2], looks[1]] } });
  const [top] = moveLayer('n', edges, looks, 0, 2);
  expect((top as { order: string }).order > 'a2').toBe(true);
  expect(moveLayer('n', edges, looks, 2, 3)).toEqual([]);
});

test('wires with the same place are put in order anew', () => {
  const same = edges.map((edge) => ({ ...edge, order: 'a0' }));
  const steps = moveLayer('n', same, looks, 2, 1);
  const keys = steps.flatMap((step) => (step.op === 'edge.set' ? [[step.order, step.id]] : []));
  expect(keys.toSorted().map(([, id]) => id)).toEqual(['e0', 'e2', 'e1']);
});

test('a layer that is taken away takes its look with it', () => {
  expect(removeLayer('n', edges, looks, 1)).toEqual([
    { op: 'edge.remove', ids: ['e1'] },
    { op: 'node.set', id: 'n', values: { 'data.layers': [looks[0], looks[2]] } },
  ]);
});
