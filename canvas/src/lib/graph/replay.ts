// Effects that the server stored, put into a graph without asking what is allowed.
//
// They were allowed when they were made, and a state difference gives the end of many steps: on
// its way it may pass states that no rule would let through. So nothing is checked and nothing
// follows from anything: a container goes without its parts when only the container is named.

import { splitPath } from './changes';
import type { Edge, Graph, Node } from './model';
import type { AddEdge, AddNode, Operation, SetEdge, SetNode } from './operations';
import type { Registry } from './registry';
import { applyDelta } from './text';
import { textOf } from './textRules';
import { withEntry, withoutEntry } from './values';

/** The id that stands for the graph's settings among touched ids. */
export const SETTINGS = '';

/** Put effects into a graph; the ids of what they change are added to `touched`. */
export function replay(
  graph: Graph,
  effects: readonly Operation[],
  registry: Registry,
  touched: Set<string>,
): void {
  for (const effect of effects) replayOne(graph, effect, registry, touched);
}

function replayOne(
  graph: Graph,
  effect: Operation,
  registry: Registry,
  touched: Set<string>,
): void {
  switch (effect.op) {
    case 'node.add':
      putNode(graph, nodeOf(effect));
      touched.add(effect.id);
      return;
    case 'edge.add':
      putEdge(graph, edgeOf(effect));
      touched.add(effect.id);
      return;
    case 'node.remove':
      for (const id of effect.ids) {
        dropNode(graph, id);
        touched.add(id);
      }
      return;
    case 'edge.remove':
      for (const id of effect.ids) {
        dropEdge(graph, id);
        touched.add(id);
      }
      return;
    case 'graph.set':
      for (const [key, value] of Object.entries(effect.values ?? {})) {
        graph.settings.set(key, value);
      }
      for (const key of effect.clear ?? []) graph.settings.delete(key);
      touched.add(SETTINGS);
      return;
    case 'edge.set': {
      const edge = graph.edges.get(effect.id);
      if (edge === undefined) return;
      putEdge(graph, edgeAfter(edge, effect));
      touched.add(effect.id);
      return;
    }
    default: {
      const node = graph.nodes.get(effect.id);
      if (node === undefined) return;
      putNode(graph, nodeAfter(node, effect, registry));
      touched.add(effect.id);
    }
  }
}

type Write = Extract<Operation, { op: 'node.set' | 'node.move' | 'text.edit' }>;

/** A node as it is after a write of its fields. */
export function nodeAfter(node: Node, write: Write, registry: Registry): Node {
  if (write.op === 'node.move') return { ...node, parent: write.parent, order: write.order };
  if (write.op === 'text.edit') {
    const after = applyDelta(textOf(node, write.field, registry), write.delta);
    return { ...node, text: withEntry(node.text, write.field, after) };
  }
  return withFields(node, write);
}

/** An edge as it is after a write of its fields. */
export function edgeAfter(edge: Edge, write: SetEdge): Edge {
  return {
    ...edge,
    strength: write.strength ?? edge.strength,
    label: write.label ?? edge.label,
    order: write.order ?? edge.order,
  };
}

function withFields(node: Node, write: SetNode): Node {
  const plain: Record<string, unknown> = {};
  let { data, text } = node;
  for (const [path, value] of Object.entries(write.values ?? {})) {
    const [place, name] = splitPath(path);
    if (!name) plain[place] = value;
    else if (place === 'data') data = withEntry(data, name, value);
    else text = withEntry(text, name, value as string);
  }
  for (const path of write.clear ?? []) {
    const [place, name] = splitPath(path);
    if (place === 'data') data = withoutEntry(data, name);
    else text = withoutEntry(text, name);
  }
  return { ...node, ...plain, data, text };
}

/** A node of the wire with every field that may be left out there. */
export function nodeOf(wire: Omit<AddNode, 'op'>): Node {
  return {
    id: wire.id,
    type: wire.type,
    parent: wire.parent ?? null,
    order: wire.order ?? 'a0',
    pos: wire.pos ?? [0, 0],
    size: wire.size ?? null,
    data: wire.data ?? {},
    text: wire.text ?? {},
    locked: wire.locked ?? false,
    type_version: wire.type_version ?? '1.0.0',
  };
}

/** An edge of the wire with every field that may be left out there. */
export function edgeOf(wire: Omit<AddEdge, 'op'>): Edge {
  return {
    id: wire.id,
    source: wire.source,
    source_socket: wire.source_socket,
    target: wire.target,
    target_socket: wire.target_socket,
    order: wire.order ?? 'a0',
    strength: wire.strength ?? 1,
    label: wire.label ?? '',
  };
}

export function putNode(graph: Graph, node: Node): void {
  const before = graph.nodes.get(node.id);
  graph.nodes.set(node.id, node);
  if (before?.parent === node.parent) return;
  if (before) graph.adjacency.removeNode(before);
  graph.adjacency.addNode(node);
}

export function dropNode(graph: Graph, id: string): void {
  const before = graph.nodes.get(id);
  if (before === undefined) return;
  graph.nodes.delete(id);
  graph.adjacency.removeNode(before);
}

export function putEdge(graph: Graph, edge: Edge): void {
  dropEdge(graph, edge.id);
  graph.edges.set(edge.id, edge);
  graph.adjacency.addEdge(edge);
}

export function dropEdge(graph: Graph, id: string): void {
  const before = graph.edges.get(id);
  if (before === undefined) return;
  graph.edges.delete(id);
  graph.adjacency.removeEdge(before);
}
