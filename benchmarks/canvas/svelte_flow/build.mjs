// `node build.mjs TARGET`: builds this page with the packages of the canvas, whose folder it runs in.
import { createRequire } from 'node:module';
import { join } from 'node:path';

const canvas = createRequire(join(process.cwd(), 'package.json'));
const { build } = await import(canvas.resolve('vite'));
const { svelte } = await import(canvas.resolve('@sveltejs/vite-plugin-svelte'));

const packages = {
  name: 'packages-of-the-canvas',
  enforce: 'pre',
  resolveId(id, from) {
    if (/^[./\0]/.test(id) || !from?.includes('benchmarks')) return null;
    return this.resolve(id, join(process.cwd(), 'src/app.d.ts'), { skipSelf: true });
  },
};

await build({
  configFile: false,
  root: import.meta.dirname,
  logLevel: 'error',
  build: { outDir: process.argv[2], emptyOutDir: true, target: 'esnext' },
  plugins: [svelte({ configFile: false }), packages],
});
