import { defineConfig } from 'vitest/config';

// The core and everything else without a component: plain Node, no plugin, a few seconds.
export default defineConfig({
  resolve: { alias: { $lib: new URL('./src/lib', import.meta.url).pathname } },
  test: { include: ['tests/**/*.test.ts'], environment: 'node' },
});
