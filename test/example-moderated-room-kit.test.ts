/** The tests of the example, with the test framework of Node.js: the test kit needs no other. */

import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '..');

test('the tests of the moderated room pass with node:test', async () => {
  const args = ['--import', 'tsx', '--test', '--test-reporter', 'tap', 'examples/moderated-room.test.ts'];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: ROOT });
  expect(stdout).toMatch(/^# pass 6$/m);
  expect(stdout).toMatch(/^# fail 0$/m);
}, 60_000);
