// One take as a sequence of a single clip.

import type { Schema } from '$lib/api/client';
import { proxyAddress } from './addresses';
import { takeAddress } from './posters';
import { Sequence } from './sequence';
import { parseRate, type Rate } from './timecode';

/** Plays a take by itself. `film` is the film's rate, for a take that does not say its own. */
export function takeSequence(take: Schema<'Take'>, film: string): { sequence: Sequence; rate: Rate } {
  const facts = take.outputs[0]?.media.facts ?? {};
  const rate = parseRate(typeof facts.rate === 'string' ? facts.rate : film);
  const seconds = typeof facts.duration === 'number' ? facts.duration : 0;
  const frames = typeof facts.frames === 'number' ? facts.frames : Math.round(seconds * rate.value);
  const sounds = Boolean(facts.audio ?? facts.sample_rate);
  const clip = {
    url: takeAddress(take.id),
    start: 0,
    end: Math.max(1, frames),
    label: take.name,
    proxy: proxyAddress(take.project_id, take.digest),
    ...(sounds ? { sound: take.digest } : {}),
  };
  return { sequence: new Sequence([clip]), rate };
}
