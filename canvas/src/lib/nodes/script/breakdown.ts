// What a script became on the canvas, and whether that is what stands in it now.

import { importScript } from '$lib/api/files';
import { Problem } from '$lib/api/problem';
import type { Node } from '$lib/graph/model';
import { mediaAddress } from '$lib/media/addresses';
import type { StoredMedia } from '$lib/media/sendAll';
import type { ProjectStore } from '$lib/stores/projectStore.svelte';
import { toasts } from '$lib/ui/toasts.svelte';

export type BreakdownState = 'none' | 'changed' | 'done';

export interface BrokenDown {
  readonly scenes: readonly Node[];
  readonly people: readonly Node[];
  readonly places: readonly Node[];
  readonly state: BreakdownState;
}

const fromScript = ({ data }: Node, key: string): boolean =>
  typeof data.script === 'object' && data.script !== null && key in data.script;

/** The scenes, people and places that came from the script, in their order; followed. */
export function brokenDown(project: ProjectStore, script: Node): BrokenDown {
  const top = project.children(null);
  const of = (type: string, key: string): Node[] =>
    top.filter((node) => node.type === type && fromScript(node, key) && !isOmitted(node));
  const scenes = of('film.scene', 'scene');
  return {
    scenes,
    people: of('film.character', 'name'),
    places: of('film.environment', 'name'),
    state: stateOf(script, scenes.length),
  };
}

const isOmitted = ({ data }: Node): boolean => (data.script as { omitted?: boolean }).omitted === true;

function stateOf({ data }: Node, scenes: number): BreakdownState {
  const file = (data.media as StoredMedia | null | undefined)?.digest;
  if (scenes === 0) return 'none';
  // Broken down by a studio that did not note yet of which file.
  if (!data.broken_down || !file) return 'done';
  return data.broken_down === file ? 'done' : 'changed';
}

export const FORMATS: Readonly<Record<string, string>> = {
  fountain: 'Fountain',
  fdx: 'Final Draft',
  plain: 'Plain text',
};

/** The script's file as it is stored. Throws a `Problem` where it cannot be read. */
async function fileOf(project: string, media: StoredMedia): Promise<File> {
  const got = await fetch(mediaAddress(project, media.digest));
  if (!got.ok) throw Problem.of(await got.json().catch(() => null), got.status);
  return new File([await got.blob()], media.name || 'script.txt', { type: media.media_type });
}

/** Break a script down: the file that its node has, or a newer one. */
export async function breakDown(project: ProjectStore, script: Node, newer?: File): Promise<void> {
  const media = script.data.media as StoredMedia | null | undefined;
  try {
    const file = newer ?? (media && (await fileOf(project.id, media)));
    if (!file) return;
    const { scenes, shots, summary } = await importScript(project.id, file);
    const changed = [summary.added, summary.changed, summary.removed, summary.retained].flatMap((said) => said ?? []);
    const hint = changed.length > 0 ? changed.slice(0, 4).join('. ') : 'Everything stands as it is in the script.';
    toasts.say(`${String(scenes)} scenes with ${String(shots)} shots are on the canvas.`, { hint });
  } catch (error) {
    const { message, hint } = Problem.from(error);
    toasts.say(message, { hint, tone: 'danger' });
  }
}
