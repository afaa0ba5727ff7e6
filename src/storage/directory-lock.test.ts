import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { lockDirectory } from './directory-lock.ts';
import { createLowdbStore } from './lowdb-store.ts';

let dir: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'statecast-lock-'));
});

afterEach(async () => {
  await rm(dir, { recursive: true, force: true });
});

describe.skipIf(process.platform !== 'linux')('on Linux', () => {
  test('a directory is locked for one at a time, and free after release', async () => {
    const lock = await lockDirectory(dir);
    await expect(lockDirectory(dir)).rejects.toThrow(
      `another Statecast server is using ${dir}; give each its own data directory (--data-dir)`,
    );
    await expect(lockDirectory(dir)).rejects.toMatchObject({ code: 'ELOCKED' });
    await lock.release();
    const again = await lockDirectory(dir);
    await again.release();
  });

  test('a directory that does not exist cannot be locked', async () => {
    const missing = join(dir, 'missing');
    await expect(lockDirectory(missing)).rejects.toMatchObject({
      code: 'ENOENT',
      message: `cannot find ${missing}: no such file or directory (ENOENT)`,
    });
  });

  test('two names of one directory are one lock, two directories are two', async () => {
    const other = await mkdtemp(join(tmpdir(), 'statecast-lock-'));
    const link = join(other, 'link');
    await symlink(dir, link);
    const lock = await lockDirectory(dir);
    await expect(lockDirectory(link)).rejects.toMatchObject({ code: 'ELOCKED' });
    const second = await lockDirectory(other);
    await second.release();
    await lock.release();
    await rm(other, { recursive: true });
  });

  test('the second store on a directory is refused with every call, and works once the first is closed', async () => {
    const first = createLowdbStore({ dir });
    const second = createLowdbStore({ dir });
    await first.rooms();
    const locked = expect.objectContaining({ code: 'ELOCKED' });
    await expect(second.rooms()).rejects.toEqual(locked);
    await expect(second.load('r')).rejects.toEqual(locked);
    await expect(second.write('r', [])).rejects.toEqual(locked);
    await first.close();
    expect(await second.rooms()).toEqual({ rooms: [] });
    await second.close();
  });

  test('closing a store that was refused leaves the first one its lock', async () => {
    const first = createLowdbStore({ dir });
    await first.rooms();
    const second = createLowdbStore({ dir });
    await expect(second.rooms()).rejects.toThrow('another Statecast server');
    await second.close();
    await expect(lockDirectory(dir)).rejects.toMatchObject({ code: 'ELOCKED' });
    await first.close();
  });
});
