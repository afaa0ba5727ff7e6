import { defineConfig } from 'vitest/config';

// Tests run the builds of dependencies that a served process runs, not their `development` ones.
process.env['NODE_ENV'] = 'production';

export default defineConfig({
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
