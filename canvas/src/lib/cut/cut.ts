// The cut as the server has it, made ready for a player.

import { answer, api, type Schema } from '$lib/api/client';
import { sendFile } from '$lib/api/files';
import { mediaAddress, proxyAddress } from '$lib/media/addresses';
import { Sequence, type SequenceTransition } from '$lib/media/sequence';
import { parseRate, type Rate } from '$lib/media/timecode';

export type Cut = Schema<'CutView'>;
export type CutClip = Cut['clips'][number];
export type EditPreview = Schema<'EditPreview'>;

export interface PlayableCut {
  readonly cut: Cut;
  readonly sequence: Sequence;
  readonly rate: Rate;
  /** How many shots have no take yet. */
  readonly missing: number;
}

/** The film as it stands now. Throws a `Problem` where there is none, as for a graph with no shots. */
export async function loadCut(project: string): Promise<PlayableCut> {
  const path = { project_id: project };
  const cut = await answer(api.GET('/api/v1/projects/{project_id}/cut', { params: { path } }));
  const clips = cut.clips.map((clip) => ({
    url: clip.media ? mediaAddress(project, clip.media) : null,
    start: clip.start,
    end: clip.end,
    label: label(clip),
    node: clip.shot,
    ...(clip.media ? { proxy: proxyAddress(project, clip.media) } : {}),
    ...(clip.media && clip.sound ? { sound: clip.media } : {}),
  }));
  return {
    cut,
    sequence: new Sequence(clips, cut.transitions as SequenceTransition[]),
    rate: parseRate(cut.rate),
    missing: clips.filter((clip) => clip.url === null).length,
  };
}

/** What an edited cut would change; nothing is kept. */
export const previewEdit = (project: string, file: File): Promise<EditPreview> =>
  sendFile(`/api/v1/projects/${project}/cut/edits/preview`, file);

/** Change the film as the preview with this id says. */
export const importEdit = (project: string, file: File, confirmed: string): Promise<Schema<'EditResult'>> =>
  sendFile(`/api/v1/projects/${project}/cut/edits?confirmed=${encodeURIComponent(confirmed)}`, file);

/** The node that makes the film; the first where there are several. */
export function nodeOfFilm(nodes: Iterable<{ readonly id: string; readonly type: string }>): string | null {
  for (const node of nodes) if (node.type === 'film.assembly') return node.id;
  return null;
}

/** `SCENE_01/SHOT_010`, as people call it. */
export function label(clip: Pick<CutClip, 'scene' | 'code'>): string {
  if (!clip.code) return 'SHOT';
  return clip.scene ? `SCENE_${clip.scene}/SHOT_${clip.code}` : `SHOT_${clip.code}`;
}

/** Clips that follow each other in one scene. */
export interface SceneOfCut {
  readonly scene: string;
  readonly heading: string;
  readonly clips: readonly { readonly index: number; readonly clip: CutClip }[];
}

export function scenesOf(cut: Cut): SceneOfCut[] {
  const scenes: { scene: string; heading: string; clips: { index: number; clip: CutClip }[] }[] = [];
  cut.clips.forEach((clip, index) => {
    let last = scenes.at(-1);
    if (!last || last.scene !== clip.scene) {
      last = { scene: clip.scene, heading: clip.heading ?? '', clips: [] };
      scenes.push(last);
    }
    last.clips.push({ index, clip });
  });
  return scenes;
}
