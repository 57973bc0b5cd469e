// Which of an asset's files shows it best.

import type { Schema } from '$lib/api/client';

type Media = Schema<'Media'>;
const FIELDS = ['face_image', 'reference_images', 'example_images', 'angles', 'depth_map'] as const;

/** The picture that stands for an asset; undefined while it has none. */
export function pictureOf(content: Readonly<Record<string, unknown>>): Media | undefined {
  for (const field of FIELDS) {
    const value = content[field];
    const [first] = Array.isArray(value) ? value : [value];
    const media = field === 'angles' ? (first as { image?: Media } | undefined)?.image : (first as Media | undefined);
    if (media?.digest && media.media_type.startsWith('image/')) return media;
  }
  return undefined;
}
