// Filmstrips: up to a hundred small frames of a video in one picture, to scrub by.

import { answer } from '$lib/api/client';
import { filmstripAddress, filmstripIndexAddress } from './addresses';
import { loadPicture } from './posters';

export interface Filmstrip {
  readonly url: string;
  readonly tile: { readonly width: number; readonly height: number };
  readonly columns: number;
  readonly rows: number;
  readonly count: number;
  /** The moment of each frame in seconds. */
  readonly times: readonly number[];
}

const known = new Map<string, Promise<Filmstrip>>();

/** The filmstrip of a video, its picture loaded. Rejected where it has none. */
export function loadFilmstrip(project: string, digest: string): Promise<Filmstrip> {
  const address = filmstripAddress(project, digest);
  let found = known.get(address);
  if (!found) {
    found = ask(project, digest, address);
    found.catch(() => known.delete(address));
    known.set(address, found);
  }
  return found;
}

async function ask(project: string, digest: string, address: string): Promise<Filmstrip> {
  const image = await loadPicture(address);
  const asked = fetch(filmstripIndexAddress(project, digest), { credentials: 'same-origin' });
  const index = await answer(
    asked.then(async (response) => ({ response, data: (await response.json()) as Omit<Filmstrip, 'url'> })),
  );
  return { ...index, url: image.src };
}

/** Where a frame of the strip lies, as the CSS of a box that shows it whole. */
export function tileStyle({ url, columns, rows }: Filmstrip, tile: number): string {
  const along = columns > 1 ? ((tile % columns) / (columns - 1)) * 100 : 0;
  const down = rows > 1 ? (Math.floor(tile / columns) / (rows - 1)) * 100 : 0;
  return (
    `background-image: url("${url}"); background-size: ${String(columns * 100)}% ${String(rows * 100)}%; ` +
    `background-position: ${along.toFixed(3)}% ${down.toFixed(3)}%`
  );
}

/** The frame of the strip at a share of its length. */
export const tileAt = ({ count }: Filmstrip, share: number): number =>
  Math.max(0, Math.min(count - 1, Math.floor(share * count)));
