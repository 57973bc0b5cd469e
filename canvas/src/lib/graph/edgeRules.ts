// The rules of `edge.add`, `edge.set` and `edge.remove`.

import { type Change, Refused } from './changes';
import { labelOf } from './labels';
import type { Edge } from './model';
import type { AddEdge, RemoveEdges, SetEdge } from './operations';
import { shortLabel, strength, wholeEdge } from './records';

const MAX_EDGES = 200_000;

export function addEdge(change: Change, op: AddEdge): void {
  const { graph } = change;
  change.checkNewId(op.id);
  if (graph.edges.size >= MAX_EDGES) {
    throw new Refused('too_large', 'A graph holds at most 200,000 edges.', op.id);
  }
  const source = change.end(op.source, op.id);
  const target = change.end(op.target, op.id);
  const order = op.order ?? 'a0';
  change.checkUnlocked(target);
  change.checkOrder(order, op.id);
  const many = change.checkSockets(op, source, target);
  const filling = [...(graph.adjacency.incoming.get(op.target)?.values() ?? [])].filter(
    (edge) =>
      edge.target_socket === op.target_socket &&
      (!many || (edge.source === op.source && edge.source_socket === op.source_socket)),
  );
  if (filling.length > 0 && !op.replace) {
    const what = many ? 'has this connection already' : 'takes one connection';
    throw new Refused(
      'occupied',
      `The input ${op.target_socket} of ${labelOf(target)} ${what}.`,
      op.id,
      'Take the old connection away, or replace it.',
    );
  }
  change.dropEdges(filling);
  change.checkNoCycle(op.source, op.target);
  const edge: Edge = {
    id: op.id,
    source: op.source,
    source_socket: op.source_socket,
    target: op.target,
    target_socket: op.target_socket,
    order,
    strength: strength(op.strength ?? 1),
    label: shortLabel(op.label ?? ''),
  };
  change.journal.putEdge(edge);
  change.journal.drop(graph.removed, op.id);
  change.found(op.id);
  change.done(wholeEdge(edge), { op: 'edge.remove', ids: [op.id] }, op.id);
  change.touched.add(op.target);
}

export function setEdge(change: Change, op: SetEdge): void {
  const edge = change.graph.edges.get(op.id);
  if (edge === undefined) {
    change.dropped.add(op.id);
    return;
  }
  change.checkUnlocked(change.graph.nodes.get(edge.target));
  const given: { strength?: number; label?: string; order?: string } = {};
  const before: { strength?: number; label?: string; order?: string } = {};
  if (op.strength !== undefined) {
    given.strength = strength(op.strength);
    before.strength = edge.strength;
  }
  if (op.label !== undefined) {
    given.label = shortLabel(op.label);
    before.label = edge.label;
  }
  if (op.order !== undefined) {
    change.checkOrder(op.order, op.id);
    given.order = op.order;
    before.order = edge.order;
  }
  for (const [path, value] of Object.entries(before)) change.noteWrite(edge, path, value);
  change.journal.putEdge({ ...edge, ...given });
  change.done(
    { op: 'edge.set', id: op.id, ...given },
    { op: 'edge.set', id: op.id, ...before },
    op.id,
  );
  change.touched.add(edge.target);
}

export function removeEdges(change: Change, op: RemoveEdges): void {
  const edges = new Map<string, Edge>();
  for (const id of op.ids) {
    if (!change.isThere(change.graph.edges, id)) continue;
    const edge = change.graph.edges.get(id) as Edge;
    edges.set(id, edge);
    change.checkUnlocked(change.graph.nodes.get(edge.target));
  }
  change.dropEdges([...edges.values()]);
}
