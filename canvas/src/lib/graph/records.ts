// Records of nodes and edges: their registers checked, and whole ones as operations.

import type { Edge, Node, Point } from './model';
import type { AddEdge, AddNode } from './operations';
import { BadValue, checkText } from './values';

const FAR = 1e7;
const ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[089ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** Whether a text is a UUID in its one lower-case form. */
export const isId = (text: unknown): text is string => typeof text === 'string' && ID.test(text);

export function wholeNode(node: Node): AddNode {
  return { op: 'node.add', ...node };
}

export function wholeEdge(edge: Edge): AddEdge {
  return { op: 'edge.add', ...edge, replace: false };
}

/** The nodes in an order in which each can be added: containers before what lies in them. */
export function parentsFirst(nodes: ReadonlyMap<string, Node>): Node[] {
  const placed = new Map<string, Node>();
  for (const node of nodes.values()) {
    const chain = [node];
    let parent = node.parent === null ? undefined : nodes.get(node.parent);
    while (parent !== undefined && !placed.has(parent.id)) {
      chain.push(parent);
      parent = parent.parent === null ? undefined : nodes.get(parent.parent);
    }
    for (const link of chain.reverse()) placed.set(link.id, link);
  }
  return [...placed.values()];
}

export function register(path: string, value: unknown): unknown {
  if (path === 'pos') return point(value);
  if (path === 'size') return value === null ? null : extent(value);
  if (typeof value !== 'boolean') throw new BadValue('invalid', 'locked is true or false');
  return value;
}

export const point = (value: unknown): Point => pair(value, 'a position');

export function extent(value: unknown): Point {
  const [width, height] = pair(value, 'a size');
  if (width <= 0 || height <= 0) {
    throw new BadValue('invalid', 'a size is two numbers above 0');
  }
  return [width, height];
}

export function strength(value: unknown): number {
  if (typeof value !== 'number' || !(value >= 0 && value <= 1)) {
    throw new BadValue('invalid', 'a strength lies between 0 and 1');
  }
  return value === 0 ? 0 : value;
}

export const shortLabel = (value: unknown): string => checkText(value, 200);

function pair(value: unknown, what: string): Point {
  if (!Array.isArray(value) || value.length !== 2) {
    throw new BadValue('invalid', `${what} is two numbers`);
  }
  const [x, y] = value as unknown[];
  if (typeof x !== 'number' || typeof y !== 'number') {
    throw new BadValue('invalid', `${what} is two numbers`);
  }
  // Written so that what is no number fails too.
  if (!(Math.abs(x) <= FAR && Math.abs(y) <= FAR)) {
    throw new BadValue('invalid', `${what} lies out of reach`);
  }
  return [x === 0 ? 0 : x, y === 0 ? 0 : y];
}
