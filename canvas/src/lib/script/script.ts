// The script of a project: read, previewed, imported.

import { answer, api, type Schema } from '$lib/api/client';
import { sendFile } from '$lib/api/files';

export type ScriptText = Schema<'ScriptText'>;
export type ImportPreview = Schema<'ImportPreview'>;
export type ScriptScene = Schema<'ScriptScene'>;

export const loadScript = (project_id: string): Promise<ScriptText> =>
  answer(api.GET('/api/v1/projects/{project_id}/script', { params: { path: { project_id } } }));

/** What importing a file would change; nothing is kept. */
export const previewImport = (project: string, file: File): Promise<ImportPreview> =>
  sendFile(`/api/v1/projects/${project}/scripts/preview`, file);

export type Taken = Schema<'DoubtDecision'>['taken'];

/** A line that could be either of its choices; the first is what it was read as. */
export interface Doubt {
  readonly line: number;
  readonly text: string;
  readonly choices: readonly Taken[];
}

/** The lines of a script that a person can settle. */
export const doubtsOf = (script: ScriptText): Doubt[] =>
  script.problems
    .filter((problem) => problem.choices?.length)
    .map(({ line, text, choices }) => ({ line, text, choices: choices as Taken[] }));

/** Settle one of them; the canvas follows. */
export const settleDoubt = (
  project_id: string,
  digest: string,
  line: number,
  taken: Taken,
): Promise<Schema<'SettledDoubt'>> =>
  answer(
    api.POST('/api/v1/projects/{project_id}/script/doubts', {
      params: { path: { project_id } },
      body: { digest, line, taken },
    }),
  );

/** The scene that a line belongs to, by its place in the list; -1 before the first. */
export function sceneAt(scenes: readonly ScriptScene[], line: number): number {
  let low = 0;
  let high = scenes.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((scenes[middle] as ScriptScene).line <= line) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
