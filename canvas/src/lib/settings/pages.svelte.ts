// A list of the API, page after page, as settings show it.

import { answer } from '$lib/api/client';
import { Problem } from '$lib/api/problem';

interface Page<Item> {
  readonly items: readonly Item[];
  readonly next_cursor: string | null;
}
type Ask<Item> = (query: { limit: number; cursor?: string }) => Promise<{
  readonly data?: Page<Item>;
  readonly error?: unknown;
  readonly response: Response;
}>;

export class Pages<Item> {
  items = $state.raw<readonly Item[]>([]);
  cursor = $state<string | null>(null);
  loading = $state(true);
  problem = $state.raw<Problem>();
  readonly #ask: Ask<Item>;
  readonly #limit: number;

  constructor(ask: Ask<Item>, limit = 50) {
    this.#ask = ask;
    this.#limit = limit;
    void this.load();
  }

  async load(more = false): Promise<void> {
    this.loading = true;
    this.problem = undefined;
    try {
      const cursor = more ? this.cursor : null;
      const page = await answer(this.#ask({ limit: this.#limit, ...(cursor ? { cursor } : {}) }));
      this.items = more ? [...this.items, ...page.items] : page.items;
      this.cursor = page.next_cursor;
    } catch (error) {
      this.problem = Problem.from(error);
    }
    this.loading = false;
  }

  /** Do something to the list, and read it anew; what went wrong stands in `problem`. */
  async after(work: () => Promise<unknown>): Promise<boolean> {
    try {
      await work();
    } catch (error) {
      this.problem = Problem.from(error);
      return false;
    }
    await this.load();
    return this.problem === undefined;
  }
}
