// Who is logged in here, and the way in and out.

import { answer, api, onLoggedOut, type Schema } from '$lib/api/client';
import { Problem } from '$lib/api/problem';

export type Me = Schema<'Me'>;

/** Not asked yet; nobody; somebody. */
type State = 'unknown' | 'nobody' | 'somebody';

class UserSessionStore {
  me = $state.raw<Me | null>(null);
  state = $state<State>('unknown');
  /** Why the log-in of before ended, in words, where it ended by itself or elsewhere. */
  ended = $state('');

  constructor() {
    onLoggedOut(({ code, message }) => {
      if (code.startsWith('account.session_')) this.ended = message;
      this.#set(null);
    });
  }

  /** Ask the server who this is. Throws a `Problem` where it cannot be reached. */
  async load(): Promise<Me | null> {
    try {
      this.#set(await answer(api.GET('/api/v1/auth/me')));
    } catch (error) {
      if (Problem.from(error).status !== 401) throw error;
    }
    return this.me;
  }

  /** Somebody came in by another way. */
  enter(me: Me): void {
    this.#set(me);
  }

  /** `code` is of the second factor of who has one. */
  async logIn(email: string, password: string, code?: string): Promise<void> {
    this.#set(await answer(api.POST('/api/v1/auth/login', { body: { email, password, code } })));
  }

  /** Make an account; `setup` is the code of the owner's one-time link. */
  async register(name: string, email: string, password: string, setup?: string): Promise<void> {
    const body = { name, email, password, setup: setup ?? null };
    this.#set(await answer(api.POST('/api/v1/auth/register', { body })));
  }

  async reset(code: string, password: string): Promise<void> {
    this.#set(await answer(api.POST('/api/v1/auth/reset', { body: { code, password } })));
  }

  /** Change name or address; another address needs the `current` password. */
  async change(body: Schema<'ProfileChange'>): Promise<void> {
    this.#set(await answer(api.PATCH('/api/v1/auth/me', { body })));
  }

  async logOut(): Promise<void> {
    await answer(api.POST('/api/v1/auth/logout'));
    this.#set(null);
  }

  #set(me: Me | null): void {
    this.me = me;
    this.state = me === null ? 'nobody' : 'somebody';
  }
}

export const userSessionStore = new UserSessionStore();
