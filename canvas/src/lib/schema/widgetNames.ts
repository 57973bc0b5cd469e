// Which widget edits a value: what its schema asks for, or else what its type suggests.

import type { Schema } from '$lib/graph/schema';

export const LONG_TEXT = 'longText';

export type WidgetName =
  | 'text'
  | typeof LONG_TEXT
  | 'number'
  | 'slider'
  | 'toggle'
  | 'select'
  | 'color'
  | 'palette'
  | 'seed'
  | 'media'
  | 'files'
  | 'curve'
  | 'vector'
  | 'tags'
  | 'object'
  | 'list'
  | 'json'
  | 'hidden';

/** What `x-widget` may say. What is not here is shown and not edited. */
const ASKED: ReadonlyMap<string, WidgetName> = new Map<string, WidgetName>([
  ['text', 'text'],
  ['timecode', 'text'],
  ['pipeline', 'text'],
  ['textarea', LONG_TEXT],
  ['number', 'number'],
  ['duration', 'number'],
  ['slider', 'slider'],
  ['toggle', 'toggle'],
  ['select', 'select'],
  ['color', 'color'],
  ['colour', 'color'],
  ['palette', 'palette'],
  ['seed', 'seed'],
  ['media', 'media'],
  ['files', 'files'],
  ['curve', 'curve'],
  ['vector', 'vector'],
  ['camera', 'vector'],
  ['tags', 'tags'],
  ['object', 'object'],
  ['list', 'list'],
  ['json', 'json'],
  // What a node is linked with is the studio's to write.
  ['asset', 'hidden'],
  ['take', 'hidden'],
  ['hidden', 'hidden'],
]);

const COLOR_PATTERN = /^\^#\[0-9A-Fa-f\]\{6\}\$$/;
/** A text that may be longer than this deserves more than a line. */
const LINE = 500;

export function widgetFor(schema: Schema): WidgetName {
  const asked = schema['x-widget'];
  if (asked === 'media' && schema.type === 'array') return 'files';
  if (typeof asked === 'string') return ASKED.get(asked) ?? 'json';
  if (schema['x-collab'] === 'text') return LONG_TEXT;
  if (Array.isArray(schema.enum)) return 'select';
  switch (schema.type) {
    case 'boolean':
      return 'toggle';
    case 'integer':
    case 'number':
      return 'number';
    case 'string':
      return textFor(schema);
    case 'array':
      return listFor(schema);
    case 'object':
      return schema.properties ? 'object' : 'json';
    default:
      return 'json';
  }
}

function textFor(schema: Schema): WidgetName {
  if (typeof schema.pattern === 'string' && COLOR_PATTERN.test(schema.pattern)) return 'color';
  return typeof schema.maxLength === 'number' && schema.maxLength > LINE ? LONG_TEXT : 'text';
}

function listFor(schema: Schema): WidgetName {
  const entry = (schema.items ?? {}) as Schema;
  if (schema.prefixItems) return 'vector';
  if (isMedia(entry)) return 'files';
  if (entry.type === 'string' && !entry.enum) return textFor(entry) === 'color' ? 'palette' : 'tags';
  const { minItems, maxItems } = schema;
  if (entry.type === 'number' && minItems === maxItems && typeof maxItems === 'number' && maxItems <= 4) {
    return 'vector';
  }
  return Object.keys(entry).length > 0 ? 'list' : 'json';
}

/** Whether a schema is that of a stored file. */
export function isMedia(schema: Schema): boolean {
  const properties = schema.properties as Record<string, unknown> | undefined;
  return properties !== undefined && 'digest' in properties && 'media_type' in properties;
}
