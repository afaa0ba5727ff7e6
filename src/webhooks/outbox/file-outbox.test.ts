import { execFile } from 'node:child_process';
import {
  appendFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, onTestFinished, test } from 'vitest';
import { FakeClock } from '../../system/clock-harness.ts';
import { createFileOutbox } from './file-outbox.ts';
import { describeOutbox } from './outbox-contract.ts';
import type { DropReason, Outbox, OutboxBatch, OutboxTrouble } from './outbox.ts';

describeOutbox(
  { describe, test },
  {
    name: 'the outbox on disk',
    async createPlace() {
      const dir = await mkdtemp(join(tmpdir(), 'statecast-outbox-'));
      return {
        make: (options) =>
          createFileOutbox({ ...options, dir, clock: new FakeClock(), segmentBytes: 16 * 1024 }),
        dispose: () => rm(dir, { recursive: true }),
      };
    },
  },
);

const LIMITS = { events: 10, bytes: 100_000 };

async function createPlace() {
  const dir = join(await mkdtemp(join(tmpdir(), 'statecast-outbox-')), 'hook');
  onTestFinished(() => rm(join(dir, '..'), { recursive: true }));
  const troubles: OutboxTrouble[] = [];
  const dropped: [number, DropReason][] = [];
  const clock = new FakeClock(Date.UTC(2026, 0, 2));
  const open = async (segmentBytes?: number): Promise<Outbox> => {
    const outbox = createFileOutbox({
      dir,
      clock,
      maxEvents: 1_000,
      maxBytes: 1_000_000,
      state: () => '{}',
      onTrouble: (trouble) => void troubles.push(trouble),
      onDropped: (count, reason) => void dropped.push([count, reason]),
      ...(segmentBytes !== undefined && { segmentBytes }),
    });
    onTestFinished(() => outbox.close());
    await outbox.open();
    return outbox;
  };
  return { dir, open, troubles, dropped, clock };
}

function append(outbox: Outbox, ...ids: string[]): void {
  for (const id of ids) outbox.append({ kind: 'event', text: JSON.stringify({ id, time: 1 }) });
}

function idsOf(batch: OutboxBatch | undefined): string[] {
  return (batch?.events ?? []).map((text) => (JSON.parse(text) as { id: string }).id);
}

function segmentsIn(dir: string): string[] {
  return readdirSync(dir).filter((name) => name.endsWith('.log'));
}

test('an event is in the file when append returns, readable by nobody else', async () => {
  const { dir, open } = await createPlace();
  append(await open(), 'a', 'b');
  const [name = ''] = segmentsIn(dir);
  expect(readFileSync(join(dir, name), 'utf8')).toBe('={}\n+{"id":"a","time":1}\n+{"id":"b","time":1}\n');
  expect(statSync(join(dir, name)).mode & 0o777).toBe(0o600);
  expect(statSync(dir).mode & 0o777).toBe(0o700);
});

test('a line that a crash has cut off is skipped', async () => {
  const { dir, open, troubles } = await createPlace();
  append(await open(), 'a', 'b');
  appendFileSync(join(dir, segmentsIn(dir)[0]!), '+{"id":"c","ti');
  const outbox = await open();
  append(outbox, 'd');
  expect(idsOf(outbox.next(LIMITS))).toEqual(['a', 'b', 'd']);
  expect(troubles).toEqual([]);
});

test.each([
  'garbage',
  '\0\0\0\0',
  '+{"id":"c","time":2}}',
  '+null',
  '+{}',
  '+{"id":1,"time":2}',
  '=null',
  '=[]',
  '-17',
])('a segment with the line %j is set aside, and its whole lines are delivered', async (line) => {
  const { dir, open, troubles } = await createPlace();
  append(await open(), 'a');
  const path = join(dir, segmentsIn(dir)[0]!);
  appendFileSync(path, `${line}\n+{"id":"b","time":1}\n`);
  const outbox = await open();
  expect(idsOf(outbox.next(LIMITS))).toEqual(['a', 'b']);
  expect(troubles).toEqual([
    {
      error: new Error(`${path} has lines that are not of an outbox`),
      setAside: `${path}.broken-20260102T000000000Z`,
    },
  ]);
  expect(readFileSync(troubles[0]!.setAside!, 'utf8')).toContain(line);
});

test('a segment that cannot be read is set aside, and the others are delivered', async () => {
  const { dir, open, troubles } = await createPlace();
  append(await open(), 'a');
  mkdirSync(join(dir, '000000000002.log'));
  const outbox = await open();
  append(outbox, 'b');
  expect(idsOf(outbox.next(LIMITS))).toEqual(['a', 'b']);
  expect(troubles).toMatchObject([{ setAside: expect.stringContaining('000000000002.log.broken-') }]);
});

test('a segment that cannot be read for a while is not passed over', async () => {
  const { dir, open, troubles } = await createPlace();
  append(await open(), 'a');
  const outbox = await open();
  append(outbox, 'b');
  const [first = ''] = segmentsIn(dir);
  renameSync(join(dir, first), join(dir, 'elsewhere'));
  expect(outbox.next(LIMITS)).toBeUndefined();
  expect(outbox.backlog.events).toBe(2);
  renameSync(join(dir, 'elsewhere'), join(dir, first));
  expect(idsOf(outbox.next(LIMITS))).toEqual(['a', 'b']);
  expect(troubles).toMatchObject([{ error: { code: 'ENOENT' } }]);
});

test('a position that cannot be read delivers everything again', async () => {
  const { dir, open } = await createPlace();
  const first = await open();
  append(first, 'a', 'b');
  first.take(first.next(LIMITS)!);
  writeFileSync(join(dir, 'position'), 'garbage');
  expect(idsOf((await open()).next(LIMITS))).toEqual(['a', 'b']);
});

test('segments are removed when all their events are taken', async () => {
  const { dir, open } = await createPlace();
  const outbox = await open(4 * 1024);
  const text = 'x'.repeat(1_000);
  for (let number = 0; number < 20; number += 1) {
    outbox.append({ kind: 'event', text: JSON.stringify({ id: `${number}`, time: 1, text }) });
  }
  expect(segmentsIn(dir).length).toBeGreaterThan(3);
  for (let batch = outbox.next(LIMITS); batch !== undefined; batch = outbox.next(LIMITS)) outbox.take(batch);
  expect(segmentsIn(dir)).toHaveLength(1);
});

test('what cannot be written is told once and counted, and the outbox goes on when it can', async () => {
  const { dir, open, troubles, dropped } = await createPlace();
  const outbox = await open();
  // A folder is where the first segment should be.
  mkdirSync(join(dir, '000000000001.log'));
  append(outbox, 'a', 'b');
  expect(troubles).toMatchObject([{ error: { code: 'EISDIR' } }]);
  expect(dropped).toEqual([
    [1, 'unwritten'],
    [1, 'unwritten'],
  ]);
  await rm(join(dir, '000000000001.log'), { recursive: true });
  append(outbox, 'c');
  expect(idsOf(outbox.next(LIMITS))).toEqual(['c']);
  expect(troubles).toHaveLength(1);
});

test.skipIf(process.platform !== 'linux')(
  'a segment that a full disk does not take is not left open',
  async () => {
    const { dir, open, dropped } = await createPlace();
    const outbox = await open();
    symlinkSync('/dev/full', join(dir, '000000000001.log'));
    append(outbox, 'a', 'b', 'c');
    const opened = readdirSync('/proc/self/fd').map((name) => tryReadLink(`/proc/self/fd/${name}`));
    expect(opened).not.toContain('/dev/full');
    expect(dropped).toHaveLength(3);
  },
);

function tryReadLink(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    // It was that of the list itself.
    return undefined;
  }
}

const run = promisify(execFile);

/** Mounts a file system of 64 KiB, which mostly only root outside containers may. */
async function mountSmallDisk(dir: string): Promise<boolean> {
  mkdirSync(dir);
  try {
    await run('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', dir]);
  } catch {
    return false;
  }
  onTestFinished(async () => {
    await run('umount', ['-l', dir]);
  });
  return true;
}

test('a full disk drops events, leaves no half line, and takes events when there is room again', async (context) => {
  const { dir, open, troubles, dropped } = await createPlace();
  if (!(await mountSmallDisk(dir))) {
    context.skip('this process may not mount a tmpfs');
    return;
  }
  const outbox = await open();
  const kept: string[] = [];
  const text = 'x'.repeat(1_000);
  for (let number = 0; number < 100; number += 1) {
    const before = dropped.length;
    outbox.append({ kind: 'event', text: JSON.stringify({ id: `${number}`, time: 1, text }) });
    if (dropped.length === before) kept.push(`${number}`);
  }
  expect(kept.length).toBeGreaterThan(30);
  expect(dropped).toHaveLength(100 - kept.length);
  expect(troubles).toMatchObject([{ error: { code: 'ENOSPC' } }]);
  // After a crash, too, all that was kept is there.
  const again = await open();
  const delivered: string[] = [];
  for (let batch = again.next(LIMITS); batch !== undefined; batch = again.next(LIMITS)) {
    delivered.push(...idsOf(batch));
    again.take(batch);
  }
  expect(delivered).toEqual(kept);
});
