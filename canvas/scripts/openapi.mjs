// Makes src/lib/api/schema.d.ts from docs/openapi.json, which the server's routes make
// (`python -m app.processes.openapi`). With --check it only says whether the file is current.
import { readFileSync, writeFileSync } from 'node:fs';
import openapiTS, { astToString } from 'openapi-typescript';

const source = new URL('../../docs/openapi.json', import.meta.url);
const target = new URL('../src/lib/api/schema.d.ts', import.meta.url);
const ORIGIN =
  '// Made by `npm run openapi` from docs/openapi.json. Change the routes, not this file.\n\n';

const schema = JSON.parse(readFileSync(source, 'utf8'));
const ast = await openapiTS(schema, { defaultNonNullable: false });
const made = ORIGIN + astToString(ast);
if (!process.argv.includes('--check')) writeFileSync(target, made);
else if (readFileSync(target, 'utf8') !== made) {
  console.error('src/lib/api/schema.d.ts is older than docs/openapi.json: npm run openapi');
  process.exitCode = 1;
}
