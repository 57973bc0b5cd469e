// Changes of a text, letter by letter: apply, transform, compose, invert.
//
// A delta walks over the text: a positive number keeps, a string inserts, a negative number
// deletes; what lies behind its end is kept. All lengths count UTF-16 units, as strings here do.

export type TextDelta = readonly (number | string)[];

/** A delta that does not fit its text, or that would cut a character in two. */
export class BadDelta extends Error {}

/** The same delta in its one shortest form; equal changes have equal forms. */
export function normalise(delta: Iterable<unknown>): TextDelta {
  const out = new Writer();
  for (const part of delta) {
    if (typeof part === 'string') {
      if (!part.isWellFormed()) throw new BadDelta('a text holds half of a character');
    } else if (typeof part !== 'number' || !Number.isInteger(part)) {
      throw new BadDelta('a delta consists of whole numbers and texts');
    }
    out.put(part);
  }
  return out.done();
}

/** The text after a change; `BadDelta` when the change reaches past its end. */
export function applyDelta(text: string, delta: TextDelta): string {
  const rest = new Source(text);
  let after = '';
  for (const part of delta) {
    if (typeof part === 'string') after += part;
    else if (part > 0) after += rest.take(part);
    else rest.take(-part);
  }
  return after + rest.remainder();
}

/** The change that takes a change of this text back. */
export function invert(delta: TextDelta, text: string): TextDelta {
  const rest = new Source(text);
  const out = new Writer();
  for (const part of delta) {
    if (typeof part === 'string') out.put(-part.length);
    else if (part > 0) {
      rest.take(part);
      out.put(part);
    } else out.put(rest.take(-part));
  }
  return out.done();
}

/** The delta that makes one text into another, changing only what lies between equal ends. */
export function replacement(before: string, after: string): TextDelta {
  const shortest = Math.min(before.length, after.length);
  let start = 0;
  while (start < shortest && before[start] === after[start]) start += 1;
  if (cuts(before, start) || cuts(after, start)) start -= 1;
  let end = 0;
  while (
    end < shortest - start &&
    before[before.length - 1 - end] === after[after.length - 1 - end]
  ) {
    end += 1;
  }
  if (cuts(before, before.length - end) || cuts(after, after.length - end)) end -= 1;
  return normalise([
    start,
    after.slice(start, after.length - end),
    -(before.length - end - start),
  ]);
}

/**
 * A change as it reads after another one that was made to the same text.
 *
 * Where both insert at one place, `first` says whether this one's text stands first.
 */
export function transform(delta: TextDelta, other: TextDelta, first: boolean): TextDelta {
  const mine = new Parts(delta);
  const theirs = new Parts(other);
  const out = new Writer();
  while (mine.more()) {
    const part = mine.peek();
    const against = theirs.peek();
    if (typeof part === 'string' && (first || typeof against !== 'string')) {
      out.put(part);
      mine.skip();
    } else if (typeof against === 'string') {
      out.put(against.length);
      theirs.skip();
    } else if (against === 0) {
      out.put(part);
      mine.skip();
    } else if (typeof part === 'number') {
      const step = Math.min(Math.abs(part), Math.abs(against));
      if (against > 0) out.put(part > 0 ? step : -step);
      mine.advance(step);
      theirs.advance(step);
    }
  }
  return out.done();
}

/** One change that does what two in a row do. */
export function compose(delta: TextDelta, then: TextDelta): TextDelta {
  const a = new Parts(delta);
  const b = new Parts(then);
  const out = new Writer();
  while (a.more() || b.more()) {
    const first = a.peek();
    const second = b.peek();
    if (typeof first === 'number' && first < 0) {
      out.put(first);
      a.skip();
    } else if (typeof second === 'string') {
      out.put(second);
      b.skip();
    } else if (second === 0) {
      out.put(first);
      a.skip();
    } else if (first === 0) {
      out.put(second);
      b.skip();
    } else if (typeof first === 'number') {
      const step = Math.min(first, Math.abs(second));
      out.put(second > 0 ? step : -step);
      a.advance(step);
      b.advance(step);
    } else {
      const step = Math.min(first.length, Math.abs(second));
      const inserted = a.takeText(step);
      if (second > 0) out.put(inserted);
      b.advance(step);
    }
  }
  return out.done();
}

/** Whether a place in a text lies inside a character that takes two units. */
function cuts(text: string, at: number): boolean {
  return isHigh(text.charCodeAt(at - 1)) && isLow(text.charCodeAt(at));
}

const isHigh = (unit: number): boolean => unit >= 0xd800 && unit < 0xdc00;
const isLow = (unit: number): boolean => unit >= 0xdc00 && unit < 0xe000;

/** Collects the parts of a delta: joins equal neighbours and puts inserts before deletes. */
class Writer {
  readonly #parts: (number | string)[] = [];

  put(part: number | string): void {
    if (!part) return;
    const parts = this.#parts;
    const last = parts.at(-1) ?? 0;
    if (typeof part === 'string') {
      if (typeof last === 'string') parts[parts.length - 1] = last + part;
      else if (last < 0) {
        const before = parts.at(-2);
        if (typeof before === 'string') parts[parts.length - 2] = before + part;
        else parts.splice(parts.length - 1, 0, part);
      } else parts.push(part);
    } else if (typeof last === 'number' && last !== 0 && last > 0 === part > 0) {
      parts[parts.length - 1] = last + part;
    } else parts.push(part);
  }

  done(): TextDelta {
    const last = this.#parts.at(-1);
    if (typeof last === 'number' && last > 0) this.#parts.pop();
    return this.#parts;
  }
}

/** Reads a delta part by part; a number can be read in steps. */
class Parts {
  readonly #parts: (number | string)[];

  constructor(delta: TextDelta) {
    this.#parts = delta.toReversed();
  }

  more(): boolean {
    return this.#parts.length > 0;
  }

  peek(): number | string {
    return this.#parts.at(-1) ?? 0;
  }

  skip(): void {
    this.#parts.pop();
  }

  advance(step: number): void {
    const part = this.#parts.pop() as number;
    const rest = part > 0 ? part - step : part + step;
    if (rest !== 0) this.#parts.push(rest);
  }

  takeText(step: number): string {
    const source = new Source(this.#parts.pop() as string);
    const head = source.take(step);
    const tail = source.remainder();
    if (tail) this.#parts.push(tail);
    return head;
  }
}

/** Reads a text in UTF-16 units, and never hands out half of a character. */
class Source {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  take(count: number): string {
    const start = this.#at;
    this.#at += count;
    if (this.#at > this.#text.length) {
      throw new BadDelta('a delta reaches past the end of its text');
    }
    return this.#between(start, this.#at);
  }

  remainder(): string {
    return this.#between(this.#at, this.#text.length);
  }

  #between(start: number, end: number): string {
    // Only a place in the middle of a pair can do harm: the text itself is well formed.
    if (start < end && (cuts(this.#text, start) || cuts(this.#text, end))) {
      throw new BadDelta('a delta cuts a character in two');
    }
    return this.#text.slice(start, end);
  }
}
