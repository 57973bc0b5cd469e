// Holds the build to its budgets: what each first screen loads before it can be used, every chunk
// that comes later, and the style sheets. Sizes are those of the brotli files that are served.
//
//   npm run budget            fails where something is above its budget
//   npm run budget -- --why   also lists the chunks of each screen, largest first
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';

const ROOT = new URL('../../static/', import.meta.url).pathname;
/** Of 1024 bytes, as the budgets are written. */
const KB = 1024;
/** Compressed script before the first view, one later chunk, one style sheet. */
const BUDGETS = { screen: 180 * KB, chunk: 60 * KB, css: 20 * KB };
const why = process.argv.includes('--why');

if (!existsSync(join(ROOT, 'index.html'))) {
  console.error('Nothing is built: npm run build.');
  process.exit(1);
}

const files = readdirSync(join(ROOT, '_app/immutable'), { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => join(entry.parentPath ?? entry.path, entry.name));
const scripts = files.filter((file) => file.endsWith('.js'));
const size = (file) => statSync(existsSync(`${file}.br`) ? `${file}.br` : file).size;

/** What a chunk imports at once, and not when it is asked for. */
const eager = new Map(
  scripts.map((file) => {
    const text = readFileSync(file, 'utf8');
    const found = [...text.matchAll(/(?:^|[;}\s])(?:import|export)(?:[^"'()]*?from)?\s*["'](\.[^"']+)["']/g)];
    return [file, found.map(([, path]) => join(file, '..', path)).filter((path) => path.endsWith('.js'))];
  }),
);

function closure(roots) {
  const seen = new Set();
  const open = [...roots];
  while (open.length > 0) {
    const file = open.pop();
    if (seen.has(file) || !eager.has(file)) continue;
    seen.add(file);
    open.push(...eager.get(file));
  }
  return seen;
}

const entries = scripts.filter((file) => /\/entry\//.test(file));
const app = readFileSync(entries.find((file) => /\/entry\/app/.test(file)), 'utf8');
// The router's table: the nodes of each route, by number; the first two are the layout and the error.
const dictionary = app.match(/dictionary\s*=\s*\{([^}]*)\}|\{("\/[^}]*)\}/);
const nodeFile = (number) => scripts.find((file) => new RegExp(`/nodes/${number}\\.`).test(file));
const routes = new Map();
for (const [, route, numbers] of (dictionary?.[0] ?? '').matchAll(/"(\/[^"]*)":\s*\[([^\]]*(?:\[[^\]]*\][^\]]*)*)\]/g)) {
  routes.set(route, [...numbers.matchAll(/-?\d+/g)].map(([number]) => (number < 0 ? ~number : Number(number))));
}
if (routes.size === 0) throw new Error('The table of routes was not found in the build.');

let failed = false;
const check = (what, bytes, most) => {
  const over = bytes > most;
  failed ||= over;
  const line = `${over ? 'OVER ' : '     '}${what.padEnd(34)} ${(bytes / KB).toFixed(1).padStart(7)} KB of ${most / KB}`;
  if (over || most !== BUDGETS.chunk) console.log(line);
};

const first = new Set();
for (const [route, numbers] of [...routes].sort()) {
  const roots = [...entries, ...[0, ...numbers].map(nodeFile).filter(Boolean)];
  const chunks = [...closure(roots)];
  for (const chunk of chunks) first.add(chunk);
  check(route, chunks.reduce((sum, file) => sum + size(file), 0), BUDGETS.screen);
  if (!why) continue;
  for (const file of chunks.sort((a, b) => size(b) - size(a)).slice(0, 12)) {
    console.log(`        ${(size(file) / KB).toFixed(1).padStart(7)}  ${relative(ROOT, file)}`);
  }
}
for (const file of scripts) if (!first.has(file)) check(relative(ROOT, file), size(file), BUDGETS.chunk);
const styles = files.filter((one) => one.endsWith('.css'));
check('largest style sheet', Math.max(...styles.map(size)), BUDGETS.css);
process.exit(failed ? 1 : 0);
