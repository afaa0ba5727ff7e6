/** The process that storage-crash.test.ts kills: it writes to the lowdb store without end, and prints what it does. */

import { createLowdbStore } from '../src/storage/lowdb-store.ts';
import type { MembershipChange } from '../src/storage/membership-store.ts';

/** One line of output. At most one write of a room is under way. */
export type CrashChildLine =
  | { readonly type: 'ready' }
  | { readonly type: 'writing'; readonly room: string; readonly changes: readonly MembershipChange[] }
  | { readonly type: 'written'; readonly room: string };

const ROOMS = ['small', 'Small', 'big', 'huge'];
/** How many members each room may have: few, so that it is often emptied, and many, so that a write takes a while. */
const MEMBERS = [2, 2, 40, 2_000];
/** It ends after some seconds of work if it is not killed. */
const MAX_WRITES = 2_000;

const store = createLowdbStore({ dir: process.argv[2]! });
await store.rooms();
tell({ type: 'ready' });
await Promise.all(ROOMS.map((room, index) => churn(room, MEMBERS[index]!)));
await store.close();

async function churn(room: string, members: number): Promise<void> {
  for (let count = 0; count < MAX_WRITES; count += 1) {
    const changes = Array.from({ length: 1 + random(members / 2) }, () => randomChange(members));
    tell({ type: 'writing', room, changes });
    await store.write(room, changes);
    tell({ type: 'written', room });
  }
}

function randomChange(members: number): MembershipChange {
  const id = `member ${random(members)}`;
  if (random(2) === 0) return { type: 'remove', id };
  return { type: 'put', member: { id, user: 'u'.repeat(random(100)), joinedAt: random(1_000_000) } };
}

function random(below: number): number {
  return Math.floor(Math.random() * below);
}

/** Writes to a pipe are synchronous on POSIX systems, so a printed line is not lost by the kill. */
function tell(line: CrashChildLine): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
