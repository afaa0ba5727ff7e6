import { defineConfig } from 'vite';

/** Builds the pages that the server serves: every page is an entry of its own, shared code is shared. */
export default defineConfig({
  build: {
    outDir: '../dist/clients',
    emptyOutDir: true,
    // The server allows a page nothing inline and nothing from elsewhere.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: 'es2023',
    rolldownOptions: {
      input: ['index.html', 'room1.html', 'room2.html'].map(
        (page) => new URL(page, import.meta.url).pathname,
      ),
    },
  },
});
