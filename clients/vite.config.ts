import { defineConfig } from 'vite';
import { chartLayouts } from '../scripts/chart-layouts.ts';

/** Builds the pages that the server serves. Every page is an entry; shared code is loaded once. */
export default defineConfig({
  plugins: [chartLayouts()],
  build: {
    outDir: '../dist/clients',
    emptyOutDir: true,
    // The server allows a page nothing inline and nothing from elsewhere.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: 'es2023',
    rolldownOptions: {
      // Laying charts out is most of the work.
      checks: { pluginTimings: false },
      input: ['index.html', 'room.html', 'classic.html', 'inspector.html'].map(
        (page) => new URL(page, import.meta.url).pathname,
      ),
    },
  },
});
