// A whole graph of the server's, put into the place of another.

import type { SyncedGraph } from '../protocol/serverEvents';
import type { Graph } from './model';
import { edgeOf, nodeOf, SETTINGS } from './replay';
import { same } from './values';

/** Put a whole graph into the place of another; records that are the same stay who they are. */
export function refill(graph: Graph, whole: SyncedGraph, ids: Set<string>): void {
  for (const id of graph.nodes.keys()) ids.add(id);
  for (const id of graph.edges.keys()) ids.add(id);
  ids.add(SETTINGS);
  const nodes = new Map(graph.nodes);
  const edges = new Map(graph.edges);
  graph.nodes.clear();
  graph.edges.clear();
  graph.settings.clear();
  graph.adjacency.reset();
  for (const wire of whole.nodes) {
    const node = nodeOf(wire);
    const before = nodes.get(node.id);
    graph.nodes.set(node.id, before && same(before, node) ? before : node);
    ids.add(node.id);
  }
  for (const wire of whole.edges) {
    const edge = edgeOf(wire);
    const before = edges.get(edge.id);
    graph.edges.set(edge.id, before && same(before, edge) ? before : edge);
    ids.add(edge.id);
  }
  for (const [key, value] of Object.entries(whole.settings)) graph.settings.set(key, value);
}
