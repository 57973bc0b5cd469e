import adapter from '@sveltejs/adapter-static';
import { vitePreprocess } from '@sveltejs/vite-plugin-svelte';

/** @type {import('@sveltejs/kit').Config} */
export default {
  preprocess: vitePreprocess(),
  compilerOptions: { runes: ({ filename }) => (filename.includes('node_modules') ? undefined : true) },
  kit: {
    // One page for every address; the server sends it, see app/gateway/canvas.py.
    adapter: adapter({ pages: '../static', fallback: 'index.html', precompress: true }),
    files: { assets: 'public' },
    output: { bundleStrategy: 'split' },
    version: { pollInterval: 0 },
  },
};
