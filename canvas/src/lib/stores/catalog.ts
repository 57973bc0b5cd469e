// What the server can do: its node types, socket types and conversions, asked once for each page, and
// the node types again when the server says that there are others.

import { SvelteMap } from 'svelte/reactivity';
import { api, everyItem, type Schema } from '$lib/api/client';
import { type NodeType, Registry } from '$lib/graph/registry';

export type NodeDefinition = Schema<'NodeTypeView'>;
export type SocketTypeDefinition = Schema<'SocketType'>;

/** The registry that the graph's rules ask, with what is needed to draw it. */
export interface Catalog {
  readonly registry: Registry;
  readonly nodeTypes: ReadonlyMap<string, NodeDefinition>;
  readonly socketTypes: ReadonlyMap<string, SocketTypeDefinition>;
}

let asked: Promise<Catalog> | undefined;

/** The catalog; asked again after it could not be had. */
export function loadCatalog(): Promise<Catalog> {
  asked ??= load().catch((error: unknown) => {
    asked = undefined;
    throw error;
  });
  return asked;
}

/** Ask for the node types again; gives those that came, changed or went. */
export async function refreshCatalog(): Promise<ReadonlySet<string>> {
  const { registry, nodeTypes } = await loadCatalog();
  const types = await askNodeTypes();
  const found = new Map(types.map((type) => [type.id, type]));
  const changed = new Set<string>();
  for (const id of nodeTypes.keys()) if (!found.has(id)) changed.add(id);
  for (const [id, type] of found) {
    if (JSON.stringify(nodeTypes.get(id)) !== JSON.stringify(type)) changed.add(id);
  }
  registry.replaceNodeTypes(types as readonly NodeType[]);
  const shown = nodeTypes as SvelteMap<string, NodeDefinition>;
  for (const id of changed) {
    const type = found.get(id);
    if (type) shown.set(id, type);
    else shown.delete(id);
  }
  return changed;
}

const askNodeTypes = (): Promise<NodeDefinition[]> =>
  everyItem((cursor) => api.GET('/api/v1/node-types', { params: { query: { cursor } } }));

async function load(): Promise<Catalog> {
  const [types, sockets, converters] = await Promise.all([
    askNodeTypes(),
    everyItem((cursor) => api.GET('/api/v1/socket-types', { params: { query: { cursor } } })),
    everyItem((cursor) => api.GET('/api/v1/converters', { params: { query: { cursor } } })),
  ]);
  return {
    registry: new Registry(types as readonly NodeType[], sockets, converters),
    nodeTypes: new SvelteMap(types.map((type) => [type.id, type])),
    socketTypes: new Map(sockets.map((type) => [type.id, type])),
  };
}
