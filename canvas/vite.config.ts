import { sveltekit } from '@sveltejs/kit/vite';
import tailwindcss from '@tailwindcss/vite';
import { defineConfig, type Plugin } from 'vite';

// `npm run dev` serves the sources and passes everything else on to a running server.
const server = process.env.STUDIO_URL ?? 'http://127.0.0.1:8700';

// What a page loads before it can be used comes in a few files: each is a request of its own, and a
// browser makes six at a time. Small ones are put to those that nearly the same pages load.
// Not of the framework, which the page itself begins with.
const OURS = /^(?!.*(kit\/src\/runtime|svelte-kit\/generated|node_modules\/svelte\/))/;
// What the canvas of a project is made of has one sheet of styles: no component is mounted before the
// sheets of its chunks are there, and each would be a request.
const STYLES = /src\/lib\/(canvas|commands|media|nodes|project|queue|schema)\/.*[?&]type=style\b/;
const fewFiles: Plugin = {
  name: 'few-files',
  applyToEnvironment: ({ name }) => name === 'client',
  outputOptions: (options) => ({
    ...options,
    codeSplitting: {
      groups: [
        { name: 'styles', test: STYLES, priority: 1 },
        { name: 'first', tags: ['$initial'], test: OURS, entriesAware: true, entriesAwareMergeThreshold: 1_800 },
      ],
    },
  }),
};

export default defineConfig({
  plugins: [tailwindcss(), sveltekit(), fewFiles],
  build: {
    target: 'es2022',
    reportCompressedSize: false,
    rolldownOptions: { checks: { pluginTimings: false } },
  },
  server: {
    proxy: {
      '/api': { target: server, changeOrigin: false },
      '/auth': { target: server, changeOrigin: false },
      '/ws': { target: server.replace('http', 'ws'), ws: true },
    },
  },
});
