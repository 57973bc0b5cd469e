// JSON values from outside: what may enter a graph, and in which form.

const MAX_FIELD = 64 * 1024;
export const MAX_TEXT = 1024 * 1024;
const MAX_DEPTH = 32;
const MAX_INTEGER = 2 ** 63;
// From here on JSON is written with an exponent, which the server reads as no whole number.
const EXPONENT = 1e21;

/** A value that may not enter a graph: the reason to refuse it and a sentence. */
export class BadValue extends Error {
  readonly reason: string;

  constructor(reason: string, message: string) {
    super(message);
    this.reason = reason;
  }
}

/**
 * The value in the form in which a graph keeps it, or `BadValue`.
 *
 * Refused are numbers that JSON cannot write, halves of characters, what nests too deep, what is
 * no JSON at all, and what is larger than `limit` bytes.
 */
export function checkValue(value: unknown, limit: number = MAX_FIELD): unknown {
  const budget = { left: limit };
  const checked = check(value, budget, 0);
  if (budget.left < 0) {
    throw new BadValue('too_large', `a value is larger than ${Math.floor(limit / 1024)} kB`);
  }
  return checked;
}

/** A text that may enter a graph, or `BadValue`. */
export function checkText(text: unknown, limit: number = MAX_TEXT): string {
  if (typeof text !== 'string') throw new BadValue('invalid', 'a text is expected');
  checkCharacters(text);
  // No unit takes more than three bytes, so a short text needs no counting.
  if (text.length * 3 > limit && bytes(text) > limit) {
    throw new BadValue('too_large', `a text is larger than ${Math.floor(limit / 1024)} kB`);
  }
  return text;
}

function check(value: unknown, budget: { left: number }, depth: number): unknown {
  if (typeof value === 'string') {
    checkCharacters(value);
    budget.left -= bytes(value) + 2;
    return value;
  }
  if (typeof value === 'boolean' || value === null) {
    budget.left -= 5;
    return value;
  }
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new BadValue('invalid', 'a number is not finite');
    const size = Math.abs(value);
    if (size > MAX_INTEGER && size < EXPONENT) {
      throw new BadValue('invalid', 'a whole number is beyond 2 to the 63rd');
    }
    budget.left -= 8;
    return value === 0 ? 0 : value;
  }
  if (typeof value !== 'object') throw new BadValue('invalid', `${typeof value} is no JSON value`);
  if (depth >= MAX_DEPTH) {
    throw new BadValue('too_large', `a value nests deeper than ${MAX_DEPTH} levels`);
  }
  budget.left -= 2;
  if (budget.left < 0) throw new BadValue('too_large', 'a value is too large');
  if (Array.isArray(value)) return value.map((part) => check(part, budget, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) => {
      checkCharacters(key);
      budget.left -= bytes(key) + 3;
      return [key, check(part, budget, depth + 1)];
    }),
  );
}

function checkCharacters(text: string): void {
  // PostgreSQL keeps no such character: the log could not store it.
  if (text.includes('\0')) throw new BadValue('invalid', 'a text holds a character of code 0');
  if (!text.isWellFormed()) throw new BadValue('invalid', 'a text holds half of a character');
}

/** The length of a text in UTF-8. */
function bytes(text: string): number {
  let count = text.length;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    // Both halves of a pair count two of its four bytes.
    if (unit > 0x7f) count += unit > 0x7ff && (unit < 0xd800 || unit > 0xdfff) ? 2 : 1;
  }
  return count;
}

/** The same record with one entry more. Assigning could reach the prototype; this cannot. */
export function withEntry<T>(
  record: Readonly<Record<string, T>>,
  key: string,
  value: T,
): Readonly<Record<string, T>> {
  return { ...record, [key]: value };
}

/** The same record without one entry. */
export function withoutEntry<T>(
  record: Readonly<Record<string, T>>,
  key: string,
): Readonly<Record<string, T>> {
  if (!Object.hasOwn(record, key)) return record;
  const { [key]: _, ...rest } = record;
  return rest;
}

/** Whether two JSON values are the same. */
export function same(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a)) {
    return (
      Array.isArray(b) && a.length === b.length && a.every((part, place) => same(part, b[place]))
    );
  }
  const keys = Object.keys(a);
  return (
    !Array.isArray(b) &&
    keys.length === Object.keys(b).length &&
    keys.every(
      (key) =>
        Object.hasOwn(b, key) &&
        same((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]),
    )
  );
}
