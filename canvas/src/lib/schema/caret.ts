// Where a caret stands after somebody else's change of the same text.

import type { TextDelta } from '$lib/graph/text';

/** The place of a caret after a change; what is inserted at it stands before it. */
export function moved(caret: number, delta: TextDelta): number {
  let at = 0;
  let place = caret;
  for (const part of delta) {
    if (at > place) break;
    if (typeof part === 'string') {
      if (at < place || (at === place && at === caret)) place += part.length;
      at += part.length;
    } else if (part > 0) at += part;
    else if (at < place) place = Math.max(at, place + part);
  }
  return place;
}
