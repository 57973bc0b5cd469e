// Files on their way to the server: the body is the file itself, its name stands in a header.

import type { Schema } from './client';
import { Problem } from './problem';

/** Send a file; `progress` goes from 0 to 1. */
export function sendFile<Answer>(
  address: string,
  file: File,
  progress?: (done: number) => void,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    // `fetch` does not tell how far an upload is.
    const request = new XMLHttpRequest();
    request.open('POST', address);
    request.responseType = 'json';
    request.setRequestHeader('X-Filename', encodeURIComponent(file.name));
    request.setRequestHeader('Content-Type', file.type || 'application/octet-stream');
    request.upload.onprogress = ({ loaded, total }) => progress?.(total ? loaded / total : 0);
    request.onload = () => {
      if (request.status < 400) resolve(request.response as Answer);
      else reject(Problem.of(request.response, request.status));
    };
    request.onerror = () => reject(Problem.from(new TypeError('unreachable')));
    request.send(file);
  });
}

/** A picture, video or sound for a project. */
export const sendMedia = (
  project: string,
  file: File,
  progress?: (done: number) => void,
): Promise<Schema<'Media'>> => sendFile(`/api/v1/projects/${project}/media`, file, progress);

/** A script, whose scenes and shots are put on the canvas. */
export const importScript = (project: string, file: File): Promise<Schema<'ImportResult'>> =>
  sendFile(`/api/v1/projects/${project}/scripts`, file);
