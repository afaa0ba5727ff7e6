/** Tests of users load the development build of XState, which warns of what it takes for mistakes. */

import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const CHILD = fileURLToPath(new URL('support/development-child.ts', import.meta.url));

test("the development build of XState has nothing to warn of, in a server's whole life", async () => {
  const child = spawn(process.execPath, ['--conditions=development', '--import', 'tsx', CHILD], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NODE_ENV: 'test' },
  });
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  expect({ stdout, stderr }).toEqual({ stdout: 'done\n', stderr: '' });
});
