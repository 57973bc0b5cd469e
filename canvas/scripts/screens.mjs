// Says of each address which files its page loads before it can be used, beyond those that stand in
// the one page of the build: `static/screens.json`, read by app/gateway/canvas.py, which lets the
// browser fetch them beside the page. Run at the end of a build.
import { readFileSync, writeFileSync } from 'node:fs';

const file = (path) => new URL(`../${path}`, import.meta.url);
const manifest = JSON.parse(readFileSync(file('.svelte-kit/output/client/.vite/manifest.json'), 'utf8'));
const GENERATED = '.svelte-kit/generated/client-optimized';
const app = readFileSync(file(`${GENERATED}/app.js`), 'utf8');
const page = readFileSync(file('../static/index.html'), 'utf8');

/** A chunk and all that it imports at once, with their style sheets. */
function collect(key, found) {
  const chunk = manifest[key];
  if (chunk === undefined || found.has(chunk.file)) return;
  found.add(chunk.file);
  for (const sheet of chunk.css ?? []) found.add(sheet);
  for (const other of chunk.imports ?? []) collect(other, found);
}

const dictionary = app.match(/dictionary = \{([^}]*)\}/)?.[1] ?? '';
const screens = {};
for (const [, route, numbers] of dictionary.matchAll(/"(\/[^"]*)": \[(.*)\]/g)) {
  const found = new Set();
  for (const [number] of numbers.matchAll(/\d+/g)) collect(`${GENERATED}/nodes/${number}.js`, found);
  screens[route] = [...found].filter((path) => !page.includes(path)).sort();
}
if (Object.keys(screens).length === 0) throw new Error('The table of routes was not found in the build.');
writeFileSync(file('../static/screens.json'), JSON.stringify(screens));
