// Where the bytes of a project are had from.

/** A file of a project by its digest; the bytes at this address never change. */
export const mediaAddress = (project: string, digest: string): string =>
  `/api/v1/projects/${project}/media/${digest}`;

/** Shown instead of a video that has no picture of its own yet: its first frame. */
export const firstFrameAddress = (project: string, digest: string): string =>
  `${mediaAddress(project, digest)}#t=0.04`;

/** A picture of a file as WebP, 160, 480 or 1280 pixels wide; the answer waits for one that is being made. */
export const thumbnailAddress = (
  project: string,
  digest: string,
  size: 'small' | 'medium' | 'large' = 'medium',
): string => `${mediaAddress(project, digest)}/thumbnail?size=${size}&wait=20`;

/** What every browser plays, where the original is not: asked for when that was found. */
export const proxyAddress = (project: string, digest: string): string =>
  `${mediaAddress(project, digest)}/proxy?wait=20`;

export const waveformAddress = (project: string, digest: string, resolution: 'fine' | 'coarse'): string =>
  `${mediaAddress(project, digest)}/waveform?resolution=${resolution}&wait=20`;

export const filmstripAddress = (project: string, digest: string): string =>
  `${mediaAddress(project, digest)}/filmstrip?wait=20`;

export const filmstripIndexAddress = (project: string, digest: string): string =>
  `${mediaAddress(project, digest)}/filmstrip/index?wait=20`;
