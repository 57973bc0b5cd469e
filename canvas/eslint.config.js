import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import ts from 'typescript-eslint';
import svelteConfig from './svelte.config.js';

export default ts.config(
  { ignores: ['.svelte-kit/', 'src/lib/protocol/', 'src/lib/api/schema.d.ts'] },
  ...ts.configs.recommended,
  ...svelte.configs.recommended,
  { languageOptions: { globals: { ...globals.browser, ...globals.node } } },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: {
      parserOptions: { extraFileExtensions: ['.svelte'], parser: ts.parser, svelteConfig },
    },
  },
  {
    rules: {
      // TypeScript knows it better.
      'no-undef': 'off',
      '@typescript-eslint/consistent-type-imports': 'error',
      'max-lines': ['error', { max: 500 }],
      // Version 2 of Svelte Flow is near: one file knows it, and it is exempted below.
      'no-restricted-imports': [
        'error',
        {
          paths: [
            { name: '@xyflow/svelte', message: 'Only lib/canvas/flow.ts imports it.' },
            { name: '@lucide/svelte', message: 'Import icons one by one: @lucide/svelte/icons/…' },
          ],
        },
      ],
      '@typescript-eslint/no-unused-vars': ['error', { varsIgnorePattern: '^_', argsIgnorePattern: '^_' }],
      'prefer-const': ['error', { destructuring: 'all', ignoreReadBeforeAssign: true }],
      // What is reactive is chosen key by key, see lib/stores/keyed.ts; plain maps stay plain.
      'svelte/prefer-svelte-reactivity': 'off',
      // Every address is written with resolve() where it is built from parts; plain ones are fine.
      'svelte/no-navigation-without-resolve': 'off',
    },
  },
  // `let { … } = $props()` is how Svelte itself writes it.
  { files: ['**/*.svelte'], rules: { 'prefer-const': 'off' } },
  { files: ['tests/**', 'drive/**'], rules: { '@typescript-eslint/no-explicit-any': 'off' } },
  {
    files: ['src/lib/canvas/flow.ts'],
    rules: { 'no-restricted-imports': 'off' },
  },
);
