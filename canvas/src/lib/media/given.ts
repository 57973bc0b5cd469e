// What a node gives to see or to hear: its active take, or the file that it imports.

import type { Schema } from '$lib/api/client';
import { titleOf } from '$lib/nodes/labels';
import type { ProjectStore } from '$lib/stores/projectStore.svelte';
import { mediaAddress, thumbnailAddress } from './addresses';
import { stillAddress, takeAddress } from './posters';
import { takeRecord } from './takeRecords';
import { parseRate, type Rate } from './timecode';

export type MediaKind = 'video' | 'image' | 'audio';

export interface Given {
  readonly node: string;
  readonly title: string;
  readonly kind: MediaKind | null;
  /** The bytes, once they are known; null where there are none yet. */
  readonly media: Schema<'Media'> | null;
  readonly take: string | null;
  /** Where it is played from, and where its picture is. */
  readonly url: string | null;
  readonly still: string | null;
}

/** What a node gives now, followed. */
export function givenBy(project: ProjectStore, id: string): Given | null {
  const record = project.node(id);
  if (!record) return null;
  const definition = project.catalog.nodeTypes.get(record.type);
  const common = { node: id, title: titleOf(record, definition) };
  const take = typeof record.data.active_take === 'string' ? record.data.active_take : null;
  if (take !== null) {
    const media = takeRecord(take)?.outputs[0]?.media ?? null;
    const kind = kindOf(media?.media_type) ?? kindOfOutputs(definition?.outputs.map(({ type }) => type) ?? []);
    return { ...common, kind, media, take, url: takeAddress(take), still: kind === 'audio' ? null : stillAddress(take) };
  }
  const media = (record.data.media ?? null) as Schema<'Media'> | null;
  const kind = kindOf(media?.media_type) ?? kindOfOutputs(definition?.outputs.map(({ type }) => type) ?? []);
  return {
    ...common,
    kind,
    media,
    take: null,
    url: media ? mediaAddress(project.id, media.digest) : null,
    still: media && kind !== 'audio' ? thumbnailAddress(project.id, media.digest) : null,
  };
}

/** What is connected to an input, in its order. */
export function givenTo(project: ProjectStore, id: string, socket: string): Given[] {
  return project.incoming(id, socket).flatMap((edge) => givenBy(project, edge.source) ?? []);
}

export function kindOf(mediaType: string | undefined): MediaKind | null {
  const group = mediaType?.split('/')[0];
  return group === 'video' || group === 'image' || group === 'audio' ? group : null;
}

function kindOfOutputs(types: readonly string[]): MediaKind | null {
  if (types.includes('Video')) return 'video';
  if (types.includes('Image')) return 'image';
  return types.includes('Audio') ? 'audio' : null;
}

/** How long it is in seconds, as its facts say; 0 where nothing is known. */
export function secondsOf(media: Schema<'Media'> | null): number {
  const { duration, frames, rate } = (media?.facts ?? {}) as Record<string, unknown>;
  if (typeof duration === 'number') return duration;
  if (typeof frames === 'number' && typeof rate === 'string') return frames / parseRate(rate).value;
  return 0;
}

/** How many frames it has at a film's rate; a picture has one. */
export function framesOf(given: Given | null, rate: Rate): number {
  const frames = given?.media?.facts?.frames;
  if (typeof frames === 'number') return frames;
  return Math.max(1, Math.round(secondsOf(given?.media ?? null) * rate.value));
}
