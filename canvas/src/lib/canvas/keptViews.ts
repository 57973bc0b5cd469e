// Each person's own view of each level, kept in this browser.

import type { View } from './window';

const MOST = 300;
const keyOf = (project: string): string => `director.views.${project}`;

type Kept = Record<string, readonly [number, number, number]>;

const cache = new Map<string, Kept>();
let writing: ReturnType<typeof setTimeout> | undefined;

function of(project: string): Kept {
  let kept = cache.get(project);
  if (kept === undefined) {
    try {
      kept = JSON.parse(localStorage.getItem(keyOf(project)) ?? '{}') as Kept;
    } catch {
      // Written by something else: it is only a view.
      kept = {};
    }
    cache.set(project, kept);
  }
  return kept;
}

/** Where this level was looked at last, if it was. */
export function keptView(project: string, level: string | null): View | undefined {
  const found = of(project)[level ?? ''];
  return found && { x: found[0], y: found[1], zoom: found[2] };
}

export function keepView(project: string, level: string | null, { x, y, zoom }: View): void {
  const kept = of(project);
  const key = level ?? '';
  delete kept[key];
  kept[key] = [Math.round(x), Math.round(y), Number(zoom.toFixed(4))];
  const keys = Object.keys(kept);
  if (keys.length > MOST) delete kept[keys[0] as string];
  // A view moves with every frame; it is written now and then.
  writing ??= setTimeout(() => {
    writing = undefined;
    for (const [id, views] of cache) localStorage.setItem(keyOf(id), JSON.stringify(views));
  }, 400);
}
