// What a node says of the asset that it shows, and which nodes it goes into.

import type { Graph, Node } from '$lib/graph/model';
import type { StoredMedia } from '$lib/media/sendAll';
import type { AssetKind } from '$lib/stores/assetLibraryStore.svelte';

export interface AssetReference {
  readonly id: string;
  readonly version: number;
  readonly frozen: boolean;
}

const KINDS: ReadonlyMap<string, AssetKind> = new Map([
  ['film.character', 'character'],
  ['film.style', 'style'],
  ['film.environment', 'environment'],
  ['film.prop', 'prop'],
]);

export const kindOf = (node: Pick<Node, 'type'> | undefined): AssetKind | undefined =>
  node && KINDS.get(node.type);

export const nodeTypeOf = (kind: AssetKind): string => `film.${kind}`;

/** The asset of the library that a node shows; undefined for one that describes itself. */
export function referenceOf(node: Node | undefined): AssetReference | undefined {
  const given = node?.data.asset as Partial<AssetReference> | null | undefined;
  if (!given || typeof given.id !== 'string') return undefined;
  return { id: given.id, version: given.version ?? 0, frozen: given.frozen === true };
}

const media = (value: unknown): StoredMedia | undefined =>
  typeof value === 'object' && value !== null && 'digest' in value ? (value as StoredMedia) : undefined;

/** The pictures of an asset's content, the one that stands for it first. */
export function picturesOf(content: Readonly<Record<string, unknown>>): StoredMedia[] {
  const lists = [content.example_images, content.reference_images].filter(Array.isArray);
  const found = [media(content.face_image), ...lists.flat().map(media)];
  return found.filter((one) => one !== undefined);
}

/** A view of an environment: its name and its picture. */
export interface Angle {
  readonly name: string;
  readonly image?: StoredMedia | null;
}

export const anglesOf = (content: Readonly<Record<string, unknown>>): readonly Angle[] =>
  Array.isArray(content.angles) ? (content.angles as Angle[]) : [];

/** The picture that an environment's node shows: of its angle, or else its first one. */
export function viewOf(content: Readonly<Record<string, unknown>>): StoredMedia | undefined {
  const chosen = anglesOf(content).find(({ name }) => name !== '' && name === content.angle);
  return chosen?.image ?? picturesOf(content)[0];
}

/** The picture that stands for a node: of its asset, or the file that it brings onto the canvas. */
export function pictureOf({ type, data }: Node): StoredMedia | undefined {
  if (type === 'film.environment') return viewOf(data);
  if (KINDS.has(type)) return picturesOf(data)[0];
  const file = media(data.media);
  return file && /^(image|video)\//.test(file.media_type) ? file : undefined;
}

/** The shots that nodes go into, directly; each once. */
export function shotsOf(graph: Graph, ids: Iterable<string>): string[] {
  const found = new Set<string>();
  for (const id of ids) {
    for (const { target } of graph.outgoing(id)) {
      if (graph.nodes.get(target)?.type === 'film.shot') found.add(target);
    }
  }
  return [...found];
}

/** A number of shots in words. */
export const shots = (count: number): string => (count === 1 ? '1 shot' : `${String(count)} shots`);

/** The letters that stand for somebody without a picture. */
export function initials(name: string): string {
  const words = name.split(/[\s_-]+/).filter((word) => /\p{L}/u.test(word));
  return words.slice(0, 2).map((word) => word.slice(0, 1).toUpperCase()).join('') || '?';
}
