// From the JSON Schema of a node's params to the fields of a form: which widget, which limits.

import type { Schema } from '$lib/graph/schema';
import { LONG_TEXT, widgetFor, type WidgetName } from './widgetNames';

export interface Choice {
  readonly value: string;
  readonly title: string;
}

export interface FormField {
  /** The name under which its value is kept. */
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly place: 'data' | 'text';
  readonly widget: WidgetName;
  /** The schema without its `null`. */
  readonly schema: Schema;
  /** Whether it may be empty: then it says what holds instead. */
  readonly nullable: boolean;
  readonly default: unknown;
  readonly unit: string;
  readonly choices: readonly Choice[];
  readonly min: number | undefined;
  readonly max: number | undefined;
  readonly step: number;
  /** Changes neither what is made nor what is stale. */
  readonly isNote: boolean;
}

const made = new WeakMap<object, readonly FormField[]>();

/** The fields of an object's schema, in its order; what people do not write is left out. */
export function fieldsOf(schema: Schema): readonly FormField[] {
  let found = made.get(schema);
  if (found === undefined) {
    const properties = (schema.properties ?? {}) as Record<string, Schema>;
    found = Object.entries(properties)
      .map(([name, part]) => fieldOf(name, part))
      .filter(({ widget, schema: part }) => widget !== 'hidden' && part['x-write'] !== 'system');
    made.set(schema, found);
  }
  return found;
}

/** One field by itself, such as the entry of a list. */
export function fieldOf(name: string, part: Schema): FormField {
  const { schema, nullable } = withoutNull(part);
  const widget = widgetFor(schema);
  const whole = schema.type === 'integer';
  const min = number(schema.minimum) ?? above(schema.exclusiveMinimum, whole);
  const max = number(schema.maximum) ?? number(schema.exclusiveMaximum);
  return {
    name,
    // The title of an object is the name of the record that it was made from.
    title: typeof part.title === 'string' && part.type !== 'object' ? part.title : words(name),
    description: typeof schema.description === 'string' ? schema.description : '',
    place: schema['x-collab'] === 'text' ? 'text' : 'data',
    widget,
    schema,
    nullable,
    default: schema.default ?? (widget === LONG_TEXT ? '' : undefined),
    unit: typeof schema['x-unit'] === 'string' ? schema['x-unit'] : '',
    choices: choicesOf(schema),
    min,
    max,
    step: whole ? 1 : stepOf(min, max),
    isNote: schema['x-digest'] === false,
  };
}

/** The value that a field starts with, by its schema. */
export function emptyValue(schema: Schema): unknown {
  if (schema.default !== undefined) return schema.default;
  const { schema: part, nullable } = withoutNull(schema);
  if (nullable) return null;
  if (Array.isArray(part.enum)) return part.enum[0];
  switch (part.type) {
    case 'string':
      return '';
    case 'integer':
    case 'number':
      return number(part.minimum) ?? 0;
    case 'boolean':
      return false;
    case 'array':
      return [];
    case 'object':
      return Object.fromEntries(
        Object.entries((part.properties ?? {}) as Record<string, Schema>).map(([name, inner]) => [
          name,
          emptyValue(inner),
        ]),
      );
    default:
      return null;
  }
}

/** `camera_movement` as people read it: Camera movement. */
export function words(name: string): string {
  const text = name.replaceAll(/[_-]+/g, ' ').trim();
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

function withoutNull(part: Schema): { schema: Schema; nullable: boolean } {
  const either = part.anyOf;
  if (Array.isArray(either)) {
    const others = either.filter((one: Schema) => one.type !== 'null') as Schema[];
    const [only] = others;
    if (others.length === 1 && only !== undefined && others.length < either.length) {
      const { anyOf: _, ...rest } = part;
      return { schema: { ...only, ...rest }, nullable: true };
    }
  }
  if (Array.isArray(part.type) && part.type.includes('null')) {
    const types = part.type.filter((type) => type !== 'null');
    return { schema: { ...part, type: types.length === 1 ? types[0] : types }, nullable: true };
  }
  return { schema: part, nullable: false };
}

function choicesOf(schema: Schema): readonly Choice[] {
  if (!Array.isArray(schema.enum)) return [];
  return schema.enum
    .filter((value) => value !== null)
    .map((value) => ({ value: String(value), title: value === '' ? 'Default' : words(String(value)) }));
}

const number = (value: unknown): number | undefined =>
  typeof value === 'number' ? value : undefined;

const above = (value: unknown, whole: boolean): number | undefined =>
  typeof value === 'number' ? (whole ? value + 1 : value) : undefined;

function stepOf(min: number | undefined, max: number | undefined): number {
  const span = min === undefined || max === undefined ? Number.POSITIVE_INFINITY : max - min;
  if (span <= 2) return 0.01;
  return span <= 20 ? 0.05 : 0.1;
}
