// How large the graph's core and its connection are when they are shipped.
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const src = new URL('../src/lib/', import.meta.url).pathname;
const entries = {
  'graph, apply alone': `export * from '${src}graph/apply';`,
  'graph, with the replica': `export * from '${src}graph/replica';`,
  'graph and sync': ['client', 'outbox', 'indexedDb', 'orphans']
    .map((name) => `export * from '${src}sync/${name}';`)
    .concat(`export * from '${src}graph/orderKeys'; export * from '${src}graph/digests';`)
    .join(''),
};
for (const [name, contents] of Object.entries(entries)) {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: src, loader: 'ts' },
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    write: false,
  });
  const [{ contents: code }] = outputFiles;
  const packed = gzipSync(code, { level: 9 }).length;
  console.log(`${name.padEnd(24)} ${code.length} bytes, ${packed} compressed`);
}
