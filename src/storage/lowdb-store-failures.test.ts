import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createLowdbStore } from './lowdb-store.ts';
import type { MembershipChange, MembershipStore } from './membership-store.ts';
import { roomFileName } from './room-file-name.ts';
import { StoreError } from './store-error.ts';

// Root may write everywhere, so no failure here is made with permissions.

const run = promisify(execFile);

const ada = { id: 'ada', joinedAt: 1 };
const bob = { id: 'bob', joinedAt: 2 };

function put(member: { id: string; joinedAt: number }): MembershipChange {
  return { type: 'put', member };
}

function remove(id: string): MembershipChange {
  return { type: 'remove', id };
}

let parent: string;
let dir: string;
let store: MembershipStore;

beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'statecast-failures-'));
  dir = join(parent, 'data');
  store = createLowdbStore({ dir });
});

afterEach(async () => {
  await store.close();
  await rm(parent, { recursive: true });
});

function fileOf(room: string): string {
  return join(dir, roomFileName(room));
}

async function reopen(): Promise<void> {
  await store.close();
  store = createLowdbStore({ dir });
}

/** A directory in the place of a file makes a write fail for root too. */
async function blockWritesTo(room: string): Promise<() => Promise<void>> {
  const obstacle = `${fileOf(room)}.tmp`;
  await mkdir(obstacle);
  return () => rm(obstacle, { recursive: true });
}

describe('a file where the directory should be', () => {
  test('rejects everything with an error that names it, until it is gone', async () => {
    await writeFile(dir, 'in the way');
    for (const call of [() => store.rooms(), () => store.load('r'), () => store.write('r', [put(ada)])]) {
      const error = await call().then(
        () => undefined,
        (error: unknown) => error,
      );
      expect(error).toBeInstanceOf(StoreError);
      expect(error).toMatchObject({
        code: 'EEXIST',
        message: `cannot create the directory ${dir}: file already exists (EEXIST)`,
        cause: { code: 'EEXIST', syscall: 'mkdir' },
      });
    }
    expect(await readFile(dir, 'utf8')).toBe('in the way');
    await rm(dir);
    await store.write('r', [put(ada)]);
    expect(await store.rooms()).toEqual({ rooms: ['r'] });
  });

  test('that came while the store was in use costs no member that was written before', async () => {
    await store.write('r', [put(ada)]);
    await rm(dir, { recursive: true });
    await writeFile(dir, 'in the way');
    await expect(store.write('r', [put(bob)])).rejects.toMatchObject({ code: 'EEXIST' });
    await rm(dir);
    await store.write('r', [put(bob)]);
    await reopen();
    expect((await store.load('r')).members).toEqual([ada, bob]);
  });
});

describe('a write that fails', () => {
  test('has rooms read from the disk again until one succeeds, so that they fail as well', async () => {
    await store.rooms();
    await rm(dir, { recursive: true });
    await writeFile(dir, 'in the way');
    expect(await store.load('s')).toEqual({ members: [] });
    await expect(store.write('r', [put(ada)])).rejects.toMatchObject({ code: 'EEXIST' });
    await expect(store.load('s')).rejects.toMatchObject({ code: 'ENOTDIR' });
    await rm(dir);
    await store.write('r', [put(ada)]);
    expect(await store.load('s')).toEqual({ members: [] });
  });

  test('leaves the room as it was, in memory and on disk, and can be tried again', async () => {
    await store.write('r', [put(ada)]);
    const unblock = await blockWritesTo('r');
    const changes = [put(bob), remove('ada')];
    await expect(store.write('r', changes)).rejects.toMatchObject({
      code: 'EISDIR',
      message: `cannot write ${fileOf('r')}.tmp: illegal operation on a directory (EISDIR)`,
    });
    expect(await store.load('r')).toEqual({ members: [ada] });
    await unblock();
    await store.write('r', [put({ id: 'carol', joinedAt: 3 })]);
    await reopen();
    expect((await store.load('r')).members).toEqual([ada, { id: 'carol', joinedAt: 3 }]);
    await store.write('r', changes);
    expect((await store.load('r')).members).toEqual([{ id: 'carol', joinedAt: 3 }, bob]);
  });

  test('to a room that is new leaves no room behind', async () => {
    await store.rooms();
    const unblock = await blockWritesTo('r');
    await expect(store.write('r', [put(ada)])).rejects.toMatchObject({ code: 'EISDIR' });
    expect(await store.load('r')).toEqual({ members: [] });
    expect(await store.rooms()).toEqual({ rooms: [] });
    await unblock();
    await store.write('r', [put(bob)]);
    await reopen();
    expect((await store.load('r')).members).toEqual([bob]);
  });

  test('does not affect other rooms', async () => {
    await store.rooms();
    const unblock = await blockWritesTo('r');
    const [failed, fine] = await Promise.allSettled([
      store.write('r', [put(ada)]),
      store.write('s', [put(bob)]),
    ]);
    expect(failed.status).toBe('rejected');
    expect(fine.status).toBe('fulfilled');
    expect(await store.rooms()).toEqual({ rooms: ['s'] });
    await unblock();
  });

  test('because the last member cannot be removed keeps the member', async () => {
    await store.write('r', [put(ada)]);
    const file = fileOf('r');
    await rename(file, `${file}.bak`);
    await mkdir(file);
    await expect(store.write('r', [remove('ada')])).rejects.toMatchObject({
      message: expect.stringContaining(`cannot remove ${file}: `),
    });
    expect(await store.load('r')).toEqual({ members: [ada] });
    await rm(file, { recursive: true });
    await rename(`${file}.bak`, file);
    await store.write('r', [remove('ada')]);
    expect(await readdir(dir)).toEqual([]);
  });

  test('because the file cannot be replaced leaves no temporary file', async () => {
    await store.write('r', [put(ada)]);
    const file = fileOf('r');
    await rm(file);
    await mkdir(file);
    await expect(store.write('r', [put(bob)])).rejects.toMatchObject({
      code: 'EISDIR',
      message: expect.stringContaining(`cannot replace ${file}: `),
    });
    expect(await readdir(dir)).toEqual([roomFileName('r')]);
    await rm(file, { recursive: true });
    await store.write('r', [put(bob)]);
    await reopen();
    expect((await store.load('r')).members).toEqual([ada, bob]);
  });
});

test('a file that cannot be read rejects load and write, and is not written over', async () => {
  await mkdir(fileOf('r'), { recursive: true });
  await writeFile(join(fileOf('r'), 'inside'), 'kept');
  await expect(store.load('r')).rejects.toMatchObject({ code: 'EISDIR' });
  await expect(store.write('r', [put(ada)])).rejects.toMatchObject({ code: 'EISDIR' });
  expect(await readFile(join(fileOf('r'), 'inside'), 'utf8')).toBe('kept');
  await rm(fileOf('r'), { recursive: true });
  await store.write('r', [put(ada)]);
  expect((await store.load('r')).members).toEqual([ada]);
});

test.runIf(process.platform === 'linux')(
  'a file that the disk does not give is put aside, and the room is empty',
  async () => {
    await mkdir(dir);
    // To read it is an error of input and output, for root too.
    await symlink('/proc/self/mem', fileOf('r'));
    const { members, setAside } = await store.load('r');
    expect(members).toEqual([]);
    expect(setAside?.reason).toBe(
      `${fileOf('r')} could not be read: cannot read ${fileOf('r')}: i/o error (EIO)`,
    );
    expect(await readdir(dir)).toEqual([basename(setAside!.place)]);
    await store.write('r', [put(ada)]);
    await reopen();
    expect(await store.rooms()).toEqual({ rooms: ['r'] });
  },
);

// A separate file system of 64 KiB can be full or read-only for root too.
const canMount = await tryMount();

describe.skipIf(!canMount)('on a small disk (skipped where this process may not mount a tmpfs)', () => {
  beforeEach(async () => {
    await mkdir(dir);
    await run('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', dir]);
  });

  afterEach(async () => {
    await store.close();
    await run('umount', [dir]);
  });

  test('a full disk rejects the write, keeps the room, and takes the write when there is space again', async () => {
    await store.write('r', [put(ada)]);
    await writeFile(join(dir, 'filler'), 'x'.repeat(44 * 1024));
    const crowd = Array.from({ length: 500 }, (_, index) => put({ id: `member ${index}`, joinedAt: index }));
    await expect(store.write('r', crowd)).rejects.toMatchObject({
      code: 'ENOSPC',
      message: `cannot write ${fileOf('r')}.tmp: no space left on device (ENOSPC)`,
    });
    expect((await readdir(dir)).toSorted()).toEqual(['filler', roomFileName('r')].toSorted());
    expect(await store.load('r')).toEqual({ members: [ada] });
    // A write that is small enough still succeeds.
    await store.write('r', [put(bob)]);
    await rm(join(dir, 'filler'));
    await store.write('r', crowd);
    await reopen();
    expect((await store.load('r')).members).toHaveLength(502);
  });

  test('a read-only disk can be read, and is written to when it allows that again', async () => {
    await store.write('r', [put(ada)]);
    await reopen();
    // The store has begun before the disk is read-only.
    await store.load('other');
    await run('mount', ['-o', 'remount,ro', dir]);
    expect(await store.rooms()).toEqual({ rooms: ['r'] });
    expect((await store.load('r')).members).toEqual([ada]);
    await expect(store.write('r', [put(bob)])).rejects.toMatchObject({ code: 'EROFS' });
    await expect(store.write('r', [remove('ada')])).rejects.toMatchObject({ code: 'EROFS' });
    expect((await store.load('r')).members).toEqual([ada]);
    await run('mount', ['-o', 'remount,rw', dir]);
    await store.write('r', [put(bob)]);
    await reopen();
    expect((await store.load('r')).members).toEqual([ada, bob]);
  });

  test('a disk that is read-only from the start is refused, before a room believes in it', async () => {
    await run('mount', ['-o', 'remount,ro', dir]);
    const refused = {
      code: 'EROFS',
      message: `cannot write to the data directory ${dir}: read-only file system (EROFS); let the user of the server write there, or choose another directory (--data-dir)`,
    };
    await expect(store.rooms()).rejects.toMatchObject(refused);
    await expect(store.load('r')).rejects.toMatchObject(refused);
    await run('mount', ['-o', 'remount,rw', dir]);
    expect(await store.rooms()).toEqual({ rooms: [] });
    expect(await readdir(dir)).toEqual([]);
  });

  test('a full disk is no reason not to begin', async () => {
    await writeFile(join(dir, 'filler'), 'x'.repeat(60 * 1024));
    expect(await store.rooms()).toEqual({ rooms: [] });
  });

  test('an unreadable file that cannot be put aside is neither lost nor written over', async () => {
    await writeFile(fileOf('r'), 'rubbish');
    await store.load('other');
    await run('mount', ['-o', 'remount,ro', dir]);
    const refused = expect.objectContaining({
      code: 'EROFS',
      message: `cannot move aside ${fileOf('r')}: read-only file system (EROFS)`,
    });
    expect(await store.rooms()).toEqual({ rooms: [], failures: [refused] });
    await expect(store.load('r')).rejects.toEqual(refused);
    await expect(store.write('r', [put(ada)])).rejects.toEqual(refused);
    expect(await readdir(dir)).toEqual([roomFileName('r')]);
    await run('mount', ['-o', 'remount,rw', dir]);
    await store.write('r', [put(ada)]);
    const { rooms, setAside } = await store.rooms();
    expect(rooms).toEqual(['r']);
    expect(await readFile(setAside![0]!.place, 'utf8')).toBe('rubbish');
  });
});

/** Tries whether this process may mount, which mostly only root outside containers may. */
async function tryMount(): Promise<boolean> {
  const probe = await mkdtemp(join(tmpdir(), 'statecast-mount-'));
  try {
    await run('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', probe]);
    await run('umount', [probe]);
    return true;
  } catch {
    return false;
  } finally {
    await rm(probe, { recursive: true });
  }
}
