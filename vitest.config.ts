import { fileURLToPath } from 'node:url';
import { configDefaults, defineConfig } from 'vitest/config';

const ALL = ['src', 'clients', 'scripts', 'test', 'bench'].map((folder) => `${folder}/**/*.test.ts`);

/** Tests of processes and of Redis, which mostly wait: some of them run side by side, after all others. */
const WAITING = [
  'test/redis/**/*',
  'test/workers*',
  'test/two-nodes*',
  'test/*-crash*',
  'test/restart*',
  'test/serve-process*',
  'test/bench-command*',
  'test/moved-servant*',
  'test/npm-package*',
  'test/tars-p*',
].map((start) => `${start}.test.ts`);

/** Patterns of tests that are left out, with spaces between them: `--exclude` does not reach projects. */
const LEFT_OUT = (process.env['TESTS_LEFT_OUT'] ?? '').split(' ').filter((pattern) => pattern !== '');

// Tests run the builds of dependencies that a served process runs, not their `development` ones.
process.env['NODE_ENV'] = 'production';

export default defineConfig({
  // The examples import the package by its name, as users do; here that is its source (see tsconfig.json).
  resolve: {
    alias: [{ find: /^statecast$/, replacement: fileURLToPath(new URL('src/index.ts', import.meta.url)) }],
  },
  ssr: { resolve: { conditions: ['node'] } },
  test: {
    // A test that waits for processes takes ten times as long on a machine that does much else.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 30_000 } },
    // Native WebSocket servers live in each test process, so files run in forks, never in threads.
    pool: 'forks',
    projects: [
      {
        extends: true,
        test: { name: 'main', include: ALL, exclude: [...configDefaults.exclude, ...WAITING, ...LEFT_OUT] },
      },
      {
        extends: true,
        test: {
          name: 'waiting',
          include: WAITING,
          exclude: [...configDefaults.exclude, ...LEFT_OUT],
          maxWorkers: 3,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
