import { readFileSync, statSync } from 'node:fs';
import { mkdir, mkdtemp, open, readdir, readFile, rm, writeFile, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { makeDirectory, moveAside, removeFile, replaceFile, syncDirectory } from './durable-file.ts';
import { createLowdbStore } from './lowdb-store.ts';

let dir: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'statecast-durable-'));
});

afterEach(async () => {
  vi.restoreAllMocks();
  await rm(dir, { recursive: true });
});

/** A test cannot cause a power failure, so this records the calls of the file system and their order. */
async function watchSyncs(onSync: (isDirectory: boolean) => void | Promise<void>): Promise<void> {
  const handle = await open(dir, 'r');
  const prototype = Object.getPrototypeOf(handle) as FileHandle;
  await handle.close();
  vi.spyOn(prototype, 'sync').mockImplementation(async function spy(this: FileHandle) {
    await onSync((await this.stat()).isDirectory());
    await this.datasync();
  });
}

test.skipIf(process.platform === 'win32')('files and folders are for their user only', async () => {
  const folder = join(dir, 'a', 'b');
  await makeDirectory(folder);
  await replaceFile(join(folder, 'file'), 'text');
  const modes = [join(dir, 'a'), folder, join(folder, 'file')].map((path) => statSync(path).mode & 0o777);
  expect(modes).toEqual([0o700, 0o700, 0o600]);
});

describe('replaceFile', () => {
  test('puts the new content on the disk before it takes the place of the old one', async () => {
    const path = join(dir, 'file');
    await writeFile(path, 'old');
    const seen: unknown[] = [];
    await watchSyncs((isDirectory) => {
      seen.push([isDirectory, readFileSync(path, 'utf8'), readFileSync(`${path}.tmp`, 'utf8')]);
    });
    await replaceFile(path, 'new');
    expect(seen).toEqual([[false, 'old', 'new']]);
    expect(await readFile(path, 'utf8')).toBe('new');
    expect(await readdir(dir)).toEqual(['file']);
  });

  test('leaves the old content, and no other file, when the disk fails', async () => {
    const path = join(dir, 'file');
    await writeFile(path, 'old');
    const broken = Object.assign(new Error('EIO: i/o error, fsync'), { code: 'EIO', errno: -5 });
    await watchSyncs(() => Promise.reject(broken));
    await expect(replaceFile(path, 'new')).rejects.toMatchObject({
      code: 'EIO',
      message: `cannot write ${path}.tmp: i/o error (EIO)`,
      cause: broken,
    });
    expect(await readFile(path, 'utf8')).toBe('old');
    expect(await readdir(dir)).toEqual(['file']);
  });
});

describe('makeDirectory', () => {
  test('makes the names of all directories it made survive, the lowest first', async () => {
    let syncs = 0;
    await watchSyncs((isDirectory) => {
      syncs += Number(isDirectory);
    });
    await makeDirectory(join(dir, 'a', 'b', 'c'));
    expect(syncs).toBe(3);
    expect(await readdir(join(dir, 'a', 'b'))).toEqual(['c']);
  });

  test('does nothing to a directory that is there', async () => {
    let syncs = 0;
    await watchSyncs(() => {
      syncs += 1;
    });
    await makeDirectory(dir);
    expect(syncs).toBe(0);
  });
});

test('removeFile removes a file, and accepts that there is none', async () => {
  const path = join(dir, 'file');
  await writeFile(path, 'x');
  await removeFile(path);
  await removeFile(path);
  expect(await readdir(dir)).toEqual([]);
});

test('moveAside finds a name that neither a file nor a directory has', async () => {
  const path = join(dir, 'file');
  const time = new Date(Date.UTC(2026, 11, 31, 23, 59, 59, 7));
  await writeFile(path, 'x');
  await mkdir(`${path}.broken-20261231T235959007Z`);
  await writeFile(`${path}.broken-20261231T235959007Z-2`, 'y');
  expect(await moveAside(path, time)).toBe(`${path}.broken-20261231T235959007Z-3`);
  expect(await readFile(`${path}.broken-20261231T235959007Z-3`, 'utf8')).toBe('x');
});

test('syncDirectory tells which directory is missing', async () => {
  const missing = join(dir, 'missing');
  await expect(syncDirectory(missing)).rejects.toMatchObject({
    code: 'ENOENT',
    message: `cannot sync the directory ${missing}: no such file or directory (ENOENT)`,
  });
});

test('an error of the program is not reported as an error of the disk', async () => {
  const wrong = 1 as unknown as string;
  await expect(syncDirectory(wrong)).rejects.toThrow(TypeError);
});

describe('a write of the lowdb store', () => {
  test('syncs the file, then the directory; a removal only the directory', async () => {
    const store = createLowdbStore({ dir });
    await store.rooms();
    const synced: string[] = [];
    await watchSyncs((isDirectory) => {
      synced.push(isDirectory ? 'directory' : 'file');
    });
    await store.write('r', [{ type: 'put', member: { id: 'ada', joinedAt: 1 } }]);
    expect(synced).toEqual(['file', 'directory']);
    await store.write('r', [{ type: 'remove', id: 'ada' }]);
    expect(synced).toEqual(['file', 'directory', 'directory']);
    await store.close();
  });

  test('that rejects after the file was replaced is what the store then holds, and can be tried again', async () => {
    const store = createLowdbStore({ dir });
    await store.rooms();
    let fails = true;
    await watchSyncs(async (isDirectory) => {
      if (isDirectory && fails) throw Object.assign(new Error('EIO'), { code: 'EIO', errno: -5 });
    });
    const ada = { id: 'ada', joinedAt: 1 };
    const bob = { id: 'bob', joinedAt: 2 };
    await expect(store.write('r', [{ type: 'put', member: ada }])).rejects.toMatchObject({ code: 'EIO' });
    expect(await store.load('r')).toEqual({ members: [ada] });
    fails = false;
    await store.write('r', [
      { type: 'put', member: ada },
      { type: 'put', member: bob },
    ]);
    await store.close();
    const next = createLowdbStore({ dir });
    expect(await next.load('r')).toEqual({ members: [ada, bob] });
    await next.close();
  });
});
