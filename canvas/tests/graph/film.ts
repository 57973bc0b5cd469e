// What the tests of the graph share: the studio's vocabulary, ids, and graphs out of JSON.

import { readFileSync } from 'node:fs';
import { Graph, type TextHistory } from '../../src/lib/graph/model';
import { Registry } from '../../src/lib/graph/registry';
import { edgeOf, nodeOf } from '../../src/lib/graph/replay';

const vectors = new URL('../../../tests/graph/vectors/', import.meta.url);

/** JSON that the server's core wrote; what stands at its default may be left out there. */
export const parse = (text: string): any =>
  JSON.parse(text, (key, value: unknown) => (key === 'rebuilt' && value === 0 ? undefined : value));

export const readVectors = (name: string): any =>
  parse(readFileSync(new URL(`${name}.json`, vectors), 'utf8'));

const told = readVectors('registry/film');
export const FILM = new Registry(told.node_types, told.socket_types, told.converters);

export const uid = (number: number): string =>
  `${number.toString(16).padStart(8, '0')}-0000-7000-8000-000000000000`;

/** A graph as the server stores it. */
export function graphOf(stored: any): Graph {
  const graph = new Graph();
  graph.id = stored.id ?? '';
  graph.version = stored.version ?? 0;
  for (const node of Object.values<any>(stored.nodes ?? {})) graph.nodes.set(node.id, nodeOf(node));
  for (const edge of Object.values<any>(stored.edges ?? {})) graph.edges.set(edge.id, edgeOf(edge));
  for (const [key, value] of Object.entries(stored.settings ?? {})) graph.settings.set(key, value);
  for (const [id, fields] of Object.entries<any>(stored.written ?? {})) {
    graph.lastWrites.set(id, new Map(Object.entries(fields)));
  }
  for (const [id, version] of Object.entries<any>(stored.removed ?? {})) {
    graph.removed.set(id, version);
  }
  for (const [key, { floor, ...history }] of Object.entries<any>(stored.texts ?? {})) {
    const bridges = new Map(Object.entries<any>(history.bridges ?? {}));
    graph.texts.set(key, { ...history, historyStart: floor ?? 0, bridges });
  }
  for (const [client, seq] of Object.entries<any>(stored.seqs ?? {})) graph.seqs.set(client, seq);
  return graph;
}

/** A graph in the form in which the server stores it. */
export function storedForm(graph: Graph): Record<string, unknown> {
  const plain = <T, U>(table: ReadonlyMap<string, T>, form: (value: T) => U): Record<string, U> =>
    Object.fromEntries([...table].map(([key, value]) => [key, form(value)]));
  const history = ({ bridges, rebuilt, historyStart, ...rest }: TextHistory) => ({
    ...rest,
    floor: historyStart,
    bridges: Object.fromEntries(bridges),
    ...(rebuilt ? { rebuilt } : {}),
  });
  return {
    version: graph.version,
    nodes: plain(graph.nodes, (node) => node),
    edges: plain(graph.edges, (edge) => edge),
    settings: plain(graph.settings, (value) => value),
    written: plain(graph.lastWrites, (fields) => plain(fields, (last) => last)),
    removed: plain(graph.removed, (version) => version),
    texts: plain(graph.texts, history),
    seqs: plain(graph.seqs, (seq) => seq),
  };
}
