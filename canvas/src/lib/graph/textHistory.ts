// Edits of a text that were made before later ones were seen: what brings them up to date.
//
// Each client's unacknowledged edits are carried over what others did meanwhile, by one bridge for
// each client that typed lately. The server's half of the protocol; a client carries its own.

import type { Bridge, TextEdit, TextHistory } from './model';
import { type TextDelta, transform } from './text';

const KEPT_EDITS = 256;
const KEPT_BRIDGES = 32;
const NO_BRIDGE: Bridge = [-1, []];

export const NO_HISTORY: TextHistory = { historyStart: 0, edits: [], bridges: new Map() };

/** The edit was made on a version whose later changes are forgotten. */
export class TooOld extends Error {}

/**
 * An edit as it reads now, and the client's bridge after it; `TooOld` when none can be built.
 *
 * The edit was made on version `base` and on all that the same client did since.
 */
export function bringUpToDate(
  history: TextHistory,
  client: string,
  base: number,
  delta: TextDelta,
): [TextDelta, readonly TextEdit[]] {
  const [last, bridge] = history.bridges.get(client) ?? NO_BRIDGE;
  if (
    base < last &&
    last <= (history.rebuilt ?? 0) &&
    (base < history.historyStart ||
      history.edits.some(([at, author]) => base < at && at < last && author !== client))
  ) {
    // A log tells how an edit was stored, not how it was made: where others typed in between,
    // or may have, what the same client typed behind it cannot be placed any more.
    throw new TooOld();
  }
  let missed: readonly TextEdit[];
  if (base >= last) {
    if (base < history.historyStart) throw new TooOld();
    missed = history.edits.filter(([version]) => version > base);
    if (missed.some(([, author]) => author === client)) throw new TooOld();
  } else {
    missed = bridge.filter(([version]) => version > base);
  }
  const carried: TextEdit[] = [];
  for (const [version, author, theirs] of missed) {
    carried.push([version, author, transform(theirs, delta, true)]);
    delta = transform(delta, theirs, false);
  }
  return [delta, carried];
}

/** The history after an edit was applied; `bridge` is its client's, from `bringUpToDate`. */
export function record(
  history: TextHistory,
  client: string,
  version: number,
  delta: TextDelta,
  bridge: readonly TextEdit[],
): TextHistory {
  const edit: TextEdit = [version, client, delta];
  let edits: readonly TextEdit[] = [...history.edits, edit];
  let historyStart = history.historyStart;
  if (edits.length > KEPT_EDITS) {
    historyStart = edits.at(-KEPT_EDITS - 1)?.[0] ?? historyStart;
    edits = edits.filter(([each]) => each > historyStart);
  }
  const bridges = new Map<string, Bridge>();
  for (const [other, [last, waiting]] of history.bridges) {
    if (other !== client && waiting.length < KEPT_EDITS) {
      bridges.set(other, [last, [...waiting, edit]]);
    }
  }
  bridges.set(client, [version, bridge]);
  for (const oldest of bridges.keys()) {
    if (bridges.size <= KEPT_BRIDGES) break;
    bridges.delete(oldest);
  }
  return { ...history, historyStart, edits, bridges };
}
