import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { createFileRevocations } from '../src/storage/revocations/file-revocations.ts';
import { makeTempDir } from './support/temp-dir.ts';

const ROUNDS = 5;
const TIMEOUT_MS = 120_000;
/** A round's child is killed after a random number of lines up to this. */
const MAX_LINES = 200;

const SCRIPT = fileURLToPath(new URL('revocations-crash-child.ts', import.meta.url));

test(
  'every user who was told to be revoked is so after the process is killed at any moment',
  async () => {
    const dir = await makeTempDir();
    const told: string[] = [];
    for (let round = 1; round <= ROUNDS; round += 1) {
      told.push(...(await runUntilKilled(dir, `r${round}-`, 1 + Math.floor(Math.random() * MAX_LINES))));
      const store = createFileRevocations({ dir });
      const kept = new Set((await store.load()).map((one) => ('user' in one ? one.user : '')));
      await store.close();
      expect(told.filter((user) => !kept.has(user))).toEqual([]);
      // At most one was being written at each kill.
      expect(kept.size - told.length).toBeLessThanOrEqual(round);
    }
  },
  TIMEOUT_MS,
);

/** Returns what the child has printed until it was killed. */
async function runUntilKilled(dir: string, prefix: string, lines: number): Promise<string[]> {
  const child = spawn(process.execPath, ['--import', 'tsx', SCRIPT, dir, prefix], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  const printed: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    printed.push(line);
    if (printed.length === lines) child.kill('SIGKILL');
  }
  await exited;
  return printed;
}
