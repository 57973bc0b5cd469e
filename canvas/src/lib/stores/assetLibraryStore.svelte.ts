// The library of an open project: its characters, styles, places and props, as they are now.
//
// It is asked for when the first component needs it, and follows what is told of changes.

import { answer, api, everyItem, type Schema } from '$lib/api/client';
import { Problem } from '$lib/api/problem';
import { KeyedMap } from './keyed';
import type { ProjectStore } from './projectStore.svelte';

export type Asset = Schema<'Asset'>;
export type AssetKind = Asset['kind'];

export const ASSET_KINDS: readonly AssetKind[] = ['character', 'style', 'environment', 'prop'];

export class AssetLibraryStore {
  /** By id; those that were removed are left out. */
  readonly assets = new KeyedMap<Asset>();
  loaded = $state(false);
  problem = $state.raw<Problem | null>(null);
  readonly #project: ProjectStore;
  #opened = false;

  constructor(project: ProjectStore) {
    this.#project = project;
  }

  /** Ask for the library, once; later calls do nothing. */
  open(): void {
    if (this.#opened) return;
    this.#opened = true;
    this.#project.listen({
      event: (event) => {
        if (event.event !== 'server:asset_changed') return;
        const { id, kind, change } = event.payload;
        if (!(ASSET_KINDS as readonly string[]).includes(kind)) return;
        if (change === 'removed') this.assets.delete(id);
        else void this.#read(id);
      },
    });
    void this.load();
  }

  /** Ask for all of it anew. */
  async load(): Promise<void> {
    const path = { project_id: this.#project.id };
    try {
      const found = await everyItem((cursor) =>
        api.GET('/api/v1/projects/{project_id}/assets', {
          params: { path, query: { limit: 200, cursor } },
        }),
      );
      this.assets.replace(found.map((asset) => [asset.id, asset] as const));
      this.problem = null;
    } catch (error) {
      this.problem = Problem.from(error);
    }
    this.loaded = true;
  }

  async #read(id: string): Promise<void> {
    const path = { project_id: this.#project.id, asset_id: id };
    try {
      const asset = await answer(api.GET('/api/v1/projects/{project_id}/assets/{asset_id}', { params: { path } }));
      if (asset.removed_at) this.assets.delete(id);
      else this.assets.set(id, asset);
    } catch (error) {
      this.problem = Problem.from(error);
    }
  }
}

const stores = new WeakMap<ProjectStore, AssetLibraryStore>();

/** The library of a project; one store for all its components. */
export function libraryOf(project: ProjectStore): AssetLibraryStore {
  let found = stores.get(project);
  if (found === undefined) {
    found = new AssetLibraryStore(project);
    stores.set(project, found);
  }
  return found;
}
