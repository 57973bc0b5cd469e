// Which nodes are mounted frame by frame.
import { expect, test } from 'vitest';
import { AT_ONCE, Mounting } from '../../src/lib/canvas/mounting';

const ids = (count: number, from = 0): string[] => Array.from({ length: count }, (_, at) => `n${at + from}`);
const wanted = (near: string[], pinned: string[] = [], far = false) => ({ near, pinned, far, exists: () => true });

test('a few are mounted in each frame, the nearest first, until all are', () => {
  const mounting = new Mounting();
  const near = ids(AT_ONCE * 3);
  const first = mounting.turn(wanted(near), 0);
  expect([...first.mounted]).toEqual(near.slice(0, AT_ONCE));
  expect(first.waiting).toEqual(near.slice(AT_ONCE));
  expect(first.againIn).toBe(0);
  mounting.turn(wanted(near), 16);
  const last = mounting.turn(wanted(near), 33);
  expect(last.mounted).toEqual(new Set(near));
  expect(last).toMatchObject({ waiting: [], againIn: undefined });
});

test('what is in the hand is mounted at once and takes no turn', () => {
  const near = ids(10);
  const turn = new Mounting().turn(wanted(near, ['n9', 'away']), 0);
  expect(turn.mounted).toEqual(new Set(['n9', 'away', ...near.slice(0, AT_ONCE)]));
});

test('nodes that left the view go at once', () => {
  const mounting = new Mounting();
  mounting.turn(wanted(ids(AT_ONCE)), 0);
  expect(mounting.turn(wanted(ids(1, 50)), 16).mounted).toEqual(new Set(['n50']));
});

test('who zooms out and in again finds the nodes mounted; who stays out lets them go bit by bit', () => {
  const mounting = new Mounting();
  const near = ids(AT_ONCE * 5);
  for (let frame = 0; frame < 5; frame += 1) mounting.turn(wanted(near), frame);
  const out = mounting.turn(wanted([], [], true), 100);
  expect(out.mounted.size).toBe(near.length);
  expect(out.againIn).toBeGreaterThan(1000);
  expect(mounting.turn(wanted(near), 200).waiting).toEqual([]);

  mounting.turn(wanted([], [], true), 300);
  const later = mounting.turn(wanted([], [], true), 300 + 5_000);
  expect(later.mounted.size).toBeLessThan(near.length);
  expect(later.mounted.size).toBeGreaterThan(0);
  let left = later;
  for (let frame = 0; left.againIn !== undefined; frame += 1) {
    expect(frame).toBeLessThan(near.length);
    left = mounting.turn(wanted([], [], true), 6_000 + frame);
  }
  expect(left.mounted.size).toBe(0);
});

test('a node that is gone does not stay', () => {
  const mounting = new Mounting();
  mounting.turn(wanted(ids(1)), 0);
  expect(mounting.turn({ ...wanted([], [], true), exists: () => false }, 16).mounted.size).toBe(0);
});

test('while a person zooms, what is mounted stays and nothing else is mounted', () => {
  const mounting = new Mounting();
  mounting.turn(wanted(ids(AT_ONCE)), 0);
  const held = { ...wanted(ids(AT_ONCE * 2, 1)), held: true };
  const during = mounting.turn(held, 16);
  expect(during.mounted).toEqual(new Set(ids(AT_ONCE)));
  expect(during.waiting).toEqual(ids(AT_ONCE * 2, 1).filter((id) => !during.mounted.has(id)));
  expect(during.againIn).toBeUndefined();
  expect(mounting.turn({ ...held, held: false }, 300).mounted.has('n0')).toBe(false);
});
