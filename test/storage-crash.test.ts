import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createLowdbStore } from '../src/storage/lowdb-store.ts';
import type { MembershipChange, StoredMember } from '../src/storage/membership-store.ts';
import type { CrashChildLine } from './storage-crash-child.ts';

const ROUNDS = 25;
const TIMEOUT_MS = 180_000;
/** A round's child is killed after a random number of lines below this; the first one says that it is ready. */
const MAX_LINES = 400;

const SCRIPT = fileURLToPath(new URL('storage-crash-child.ts', import.meta.url));

type Members = ReadonlyMap<string, StoredMember>;

let dir: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'statecast-crash-'));
});

afterEach(async () => {
  await rm(dir, { recursive: true });
});

test(
  'every write that was acknowledged survives a process that is killed at any moment',
  async () => {
    const model = new Map<string, Members>();
    for (let round = 1; round <= ROUNDS; round += 1) {
      const pending = new Map<string, Members>();
      for (const line of await runUntilKilled(1 + Math.floor(Math.random() * MAX_LINES))) {
        if (line.type === 'writing') {
          pending.set(line.room, applyChanges(model.get(line.room) ?? new Map(), line.changes));
        } else if (line.type === 'written') {
          model.set(line.room, pending.get(line.room)!);
          pending.delete(line.room);
        }
      }

      const store = createLowdbStore({ dir });
      const { rooms, setAside } = await store.rooms();
      expect(setAside, `round ${round}`).toBeUndefined();
      expect(await readdir(dir), `round ${round}`).toHaveLength(rooms.length);
      for (const room of new Set([...model.keys(), ...pending.keys(), ...rooms])) {
        const { members } = await store.load(room);
        const found: Members = new Map(members.map((member) => [member.id, member]));
        const acknowledged = model.get(room) ?? new Map<string, StoredMember>();
        // The write that was under way at the kill is stored completely or not at all.
        const allowed = [acknowledged, pending.get(room) ?? acknowledged];
        expect(allowed, `round ${round}, room ${room}`).toContainEqual(found);
        expect(rooms.includes(room), `round ${round}, room ${room}`).toBe(found.size > 0);
        model.set(room, found);
      }
      await store.close();
    }
    expect([...model.values()].some((members) => members.size > 0)).toBe(true);
  },
  TIMEOUT_MS,
);

test.skipIf(process.platform !== 'linux')(
  'a directory that another process uses is refused, and free as soon as that process is killed',
  async () => {
    const store = createLowdbStore({ dir });
    await runUntilKilled(1, async () => {
      await expect(store.rooms()).rejects.toMatchObject({
        code: 'ELOCKED',
        message: `another Statecast server is using ${dir}; give each its own data directory (--data-dir)`,
      });
    });
    expect(await store.rooms()).toBeDefined();
    await store.close();
  },
);

/** Starts the child, kills it after so many lines, and returns all its lines. */
async function runUntilKilled(
  lines: number,
  beforeKill?: () => Promise<void>,
): Promise<readonly CrashChildLine[]> {
  const child = spawn(process.execPath, ['--import', 'tsx', SCRIPT, dir], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const closed = once(child, 'close');
  let output = '';
  let count = 0;
  try {
    child.stdout.setEncoding('utf8');
    for await (const chunk of child.stdout as AsyncIterable<string>) {
      output += chunk;
      const before = count;
      count += chunk.split('\n').length - 1;
      if (before >= lines || count < lines) continue;
      await beforeKill?.();
      child.kill('SIGKILL');
    }
  } finally {
    child.kill('SIGKILL');
  }
  expect(await closed).toEqual([null, 'SIGKILL']);
  // The kill may cut the last line. Then the write that it announces has not begun.
  const told = output.split('\n').slice(0, -1);
  return told.map((line) => JSON.parse(line) as CrashChildLine);
}

function applyChanges(members: Members, changes: readonly MembershipChange[]): Members {
  const next = new Map(members);
  for (const change of changes) {
    if (change.type === 'put') next.set(change.member.id, change.member);
    else next.delete(change.id);
  }
  return next;
}
