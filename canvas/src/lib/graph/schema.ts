// Whether a value fits the JSON Schema of a field: the subset in which params are written.
//
// The server has the last word with a whole validator. What is checked here is what a person can
// get wrong in a form; a keyword that is not known is left to the server. That is why no package
// is used: a complete validator is larger than all of this core.

export type Schema = Readonly<Record<string, unknown>>;

/** Why a value does not fit, in a few words; null when it does. */
export function misfit(schema: unknown, value: unknown): string | null {
  if (schema === true || typeof schema !== 'object' || schema === null) {
    return schema === false ? 'nothing is allowed here' : null;
  }
  for (const [keyword, wanted] of Object.entries(schema)) {
    const why = CHECKS.get(keyword)?.(wanted as never, value, schema as Schema) ?? null;
    if (why !== null) return why;
  }
  return null;
}

type Check = (wanted: never, value: unknown, schema: Schema) => string | null;

const CHECKS: ReadonlyMap<string, Check> = new Map<string, Check>([
  [
    'type',
    (wanted: string | string[], value) =>
      [wanted].flat().some((type) => isOf(type, value)) ? null : `is not of type ${String(wanted)}`,
  ],
  [
    'enum',
    (wanted: unknown[], value) =>
      wanted.some((one) => equal(one, value)) ? null : 'is none of the choices',
  ],
  ['const', (wanted: unknown, value) => (equal(wanted, value) ? null : 'is another value')],
  ['minimum', (wanted: number, value) => number(value, (n) => n >= wanted, `at least ${wanted}`)],
  ['maximum', (wanted: number, value) => number(value, (n) => n <= wanted, `at most ${wanted}`)],
  [
    'exclusiveMinimum',
    (wanted: number, value) => number(value, (n) => n > wanted, `more than ${wanted}`),
  ],
  [
    'exclusiveMaximum',
    (wanted: number, value) => number(value, (n) => n < wanted, `less than ${wanted}`),
  ],
  [
    'minLength',
    (wanted: number, value) =>
      typeof value === 'string' && [...value].length < wanted ? 'is too short' : null,
  ],
  [
    'maxLength',
    (wanted: number, value) =>
      // Counting characters is dear; units can only be more.
      typeof value === 'string' && value.length > wanted && [...value].length > wanted
        ? 'is too long'
        : null,
  ],
  ['pattern', matches],
  [
    'items',
    (wanted: unknown, value, schema) =>
      Array.isArray(value)
        ? first(value.slice(count(schema.prefixItems)), (part) => misfit(wanted, part))
        : null,
  ],
  [
    'prefixItems',
    (wanted: unknown[], value) =>
      Array.isArray(value)
        ? first(value.slice(0, wanted.length), (part, place) => misfit(wanted[place], part))
        : null,
  ],
  [
    'minItems',
    (wanted: number, value) =>
      Array.isArray(value) && value.length < wanted ? 'has too few entries' : null,
  ],
  [
    'maxItems',
    (wanted: number, value) =>
      Array.isArray(value) && value.length > wanted ? 'has too many entries' : null,
  ],
  [
    'required',
    (wanted: string[], value) =>
      isRecord(value)
        ? first(wanted, (name) => (Object.hasOwn(value, name) ? null : `lacks ${name}`))
        : null,
  ],
  [
    'properties',
    (wanted: Record<string, unknown>, value) =>
      isRecord(value)
        ? first(Object.keys(wanted), (name) =>
            Object.hasOwn(value, name) ? misfit(wanted[name], value[name]) : null,
          )
        : null,
  ],
  [
    'additionalProperties',
    (wanted: unknown, value, schema) =>
      isRecord(value)
        ? first(Object.keys(value), (name) =>
            isRecord(schema.properties) && Object.hasOwn(schema.properties, name)
              ? null
              : misfit(wanted, value[name]),
          )
        : null,
  ],
  [
    'anyOf',
    (wanted: unknown[], value) =>
      wanted.some((one) => misfit(one, value) === null) ? null : 'fits none of what is allowed',
  ],
]);

function isOf(type: string, value: unknown): boolean {
  switch (type) {
    case 'null':
      return value === null;
    case 'array':
      return Array.isArray(value);
    case 'object':
      return isRecord(value);
    case 'integer':
      return Number.isInteger(value);
    default:
      return typeof value === type;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function equal(a: unknown, b: unknown): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}

function number(value: unknown, fits: (value: number) => boolean, limit: string): string | null {
  return typeof value === 'number' && !fits(value) ? `has to be ${limit}` : null;
}

function matches(pattern: string, value: unknown): string | null {
  if (typeof value !== 'string') return null;
  try {
    return new RegExp(pattern, 'u').test(value) ? null : `does not match ${pattern}`;
  } catch {
    // Written in another dialect of patterns: for the server to judge.
    return null;
  }
}

function first<T>(
  parts: readonly T[],
  find: (part: T, place: number) => string | null,
): string | null {
  for (const [place, part] of parts.entries()) {
    const found = find(part, place);
    if (found !== null) return found;
  }
  return null;
}

const count = (list: unknown): number => (Array.isArray(list) ? list.length : 0);
