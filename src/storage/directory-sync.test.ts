import { mkdtemp, open, rm, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createDirectorySync } from './directory-sync.ts';

interface Deferred {
  readonly promise: Promise<void>;
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
}

let dir: string;
/** Ends the running syncs, in their order. */
let begun: Deferred[];

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'statecast-sync-'));
  begun = [];
  const handle = await open(dir, 'r');
  const prototype = Object.getPrototypeOf(handle) as FileHandle;
  await handle.close();
  vi.spyOn(prototype, 'sync').mockImplementation(() => {
    const { promise, resolve, reject } = createDeferred();
    begun.push({ promise, resolve, reject });
    return promise;
  });
});

afterEach(async () => {
  vi.restoreAllMocks();
  await rm(dir, { recursive: true });
});

function createDeferred(): Deferred {
  let resolve!: () => void;
  let reject!: (reason: unknown) => void;
  const promise = new Promise<void>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}

test('those who come while a sync is under way wait for the next one, together', async () => {
  const directory = createDirectorySync(dir);
  const ended: string[] = [];
  const first = directory.sync().then(() => ended.push('first'));
  await vi.waitUntil(() => begun.length === 1);
  const later = ['second', 'third'].map((name) => directory.sync().then(() => ended.push(name)));
  begun[0]!.resolve();
  await first;
  await vi.waitUntil(() => begun.length === 2);
  expect(ended).toEqual(['first']);
  begun[1]!.resolve();
  await Promise.all(later);
  await directory.idle();
  expect(ended).toEqual(['first', 'second', 'third']);
  expect(begun).toHaveLength(2);
});

test('a sync that fails rejects for those who waited for it, and not for those who came later', async () => {
  const directory = createDirectorySync(dir);
  const first = directory.sync();
  await vi.waitUntil(() => begun.length === 1);
  const second = directory.sync();
  begun[0]!.reject(Object.assign(new Error('EIO'), { code: 'EIO', errno: -5 }));
  await expect(first).rejects.toMatchObject({ code: 'EIO' });
  await vi.waitUntil(() => begun.length === 2);
  begun[1]!.resolve();
  await second;
  const third = directory.sync();
  await vi.waitUntil(() => begun.length === 3);
  begun[2]!.resolve();
  await third;
});

test('is idle when nobody waits any more', async () => {
  const directory = createDirectorySync(dir);
  await directory.idle();
  const syncs = [directory.sync(), directory.sync()];
  let idle = false;
  const idling = directory.idle().then(() => {
    idle = true;
  });
  await vi.waitUntil(() => begun.length === 1);
  begun[0]!.resolve();
  await syncs[0];
  expect(idle).toBe(false);
  await vi.waitUntil(() => begun.length === 2);
  begun[1]!.resolve();
  await idling;
  await Promise.all(syncs);
});
