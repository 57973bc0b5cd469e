// The projects on the dashboard: which section, what is searched, in which order; and what is done to one.

import { answer, api, type Schema } from '$lib/api/client';
import { Problem } from '$lib/api/problem';

export type Card = Schema<'ProjectCard'>;
export type Section = 'recent' | 'mine' | 'shared' | 'archived' | 'deleted';
export type Order = 'opened' | 'changed' | 'created' | 'title';

export const SECTIONS: readonly { readonly id: Section; readonly title: string }[] = [
  { id: 'recent', title: 'Recent' },
  { id: 'mine', title: 'Mine' },
  { id: 'shared', title: 'Shared with me' },
  { id: 'archived', title: 'Archive' },
  { id: 'deleted', title: 'Deleted' },
];

export const ORDERS: readonly { readonly value: Order; readonly title: string }[] = [
  { value: 'opened', title: 'Last opened' },
  { value: 'changed', title: 'Last changed' },
  { value: 'created', title: 'Newest' },
  { value: 'title', title: 'By title' },
];

const PAGE = 60;
const SETTLES = 180;

export const sectionOf = (text: string | null): Section =>
  SECTIONS.find(({ id }) => id === text)?.id ?? 'recent';

export class ProjectList {
  section = $state<Section>('recent');
  search = $state('');
  order = $state<Order>('opened');
  cards = $state.raw<readonly Card[]>([]);
  cursor = $state<string | null>(null);
  /** The first page is on its way, and nothing is there to be shown meanwhile. */
  loading = $state(true);
  loadingMore = $state(false);
  problem = $state.raw<Problem>();
  #asked = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Ask anew; what is shown stays until the answer is there. */
  async load(): Promise<void> {
    const mine = (this.#asked += 1);
    this.problem = undefined;
    try {
      const page = await this.#page();
      if (mine !== this.#asked) return;
      this.cards = page.items;
      this.cursor = page.next_cursor;
    } catch (error) {
      if (mine === this.#asked) this.problem = Problem.from(error);
    }
    if (mine === this.#asked) this.loading = false;
  }

  /** Ask once a person has stopped typing. */
  loadSoon(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.load(), SETTLES);
  }

  async more(): Promise<void> {
    if (!this.cursor || this.loadingMore) return;
    const mine = this.#asked;
    this.loadingMore = true;
    try {
      const page = await this.#page(this.cursor);
      if (mine === this.#asked) {
        this.cards = [...this.cards, ...page.items];
        this.cursor = page.next_cursor;
      }
    } catch (error) {
      this.problem = Problem.from(error);
    }
    this.loadingMore = false;
  }

  show(section: Section): void {
    this.section = section;
    this.cards = [];
    this.cursor = null;
    this.loading = true;
    void this.load();
  }

  #page(cursor?: string) {
    const show = this.section === 'archived' || this.section === 'deleted' ? this.section : 'active';
    const whose = this.section === 'mine' || this.section === 'shared' ? this.section : 'all';
    const query = {
      limit: PAGE,
      show,
      whose,
      sort: this.order,
      ...(this.search.trim() ? { search: this.search.trim() } : {}),
      ...(cursor ? { cursor } : {}),
    } as const;
    return answer(api.GET('/api/v1/projects', { params: { query } }));
  }
}

// ---------------------------------------------------------------------- what is done to one

const at = (project_id: string) => ({ params: { path: { project_id } } });

export const rename = (id: string, title: string) =>
  answer(api.PATCH('/api/v1/projects/{project_id}', { ...at(id), body: { title } }));
export const archive = (id: string) => answer(api.POST('/api/v1/projects/{project_id}/archive', at(id)));
export const unarchive = (id: string) => answer(api.POST('/api/v1/projects/{project_id}/unarchive', at(id)));
export const restore = (id: string) => answer(api.POST('/api/v1/projects/{project_id}/restore', at(id)));
export const remove = (id: string) => answer(api.DELETE('/api/v1/projects/{project_id}', at(id)));
export const duplicate = (id: string) =>
  answer(api.POST('/api/v1/projects/{project_id}/duplicate', { ...at(id), body: { title: '' } }));
/** The whole project as one file; the browser saves it while it is made. */
export const exportAddress = (id: string): string => `/api/v1/projects/${id}/export`;
export const leave = (project_id: string, user_id: string) =>
  answer(api.DELETE('/api/v1/projects/{project_id}/members/{user_id}', { params: { path: { project_id, user_id } } }));
