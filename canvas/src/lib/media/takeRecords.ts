// Takes by their ids, asked once: a take never changes.

import { answer, api, type Schema } from '$lib/api/client';
import { KeyedMap } from '$lib/stores/keyed';

type Take = Schema<'Take'>;

const known = new KeyedMap<Take>();
const asked = new Set<string>();

/** A take as soon as it is here, followed; what could not be had is asked for again later. */
export function takeRecord(id: string): Take | undefined {
  const found = known.get(id);
  if (found === undefined && !asked.has(id)) {
    asked.add(id);
    answer(api.GET('/api/v1/takes/{take_id}', { params: { path: { take_id: id } } })).then(
      (take) => known.set(id, take),
      () => asked.delete(id),
    );
  }
  return found;
}
