/** Makes directories that are removed after the test. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

export async function makeTempDir(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'statecast-e2e-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  return dir;
}
