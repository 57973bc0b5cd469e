// Reactivity by key: who reads one node's record is told of that node alone, and what nobody reads
// costs nothing. The graph itself stays plain.

import { createSubscriber } from 'svelte/reactivity';

export class Keyed {
  readonly #watched = new Map<string, { subscribe: () => void; update: () => void }>();

  /** Call it where the value of `key` is read; outside an effect it does nothing. */
  track(key: string): void {
    let found = this.#watched.get(key);
    if (found === undefined) {
      let update = (): void => undefined;
      const subscribe = createSubscriber((tell) => {
        update = tell;
        return () => this.#watched.delete(key);
      });
      found = { subscribe, update: () => update() };
      this.#watched.set(key, found);
    }
    found.subscribe();
  }

  /** The value of `key` is another. */
  changed(key: string): void {
    this.#watched.get(key)?.update();
  }

  changedAll(): void {
    for (const { update } of [...this.#watched.values()]) update();
  }
}

/** A map of which each entry is reactive by itself. */
export class KeyedMap<Value> {
  readonly #values = new Map<string, Value>();
  readonly #keyed = new Keyed();
  readonly #all = new Keyed();

  get(key: string): Value | undefined {
    this.#keyed.track(key);
    return this.#values.get(key);
  }

  /** Without being told of changes. */
  peek(key: string): Value | undefined {
    return this.#values.get(key);
  }

  set(key: string, value: Value): void {
    this.#values.set(key, value);
    this.#keyed.changed(key);
    this.#all.changed('');
  }

  delete(key: string): void {
    if (!this.#values.delete(key)) return;
    this.#keyed.changed(key);
    this.#all.changed('');
  }

  /** Put other entries in place of all. */
  replace(entries: Iterable<readonly [string, Value]>): void {
    const before = [...this.#values.keys()];
    this.#values.clear();
    for (const [key, value] of entries) this.#values.set(key, value);
    for (const key of new Set([...before, ...this.#values.keys()])) this.#keyed.changed(key);
    this.#all.changed('');
  }

  /** All of it; whoever reads it is told of every change. */
  get entries(): ReadonlyMap<string, Value> {
    this.#all.track('');
    return this.#values;
  }

  get size(): number {
    this.#all.track('');
    return this.#values.size;
  }
}
