// Where unanswered steps lie until the server has answered them, so that a closed tab loses none.
//
// Each tab is a client of its own with an outbox of its own. It holds a lock on it while it lives;
// an outbox that nobody holds belonged to a tab that was closed, and the next one takes it over.

import type { Packed } from '../graph/packing';
import type { RefusedText } from './rejectedChanges';

/** What is kept of one client. */
export interface Kept {
  readonly packed: Packed;
  readonly rejected: readonly RefusedText[];
}

/** Kept things by their key: IndexedDB, or memory. */
export interface Keeper {
  keys(prefix: string): Promise<string[]>;
  read(key: string): Promise<Kept | undefined>;
  write(key: string, kept: Kept): Promise<void>;
  remove(key: string): Promise<void>;
}

/** Held while its holder lives; `navigator.locks` in a browser. */
export interface Locks {
  /** Take a lock that is free; gives the way to release it, or undefined. */
  claim(name: string): Promise<(() => void) | undefined>;
}

/** One client's outbox. Only the newest state counts, so writes that wait are joined. */
export class Outbox {
  readonly clientId: string;
  /** What an earlier tab left here. */
  readonly found: Kept | undefined;
  readonly #keeper: Keeper;
  readonly #key: string;
  readonly #release: () => void;
  #newest: (() => Kept) | undefined;
  #writing: Promise<void> | undefined;
  #next: Promise<void> | undefined;

  constructor(
    keeper: Keeper,
    key: string,
    clientId: string,
    found: Kept | undefined,
    release: () => void,
  ) {
    this.#keeper = keeper;
    this.#key = key;
    this.clientId = clientId;
    this.found = found;
    this.#release = release;
  }

  /**
   * Keep what this gives; when the promise is fulfilled, that or something newer is kept. It is
   * asked when it is written, so that many changes in a row cost one.
   */
  save(newest: () => Kept): Promise<void> {
    this.#newest = newest;
    // The write that is next begins a moment after the one before it ends.
    if (this.#next !== undefined) return this.#next;
    if (this.#writing === undefined) {
      this.#writing = this.#write();
      return this.#writing;
    }
    this.#next = this.#writing.then(() => {
      this.#next = undefined;
      this.#writing = this.#write();
      return this.#writing;
    });
    return this.#next;
  }

  /** Let the next tab have it. */
  async close(): Promise<void> {
    await (this.#next ?? this.#writing);
    this.#release();
  }

  async #write(): Promise<void> {
    const kept = this.#newest?.();
    try {
      if (kept === undefined) return;
      if (kept.packed.steps.length === 0 && kept.rejected.length === 0) {
        await this.#keeper.remove(this.#key);
      } else await this.#keeper.write(this.#key, kept);
    } catch {
      // A full or forbidden store must not stop the work; it is then kept in this tab alone.
    } finally {
      this.#writing = undefined;
    }
  }
}

export interface OpenOptions {
  readonly keeper: Keeper;
  readonly locks: Locks;
  /** Whose work in which graph: nobody takes over another person's. */
  readonly place: string;
  readonly newId: () => string;
}

/**
 * The outbox of a new tab, and those of closed tabs that wait to be emptied.
 *
 * The first that a closed tab left is taken over together with its client id, so that what it had
 * sent is known again. The others need clients of their own to empty them: see `emptyOrphans`.
 */
export async function openOutboxes(
  options: OpenOptions,
): Promise<{ mine: Outbox; orphans: Outbox[] }> {
  const { keeper, locks, place, newId } = options;
  const found: Outbox[] = [];
  const prefix = `${place}/`;
  for (const key of await keeper.keys(prefix).catch(() => [])) {
    const release = await locks.claim(key);
    if (release === undefined) continue;
    const kept = await keeper.read(key).catch(() => undefined);
    if (kept?.packed.form === 1) {
      found.push(new Outbox(keeper, key, key.slice(prefix.length), kept, release));
    } else release();
  }
  const [first, ...orphans] = found;
  if (first !== undefined) return { mine: first, orphans };
  const id = newId();
  const key = prefix + id;
  const release = (await locks.claim(key)) ?? (() => undefined);
  return { mine: new Outbox(keeper, key, id, undefined, release), orphans };
}

/** Keeps in memory: for tests, and where a browser allows nothing else. */
export class MemoryKeeper implements Keeper {
  readonly kept = new Map<string, Kept>();

  async keys(prefix: string): Promise<string[]> {
    return [...this.kept.keys()].filter((key) => key.startsWith(prefix)).sort();
  }

  async read(key: string): Promise<Kept | undefined> {
    return this.kept.get(key);
  }

  async write(key: string, kept: Kept): Promise<void> {
    this.kept.set(key, structuredClone(kept));
  }

  async remove(key: string): Promise<void> {
    this.kept.delete(key);
  }
}
