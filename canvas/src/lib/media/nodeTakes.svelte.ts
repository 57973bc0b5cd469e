// The takes of a node, newest last, asked again when it has made another. Nodes that ask at once, as
// all do that come into view, are one question.

import { answer, api, type Schema } from '$lib/api/client';
import { Problem } from '$lib/api/problem';
import type { ProjectStore } from '$lib/stores/projectStore.svelte';
import { toasts } from '$lib/ui/toasts.svelte';
import { askedTogether } from './askedTogether';

export type Take = Schema<'Take'>;

/** The takes of one version of a shot. */
export interface VersionOfTakes {
  readonly version: number;
  readonly takes: readonly Take[];
}

type Asking = (node: string) => Promise<readonly Take[] | undefined>;
const asking = new WeakMap<ProjectStore, Asking>();

/** Asks for the takes of a node, together with others that ask now. */
function askingOf(project: ProjectStore): Asking {
  let found = asking.get(project);
  if (!found) asking.set(project, (found = askedTogether((nodes) => takesOf(project.id, nodes))));
  return found;
}

async function takesOf(project: string, nodes: string[]): Promise<Map<string, Take[]>> {
  const found = new Map<string, Take[]>();
  for (let cursor: string | null = ''; cursor !== null; ) {
    const params = {
      path: { project_id: project },
      query: { node_id: nodes, limit: 200, ...(cursor ? { cursor } : {}) },
    };
    const page: { items: Take[]; next_cursor: string | null } = await answer(
      api.GET('/api/v1/projects/{project_id}/takes', { params }),
    );
    for (const take of page.items) {
      const takes = found.get(take.node_id);
      if (takes) takes.push(take);
      else found.set(take.node_id, [take]);
    }
    cursor = page.next_cursor;
  }
  return found;
}

export class NodeTakes {
  readonly node: string;
  list = $state.raw<readonly Take[]>([]);
  loaded = $state(false);
  problem = $state.raw<Problem | null>(null);
  readonly #project: ProjectStore;
  #asked = 0;

  constructor(project: ProjectStore, node: string) {
    this.#project = project;
    this.node = node;
  }

  /** Newest version first, and in it the newest take first. */
  get versions(): readonly VersionOfTakes[] {
    const byVersion = new Map<number, Take[]>();
    for (const take of this.list) {
      const takes = byVersion.get(take.version);
      if (takes) takes.push(take);
      else byVersion.set(take.version, [take]);
    }
    return [...byVersion.entries()]
      .sort(([a], [b]) => b - a)
      .map(([version, takes]) => ({ version, takes: takes.toReversed() }));
  }

  /** Ask for the takes; the answer to an older question is not taken for the newest. */
  async load(): Promise<void> {
    const mine = (this.#asked += 1);
    try {
      const found = (await askingOf(this.#project)(this.node)) ?? [];
      if (mine !== this.#asked) return;
      this.list = found;
      this.problem = null;
    } catch (error) {
      if (mine === this.#asked) this.problem = Problem.from(error);
    }
    if (mine === this.#asked) this.loaded = true;
  }

  /** Let the node give this take. */
  async activate(take: Take): Promise<void> {
    const params = { path: { project_id: this.#project.id, node_id: this.node } };
    const body = { take_id: take.id };
    await this.#try(() =>
      answer(
        api.POST('/api/v1/projects/{project_id}/nodes/{node_id}/active-take', { params, body }),
      ),
    );
  }

  /** Begin another version of the shot: its takes count from 1 again. */
  async newVersion(): Promise<void> {
    const params = { path: { project_id: this.#project.id, node_id: this.node } };
    await this.#try(() =>
      answer(api.POST('/api/v1/projects/{project_id}/nodes/{node_id}/version', { params })),
    );
  }

  async #try(work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (error) {
      const { message, hint } = Problem.from(error);
      toasts.say(message, { hint, tone: 'danger' });
    }
  }
}

/** The version of a take, as people write it: v02. */
export const versionName = (version: number): string => `v${String(version).padStart(2, '0')}`;
