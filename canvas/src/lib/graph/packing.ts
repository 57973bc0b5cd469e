// Unanswered steps in a form that outlives the tab, and back.
//
// Edits of a text mean something on one state of it only. So the text is kept with them: a later
// tab compares it with what the server has by then, and carries the edits over the difference.

import type { Graph } from './model';
import type { Operation } from './operations';
import { newStep, type PendingStep, textsOf } from './pending';
import type { Registry } from './registry';
import { textAt } from './textRules';

/** The unanswered steps of a client. A change of this form needs a new `form`. */
export interface Packed {
  readonly form: 1;
  readonly nextSeq: number;
  readonly steps: readonly PackedStep[];
  readonly texts: Readonly<Record<string, string>>;
}

interface PackedStep {
  readonly kind: PendingStep['kind'];
  readonly label: string;
  readonly base: number;
  readonly seq: number;
  readonly aside: number;
  readonly ops: readonly Operation[];
}

export function pack(
  steps: readonly PendingStep[],
  nextSeq: number,
  confirmed: Graph,
  registry: Registry,
  kept: ReadonlyMap<string, string> | undefined,
): Packed {
  const texts = new Map<string, string>();
  for (const key of new Set(steps.flatMap(({ ops }) => ops.flatMap(textsOf)))) {
    const text = kept?.get(key) ?? textAt(confirmed, key, registry);
    if (text !== undefined) texts.set(key, text);
  }
  return {
    form: 1,
    nextSeq,
    steps: steps.map(({ kind, label, base, seq, aside, ops }) => ({
      kind,
      label,
      base,
      seq,
      aside,
      ops,
    })),
    texts: Object.fromEntries(texts),
  };
}

export function unpack(packed: Packed): {
  steps: PendingStep[];
  texts: ReadonlyMap<string, string>;
  nextSeq: number;
} {
  const steps = packed.steps.map(({ kind, label, base, seq, aside, ops }) => ({
    ...newStep(kind, label, base, ops),
    seq,
    aside,
  }));
  return { steps, texts: new Map(Object.entries(packed.texts)), nextSeq: packed.nextSeq };
}
