// A value that others can follow: the contract of Svelte's stores, without Svelte.

export interface Readable<T> {
  get(): T;
  /** Calls at once and after each change; gives the way to end that. */
  subscribe(follow: (value: T) => void): () => void;
}

export class Store<T> implements Readable<T> {
  #value: T;
  readonly #followers = new Set<(value: T) => void>();

  constructor(value: T) {
    this.#value = value;
  }

  get(): T {
    return this.#value;
  }

  set(value: T): void {
    if (Object.is(value, this.#value)) return;
    this.#value = value;
    for (const follow of [...this.#followers]) follow(value);
  }

  subscribe(follow: (value: T) => void): () => void {
    // Of its own, so that one function can follow twice.
    const follower = (value: T): void => follow(value);
    this.#followers.add(follower);
    follow(this.#value);
    return () => this.#followers.delete(follower);
  }
}
