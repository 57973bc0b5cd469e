// From the core's plain stores to values that Svelte follows.

import { createSubscriber } from 'svelte/reactivity';
import type { Readable } from '$lib/sync/store';

/** The value of a plain store; read in a component or effect, it is followed. */
export function followed<T>(store: Readable<T>): () => T {
  const subscribe = createSubscriber((update) => {
    let first = true;
    return store.subscribe(() => {
      // A store tells its value at once; that is no change.
      if (!first) update();
      first = false;
    });
  });
  return () => {
    subscribe();
    return store.get();
  };
}
