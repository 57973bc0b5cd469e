// What the server can do: its node types, socket types and conversions, asked once for each page.

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

async function load(): Promise<Catalog> {
  const [types, sockets, converters] = await Promise.all([
    everyItem((cursor) => api.GET('/api/v1/node-types', { params: { query: { cursor } } })),
    everyItem((cursor) => api.GET('/api/v1/socket-types', { params: { query: { cursor } } })),
    everyItem((cursor) => api.GET('/api/v1/converters', { params: { query: { cursor } } })),
  ]);
  return {
    registry: new Registry(types as readonly NodeType[], sockets, converters),
    nodeTypes: new Map(types.map((type) => [type.id, type])),
    socketTypes: new Map(sockets.map((type) => [type.id, type])),
  };
}
