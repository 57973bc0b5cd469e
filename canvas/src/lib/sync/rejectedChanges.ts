// Rejected changes: texts that somebody wrote and the server refused, to be taken back from there.

import { splitPath } from '../graph/changes';
import type { Refusal } from '../graph/replica';
import { Store } from './store';

/** A text that was refused: where it was to stand, and why it does not. */
export interface RefusedText {
  readonly node: string;
  readonly field: string;
  readonly text: string;
  readonly reason: string;
  readonly message: string;
}

export class RejectedChanges extends Store<readonly RefusedText[]> {
  /** Put in what a refused step had written. */
  fill(refusal: Refusal): void {
    const found = textsIn(refusal);
    if (found.length > 0) this.set([...this.get(), ...found]);
  }

  /** Take one out. */
  take(text: RefusedText): void {
    this.set(this.get().filter((one) => one !== text));
  }
}

function textsIn({ ops, reason, message }: Refusal): RefusedText[] {
  const found: RefusedText[] = [];
  const put = (node: string, field: string, text: unknown): void => {
    if (typeof text === 'string' && text.trim()) found.push({ node, field, text, reason, message });
  };
  for (const op of ops) {
    if (op.op === 'text.edit') {
      put(op.id, op.field, op.delta.filter((part) => typeof part === 'string').join(' '));
    } else if (op.op === 'node.add') {
      for (const [field, text] of Object.entries(op.text ?? {})) put(op.id, field, text);
    } else if (op.op === 'node.set') {
      for (const [path, text] of Object.entries(op.values ?? {})) {
        const [place, field] = splitPath(path);
        if (place === 'text') put(op.id, field, text);
      }
    }
  }
  return found;
}
