// What is dragged over the canvas from outside it: an asset of the library, or files.

import { libraryOf } from '$lib/stores/assetLibraryStore.svelte';
import { addAsset, addFiles } from './actions/bring';
import type { CanvasStore, Point } from './canvasStore.svelte';

/** The kind of data by which an asset is dragged; its value is the asset's id. */
export const ASSET_DATA = 'application/x-director-asset';

export class DropHand {
  readonly #canvas: CanvasStore;
  /** Where it would be put, on the screen, while something that is taken is held over the canvas. */
  at = $state.raw<Point>();
  /** How much of dropped files has arrived, from 0 to 1. */
  sending = $state<number>();

  constructor(canvas: CanvasStore) {
    this.#canvas = canvas;
  }

  readonly over = (event: DragEvent): void => {
    const types = event.dataTransfer?.types ?? [];
    if (!this.#canvas.project.canEdit || !(types.includes(ASSET_DATA) || types.includes('Files'))) return;
    event.preventDefault();
    if (event.dataTransfer) event.dataTransfer.dropEffect = 'copy';
    this.at = this.#canvas.fromClient(event);
  };

  readonly leave = (event: DragEvent): void => {
    const inside = event.currentTarget instanceof Node && event.currentTarget.contains(event.relatedTarget as Node | null);
    if (!inside) this.at = undefined;
  };

  readonly drop = (event: DragEvent): void => {
    this.at = undefined;
    const data = event.dataTransfer;
    if (event.defaultPrevented || !data || !this.#canvas.project.canEdit) return;
    const at = this.#canvas.fromClient(event);
    const place = this.#canvas.toCanvas(at);
    const asset = libraryOf(this.#canvas.project).assets.peek(data.getData(ASSET_DATA));
    const files = [...data.files];
    if (asset === undefined && files.length === 0) return;
    event.preventDefault();
    if (asset) addAsset(this.#canvas, asset, place, at);
    else void this.#send(files, place);
  };

  async #send(files: readonly File[], place: Point): Promise<void> {
    this.sending = 0;
    await addFiles(this.#canvas, files, place, (done) => (this.sending = done));
    this.sending = undefined;
  }
}
