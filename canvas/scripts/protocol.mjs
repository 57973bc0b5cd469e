// Makes src/lib/protocol/clientEvents.ts and serverEvents.ts from docs/protocol.schema.json, which the
// server's Structs make. With --check it only says whether the files are current. Knows the keywords
// that msgspec writes; it is so short because of that, and a package for all of JSON Schema would
// bring fifty others.
import { readFileSync, writeFileSync } from 'node:fs';

const schema = JSON.parse(
  readFileSync(new URL('../../docs/protocol.schema.json', import.meta.url), 'utf8'),
);

const ORIGIN =
  '// Made by `npm run protocol` from docs/protocol.schema.json. Change the Structs, not this file.';

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

function named(part) {
  const found = JSON.stringify(part).matchAll(/"\$ref":"#\/\$defs\/(\w+)"/g);
  return [...found].map(([, name]) => name);
}

function reachable(name, found = new Set()) {
  if (found.has(name)) return found;
  found.add(name);
  for (const next of named(schema.$defs[name])) reachable(next, found);
  return found;
}

function file(declarations, imports = '') {
  return `${ORIGIN}\n\n${imports}${declarations.map(declare).join('\n')}`;
}

// What both sides say stands with the client's events: the server repeats it to others.
const ofClients = reachable('ClientEvent');
const declarations = Object.entries(schema.$defs);
const fromClients = declarations.filter(([name]) => ofClients.has(name));
const fromServer = declarations.filter(([name]) => !ofClients.has(name));
const shared = [...new Set(fromServer.flatMap(([, part]) => named(part)))]
  .filter((name) => ofClients.has(name))
  .sort();

const files = {
  'clientEvents.ts': file(fromClients),
  'serverEvents.ts': file(
    fromServer,
    `import type { ${shared.join(', ')} } from './clientEvents';\n\n`,
  ),
};

for (const [name, made] of Object.entries(files)) {
  const target = new URL(`../src/lib/protocol/${name}`, import.meta.url);
  if (!process.argv.includes('--check')) {
    writeFileSync(target, made);
  } else if (readFileSync(target, 'utf8') !== made) {
    console.error(`src/lib/protocol/${name} is older than docs/protocol.schema.json: npm run protocol`);
    process.exitCode = 1;
  }
}
