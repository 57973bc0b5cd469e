// Files on their way into a project, by the tus protocol: a broken connection goes on where it was.

import type { Upload } from 'tus-js-client';
import { Problem } from '$lib/api/problem';

export interface FileOnItsWay {
  readonly id: number;
  readonly name: string;
  readonly size: number;
  /** From 0 to 1. */
  readonly done: number;
  readonly state: 'waiting' | 'sending' | 'paused' | 'checking' | 'done' | 'failed';
  readonly problem?: Problem;
}

const RETRIES = [0, 1_000, 3_000, 5_000, 10_000, 30_000];
const AT_ONCE = 2;

export class Uploads {
  list = $state.raw<readonly FileOnItsWay[]>([]);
  /** Grows with each file that arrived. */
  arrived = $state(0);
  readonly #endpoint: string;
  readonly #files = new Map<number, File>();
  readonly #uploads = new Map<number, Upload>();
  #next = 1;

  constructor(project: string) {
    this.#endpoint = `/api/v1/projects/${project}/uploads`;
  }

  add(files: readonly File[]): void {
    const added = files.map((file): FileOnItsWay => {
      const id = this.#next++;
      this.#files.set(id, file);
      return { id, name: file.name, size: file.size, done: 0, state: 'waiting' };
    });
    this.list = [...this.list, ...added];
    this.#begin();
  }

  pause(id: number): void {
    void this.#uploads.get(id)?.abort();
    this.#set(id, { state: 'paused' });
    this.#begin();
  }

  resume(id: number): void {
    this.#set(id, { state: 'waiting' });
    this.#begin();
  }

  /** End one, or take a finished one off the list. */
  remove(id: number): void {
    const one = this.list.find((file) => file.id === id);
    if (one && one.state !== 'done') void this.#uploads.get(id)?.abort(true).catch(() => undefined);
    this.#uploads.delete(id);
    this.#files.delete(id);
    this.list = this.list.filter((file) => file.id !== id);
    this.#begin();
  }

  clearDone(): void {
    for (const { id, state } of this.list) if (state === 'done') this.remove(id);
  }

  #begin(): void {
    let busy = this.list.filter(({ state }) => state === 'sending' || state === 'checking').length;
    for (const { id, state } of this.list) {
      if (busy >= AT_ONCE) return;
      if (state !== 'waiting') continue;
      busy += 1;
      this.#set(id, { state: 'sending' });
      void this.#send(id);
    }
  }

  async #send(id: number): Promise<void> {
    const file = this.#files.get(id);
    if (!file) return;
    let upload = this.#uploads.get(id);
    if (!upload) {
      const { Upload } = await import('tus-js-client');
      upload = new Upload(file, {
        endpoint: this.#endpoint,
        metadata: { filename: file.name, filetype: file.type },
        retryDelays: RETRIES,
        removeFingerprintOnSuccess: true,
        onProgress: (sent, total) => {
          const done = total ? sent / total : 1;
          // The last answer comes when the file was looked into.
          this.#set(id, { done, state: done >= 1 ? 'checking' : 'sending' });
        },
        onSuccess: () => {
          this.#set(id, { done: 1, state: 'done' });
          this.arrived += 1;
          this.#begin();
        },
        onError: (error) => {
          this.#set(id, { state: 'failed', problem: problemOf(error) });
          this.#begin();
        },
      });
      this.#uploads.set(id, upload);
      // The same file that was begun before, perhaps in a tab that is closed, goes on.
      const [earlier] = await upload.findPreviousUploads();
      if (earlier) upload.resumeFromPreviousUpload(earlier);
    }
    upload.start();
  }

  #set(id: number, change: Partial<FileOnItsWay>): void {
    this.list = this.list.map((file) => {
      if (file.id !== id || (file.state === 'paused' && change.done !== undefined)) return file;
      return { ...file, ...change };
    });
  }
}

function problemOf(error: unknown): Problem {
  const response = (error as { originalResponse?: { getStatus(): number; getBody(): string } | null }).originalResponse;
  if (!response) return Problem.from(new TypeError('unreachable'));
  try {
    return Problem.of(JSON.parse(response.getBody()), response.getStatus());
  } catch {
    return Problem.of(null, response.getStatus());
  }
}
