// Makes src/lib/sync/types.ts from docs/protocol.schema.json, which the server's Structs make.
// With --check it only says whether the file is current. Knows the keywords that msgspec writes;
// it is so short because of that, and a package for all of JSON Schema would bring fifty others.
import { readFileSync, writeFileSync } from 'node:fs';

const schema = JSON.parse(
  readFileSync(new URL('../../docs/protocol.schema.json', import.meta.url), 'utf8'),
);
const target = new URL('../src/lib/sync/types.ts', import.meta.url);

function write(part) {
  if (part.$ref) return part.$ref.split('/').at(-1);
  if ('const' in part) return JSON.stringify(part.const);
  if (part.enum) return part.enum.map((value) => JSON.stringify(value)).join(' | ');
  const either = part.anyOf ?? part.oneOf;
  if (either) return either.map(write).join(' | ');
  switch (part.type) {
    case 'string':
      return 'string';
    case 'integer':
    case 'number':
      return 'number';
    case 'boolean':
      return 'boolean';
    case 'null':
      return 'null';
    case 'array':
      if (part.prefixItems) return `readonly [${part.prefixItems.map(write).join(', ')}]`;
      return `readonly ${bracket(write(part.items ?? {}))}[]`;
    case 'object':
      return part.properties ? record(part, '') : `Readonly<Record<string, ${rest(part)}>>`;
    case undefined:
      return 'unknown';
    default:
      throw new Error(`protocol.schema.json has a type that this script does not know: ${part.type}`);
  }
}

const rest = (part) =>
  typeof part.additionalProperties === 'object' ? write(part.additionalProperties) : 'unknown';
const bracket = (type) => (type.includes(' ') ? `(${type})` : type);

function record(part, indent) {
  const required = new Set(part.required ?? []);
  const lines = Object.entries(part.properties).map(
    ([name, field]) => `${indent}  readonly ${name}${required.has(name) ? '' : '?'}: ${write(field)};`,
  );
  return lines.length ? `{\n${lines.join('\n')}\n${indent}}` : 'Record<string, never>';
}

function comment(text) {
  if (!text) return '';
  const lines = text.split('\n');
  if (lines.length === 1) return `/** ${text} */\n`;
  return `/**\n${lines.map((line) => ` * ${line}`.trimEnd()).join('\n')}\n */\n`;
}

function declare([name, part]) {
  const told = comment(part.description);
  if (part.properties) return `${told}export interface ${name} ${record(part, '')}\n`;
  const type = write(part);
  return `${told}export type ${name} =\n  | ${type.split(' | ').join('\n  | ')};\n`;
}

const made =
  '// Made by `npm run protocol` from docs/protocol.schema.json. Change the Structs, not this file.\n\n' +
  Object.entries(schema.$defs).map(declare).join('\n');

if (process.argv.includes('--check')) {
  if (readFileSync(target, 'utf8') !== made) {
    console.error('src/lib/sync/types.ts is older than docs/protocol.schema.json: npm run protocol');
    process.exit(1);
  }
} else {
  writeFileSync(target, made);
}
