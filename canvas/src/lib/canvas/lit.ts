// What a selection lights: all that it comes from and all that it goes to.

import type { CanvasModel } from './model';

/** The slots up- and downstream of these nodes, with them; undefined for none. */
export function litBy(model: CanvasModel, selected: ReadonlySet<string>): ReadonlySet<number> | undefined {
  const start: number[] = [];
  for (const id of selected) {
    const slot = model.slots.get(id);
    if (slot !== undefined) start.push(slot);
  }
  // Much selected is no question about one thing.
  if (start.length === 0 || start.length > 40) return undefined;
  const found = new Set(start);
  for (const up of [true, false]) {
    const open = [...start];
    const seen = new Set(start);
    while (open.length > 0) {
      const slot = open.pop() as number;
      for (const wire of model.wires.bySlot.get(slot) ?? []) {
        const [here, there] = up ? [wire.target, wire.source] : [wire.source, wire.target];
        // Order leads from the first shot to the last: it says nothing about what needs what.
        if (here !== slot || seen.has(there) || wire.type === 'Sequence') continue;
        seen.add(there);
        found.add(there);
        open.push(there);
      }
    }
  }
  return found;
}
