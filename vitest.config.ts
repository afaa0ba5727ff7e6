import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

// Tests run the builds of dependencies that a served process runs, not their `development` ones.
process.env['NODE_ENV'] = 'production';

export default defineConfig({
  // The examples import the package by its name, as users do; here that is its source (see tsconfig.json).
  resolve: {
    alias: [{ find: /^statecast$/, replacement: fileURLToPath(new URL('src/index.ts', import.meta.url)) }],
  },
  ssr: { resolve: { conditions: ['node'] } },
  test: {
    include: [
      'src/**/*.test.ts',
      'clients/**/*.test.ts',
      'scripts/**/*.test.ts',
      'test/**/*.test.ts',
      'bench/**/*.test.ts',
    ],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Native WebSocket servers live in each test process, so files run in forks, never in threads.
    pool: 'forks',
  },
});
