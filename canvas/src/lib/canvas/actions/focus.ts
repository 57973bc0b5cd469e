// Where the keyboard is: in the fields of a node, or in what stands beside the canvas.

import type { CanvasStore } from '../canvasStore.svelte';

const FOCUSABLE =
  'a[href], button:not(:disabled), input:not(:disabled), textarea:not(:disabled), select:not(:disabled), [tabindex="0"]';

const focusable = (within: Element): HTMLElement | undefined =>
  [...within.querySelectorAll<HTMLElement>(FOCUSABLE)].find((one) => one.tabIndex >= 0 && one.checkVisibility());

/** As many frames as a node has to be mounted in, once it is in sight. */
const FRAMES = 90;

/** Go into the fields of the selected node; one that is too far away to be filled in is framed first. */
export async function intoFields(canvas: CanvasStore, id: string): Promise<void> {
  let framed = false;
  for (let frame = 0; frame < FRAMES; frame += 1) {
    const node = document.getElementById(`node-${id}`);
    const first = node === null ? undefined : focusable(node);
    if (first) return first.focus();
    if (!framed) canvas.frame([id], 0);
    framed = true;
    await new Promise(requestAnimationFrame);
  }
}

/** Go to the next part of the page: header, library, canvas, panel. */
export function nextRegion(canvas: CanvasStore): void {
  const regions = [...document.querySelectorAll<HTMLElement>('[data-region]')];
  const here = regions.findIndex((region) => region.contains(document.activeElement));
  for (let step = 1; step <= regions.length; step += 1) {
    const region = regions[(here + step) % regions.length] as HTMLElement;
    if (region.role === 'application') return canvas.takeFocus();
    const first = focusable(region);
    if (first) return first.focus();
  }
}
