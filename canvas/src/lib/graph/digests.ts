// One short text that says which graph this is: equal for equal graphs, wherever they are held.

import type { Graph } from './model';

/** The content of a graph as canonical JSON: keys sorted, no spaces. */
export function canonical(graph: Graph): string {
  return JSON.stringify({
    edges: sorted(Object.fromEntries(graph.edges)),
    nodes: sorted(Object.fromEntries(graph.nodes)),
    settings: sorted(Object.fromEntries(graph.settings)),
  });
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const record = value as Record<string, unknown>;
  return Object.fromEntries(
    Object.keys(record)
      .sort()
      .map((key) => [key, sorted(record[key])]),
  );
}
