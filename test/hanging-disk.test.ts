/** A disk that never answers: a FIFO in the place of the file that a room is written to. */

import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { TEMPORARY_SUFFIX } from '../src/storage/durable-file.ts';
import { roomFileName } from '../src/storage/room-file-name.ts';
import { startProcess } from './support/start-process.ts';
import { makeTempDir } from './support/temp-dir.ts';

async function startHanging(env: Readonly<Record<string, string>> = {}) {
  const dir = await makeTempDir();
  const running = await startProcess(['--data-dir', dir], {
    STATECAST_DRAIN_SECONDS: '1',
    STATECAST_LINE_USER_PARAMETER: 'true',
    ...env,
  });
  execFileSync('mkfifo', [join(dir, `${roomFileName('room1')}${TEMPORARY_SUFFIX}`)]);
  await (await running.connect({ path: '/?user=ann' })).join('room1');
  return running;
}

describe.skipIf(process.platform === 'win32')('while the disk hangs', () => {
  test.each([
    ['one process', {}],
    ['workers', { STATECAST_WORKERS: '2' }],
  ])('a server ends when its time is over, and says what is lost: %s', async (_, env) => {
    const { kill, exited } = await startHanging(env);
    kill('SIGTERM');
    const { code, stderr } = await exited;
    expect(code).not.toBe(0);
    expect(stderr).toMatch(/store\.dropped|not everything could be written/);
  });

  test('a second signal ends it at once', async () => {
    const { kill, exited } = await startHanging({ STATECAST_DRAIN_SECONDS: '3600' });
    kill('SIGTERM');
    await new Promise((resolve) => setTimeout(resolve, 300));
    kill('SIGTERM');
    expect((await exited).code).not.toBe(0);
  });
});
