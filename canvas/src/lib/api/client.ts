// The API of the server, typed by its own OpenAPI document.
//
//   const project = await answer(api.GET('/api/v1/projects/{project_id}', { params: … }));

import createClient from 'openapi-fetch';
import { Problem } from './problem';
import type { components, paths } from './schema';

/** The records of the API by their names: `Schema<'Project'>`. */
export type Schema<Name extends keyof components['schemas']> = components['schemas'][Name];

export const api = createClient<paths>({ baseUrl: '', credentials: 'same-origin' });

let leave: ((why: Problem) => void) | undefined;

/** What is to happen when the server does not know this person any more. */
export function onLoggedOut(run: (why: Problem) => void): void {
  leave = run;
}

interface Answered<Data> {
  readonly data?: Data;
  readonly error?: unknown;
  readonly response: Response;
}

/** The body of an answer. Throws a `Problem` where it was no success, or never came. */
export async function answer<Data>(asked: Promise<Answered<Data>>): Promise<NonNullable<Data>> {
  let got: Answered<Data>;
  try {
    got = await asked;
  } catch (error) {
    throw Problem.from(error);
  }
  if (got.response.ok) return got.data as NonNullable<Data>;
  const problem = Problem.of(got.error, got.response.status);
  if (problem.status === 401) leave?.(problem);
  throw problem;
}

interface Page<Item> {
  readonly items: readonly Item[];
  readonly next_cursor: string | null;
}

/** A whole list, page after page. */
export async function everyItem<Item>(
  ask: (cursor?: string) => Promise<Answered<Page<Item>>>,
): Promise<Item[]> {
  const items: Item[] = [];
  let cursor: string | undefined;
  do {
    const page = await answer(ask(cursor));
    items.push(...page.items);
    cursor = page.next_cursor ?? undefined;
  } while (cursor !== undefined);
  return items;
}
