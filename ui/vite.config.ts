import { fileURLToPath } from 'node:url';
import { paraglideVitePlugin } from '@inlang/paraglide-js';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { svelteTesting } from '@testing-library/svelte/vite';
import { defineConfig } from 'vitest/config';

export default defineConfig(({ mode }) => ({
  plugins: [
    // Tests use what `npm run messages` has written: the plugin's watcher would keep the test runner from ending.
    ...(mode === 'test'
      ? []
      : [
          paraglideVitePlugin({
            project: './project.inlang',
            outdir: './src/paraglide',
            strategy: ['globalVariable', 'baseLocale'],
          }),
        ]),
    svelte(),
    svelteTesting(),
  ],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  // The window never loads anything over the network, so what it needs must be files beside it: the content security
  // policy allows no data: addresses and no inline styles.
  build: {
    outDir: 'dist',
    target: ['safari18', 'chrome123'],
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 900,
  },
  clearScreen: false,
  server: { port: 5173, strictPort: true, host: '127.0.0.1' },
  define: { __FAKE_IPC__: JSON.stringify(mode !== 'production') },
  test: {
    environment: 'jsdom',
    setupFiles: ['./src/test/setup.ts'],
    include: ['src/**/*.test.ts'],
    restoreMocks: true,
    testTimeout: 20_000,
  },
}));
