// Outboxes in the browser's own database, and their locks.

import type { Keeper, Kept, Locks } from './outbox';

const DATABASE = 'director';
const OUTBOXES = 'outboxes';

/** Outboxes in IndexedDB. */
export class IndexedDbKeeper implements Keeper {
  readonly #database: Promise<IDBDatabase>;

  constructor(factory: IDBFactory = indexedDB) {
    this.#database = open(factory);
    // Whoever uses it hears of the failure; nobody else has to.
    this.#database.catch(() => undefined);
  }

  async keys(prefix: string): Promise<string[]> {
    const range = IDBKeyRange.bound(prefix, `${prefix}\uffff`);
    const store = await this.#store('readonly');
    return (await done(store.getAllKeys(range))) as string[];
  }

  async read(key: string): Promise<Kept | undefined> {
    const store = await this.#store('readonly');
    return (await done(store.get(key))) as Kept | undefined;
  }

  async write(key: string, kept: Kept): Promise<void> {
    const store = await this.#store('readwrite');
    store.put(kept, key);
    await finished(store.transaction);
  }

  async remove(key: string): Promise<void> {
    const store = await this.#store('readwrite');
    store.delete(key);
    await finished(store.transaction);
  }

  async close(): Promise<void> {
    (await this.#database).close();
  }

  async #store(mode: IDBTransactionMode): Promise<IDBObjectStore> {
    const database = await this.#database;
    // A tab that closes is what this is for, not a machine that loses power.
    return database.transaction(OUTBOXES, mode, { durability: 'relaxed' }).objectStore(OUTBOXES);
  }
}

/** Locks that end with the tab that holds them. */
export class WebLocks implements Locks {
  readonly #manager: LockManager | undefined;

  constructor(manager: LockManager | undefined = globalThis.navigator?.locks) {
    this.#manager = manager;
  }

  claim(name: string): Promise<(() => void) | undefined> {
    const manager = this.#manager;
    // Without locks nobody can tell a closed tab from one beside this: better to leave it alone.
    if (manager === undefined) return Promise.resolve(undefined);
    return new Promise((resolve, reject) => {
      manager
        .request(`director ${name}`, { ifAvailable: true }, (lock) => {
          if (lock === null) {
            resolve(undefined);
            return undefined;
          }
          return new Promise<void>((release) => resolve(release));
        })
        .catch(reject);
    });
  }
}

function open(factory: IDBFactory): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = factory.open(DATABASE, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(OUTBOXES);
    request.onsuccess = () => {
      // A newer version of this page in another tab must not wait for this one.
      request.result.onversionchange = () => request.result.close();
      resolve(request.result);
    };
    request.onerror = () => reject(request.error);
    request.onblocked = () => reject(new Error('Another tab holds an older database open.'));
  });
}

function done<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

function finished(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = transaction.onerror = () => reject(transaction.error);
  });
}
