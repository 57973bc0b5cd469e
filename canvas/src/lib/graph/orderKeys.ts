// Order keys: strings that leave room between any two, so that nothing else is renumbered.

import { generateKeyBetween, generateNKeysBetween } from 'fractional-indexing';

const MAX_LENGTH = 256;
const SMALLEST = `A${'0'.repeat(26)}`;

/** A key that sorts between two others; null stands for the very start or end. */
export function keyBetween(before: string | null, after: string | null): string {
  return keysBetween(before, after, 1)[0] as string;
}

/** So many keys in a row between two others, each as short as it can be. */
export function keysBetween(before: string | null, after: string | null, count: number): string[] {
  // The package would quietly exchange the two; a caller that mixes them up is to hear of it.
  if (before !== null && after !== null && before >= after) {
    throw new RangeError(`Nothing fits between the places ${before} and ${after}.`);
  }
  if (count === 1) return [generateKeyBetween(before, after)];
  return generateNKeysBetween(before, after, count);
}

/** Whether a string is an order key that others can be placed beside. */
export function isOrderKey(key: string): boolean {
  if (key.length > MAX_LENGTH || !/^[A-Za-z][A-Za-z0-9]+$/.test(key) || key === SMALLEST) {
    return false;
  }
  const head = key.charCodeAt(0);
  const whole = head >= 97 ? head - 97 + 2 : 90 - head + 2;
  return key.length === whole || (key.length > whole && !key.endsWith('0'));
}
