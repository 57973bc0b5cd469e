// One short text that says which graph this is: equal for equal graphs, wherever they are held.

import type { Graph } from './model';

/** The content of a graph as canonical JSON: keys sorted, no spaces. */
export function canonical(graph: Graph): string {
  const { edges, nodes, settings } = graph;
  return write({
    edges: Object.fromEntries(edges),
    nodes: Object.fromEntries(nodes),
    settings: Object.fromEntries(settings),
  });
}

// Put together by hand: an object would place keys that look like numbers before all others.
function write(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(write).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const record = value as Record<string, unknown>;
  const entries = Object.keys(record)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${write(record[key])}`);
  return `{${entries.join(',')}}`;
}
