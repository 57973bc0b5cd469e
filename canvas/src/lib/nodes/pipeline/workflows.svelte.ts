// The workflows of a project's library, and what a file that somebody brings suggests.

import { answer, api, everyItem, type Schema } from '$lib/api/client';
import { sendFile } from '$lib/api/files';
import { Problem } from '$lib/api/problem';

export type Workflow = Schema<'PipelineTemplate'>;
export type Suggestion = Schema<'Suggestion'>;

/** The starters of each project, asked for once: they stay the same while the page is open. */
const starters = new Map<string, Promise<readonly Suggestion[]>>();

export class Workflows {
  list = $state.raw<readonly Workflow[]>([]);
  /** Workflows that come with the plugins; one that is kept stands in `list`, too. */
  starters = $state.raw<readonly Suggestion[]>([]);
  problem = $state.raw<Problem | null>(null);
  readonly #project: string;

  constructor(project: string) {
    this.#project = project;
  }

  async load(): Promise<void> {
    try {
      this.list = await everyItem((cursor) =>
        api.GET('/api/v1/projects/{project_id}/pipelines', {
          params: { path: { project_id: this.#project }, query: { cursor } },
        }),
      );
      this.starters = await this.#offered();
      this.problem = null;
    } catch (error) {
      this.problem = Problem.from(error);
    }
  }

  #offered(): Promise<readonly Suggestion[]> {
    const known = starters.get(this.#project);
    if (known) return known;
    const asked = everyItem((cursor) =>
      api.GET('/api/v1/projects/{project_id}/pipelines/starters', {
        params: { path: { project_id: this.#project }, query: { cursor } },
      }),
    );
    starters.set(this.#project, asked);
    // What failed is asked for again by the next one.
    asked.catch(() => starters.delete(this.#project));
    return asked;
  }

  /** What a file suggests; throws the `Problem` of one that is no workflow. */
  suggest(file: File): Promise<Suggestion> {
    return sendFile(`/api/v1/projects/${this.#project}/pipelines/preview`, file);
  }

  /** Keeps what was confirmed. */
  async keep({ template, format }: Suggestion): Promise<Workflow> {
    const kept = await answer(
      api.POST('/api/v1/projects/{project_id}/pipelines', {
        params: { path: { project_id: this.#project } },
        body: { template, format },
      }),
    );
    this.list = [kept, ...this.list];
    return kept;
  }
}
