// Several files on their way to a project, one after the other; each that fails says why.

import type { Schema } from '$lib/api/client';
import { sendMedia } from '$lib/api/files';
import { Problem } from '$lib/api/problem';
import { toasts } from '$lib/ui/toasts.svelte';

export type StoredMedia = Schema<'Media'>;

/** Send files; `progress` goes from 0 to 1 over all of them. Gives those that arrived. */
export async function sendAll(
  project: string,
  files: readonly File[],
  progress: (done: number) => void = () => undefined,
): Promise<StoredMedia[]> {
  const stored: StoredMedia[] = [];
  progress(0);
  for (const [place, file] of files.entries()) {
    try {
      stored.push(await sendMedia(project, file, (part) => progress((place + part) / files.length)));
    } catch (error) {
      const problem = Problem.from(error);
      toasts.say(`${file.name}: ${problem.message}`, { hint: problem.hint, tone: 'danger' });
    }
  }
  return stored;
}
