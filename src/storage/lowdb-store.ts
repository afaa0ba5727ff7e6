/** The store on disk: a lowdb database, which is one JSON file, a room. It knows nothing of how a file is written safely. */

import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Low } from 'lowdb';
import { applyChanges } from './apply-changes.ts';
import { lockDirectory, type DirectoryLock } from './directory-lock.ts';
import { createDirectorySync } from './directory-sync.ts';
import { makeDirectory, removeFile } from './durable-file.ts';
import { createKeyedQueue } from './keyed-queue.ts';
import type { MembershipChange, MembershipStore, SetAside } from './membership-store.ts';
import { createRoomFileAdapter } from './room-file-adapter.ts';
import { isRoomFileName, isTemporaryFileName, roomFileName } from './room-file-name.ts';
import { decodeMember, encodeMember, type RoomFile } from './room-file.ts';
import { attempt, StoreError } from './store-error.ts';

/** Each holds a file descriptor, of which a process may have few; more than the 4 threads of Node gain nothing. */
const PARALLEL_FILES = 16;

const NO_MEMBERS: RoomFile = { room: '', lines: new Map() };

export interface LowdbStoreOptions {
  /** The data directory, made when it is missing. One store at a time may use it. */
  readonly dir: string;
  /** The clock that names files put aside, in milliseconds since 1970. Default `Date.now`. */
  readonly now?: () => number;
}

/**
 * Makes a store that keeps each room's members in a JSON file of its own. The first call of any method
 * takes the directory, `close` gives it back.
 *
 * A write costs the whole file: lowdb has no other way. That is why the members of a room that has some
 * stay in memory; a room without members has neither a file nor memory. Files are read once, so they
 * are to be edited only while no server runs on them.
 *
 * @throws {StoreError} from every method, when the file system or another server is in the way.
 */
export function createLowdbStore(options: LowdbStoreOptions): MembershipStore {
  const dir = resolve(options.dir);
  const now = options.now ?? Date.now;
  const queue = createKeyedQueue(PARALLEL_FILES);
  const directory = createDirectorySync(dir);
  /** The rooms with members, by file name. */
  const files = new Map<string, RoomFile>();
  /** By file name: what was put aside, until a caller has been told. */
  const unreported = new Map<string, SetAside>();
  /**
   * What else is called like a room's file, once all those were read: no other file can come, for the directory is
   * this store's alone. Undefined before: any room may have a file.
   */
  let unread: ReadonlySet<string> | undefined;
  /** Whether the latest write has failed: what was listed may be gone, so that reads go to the disk, and fail too. */
  let isFailing = false;
  let taking: Promise<DirectoryLock> | undefined;
  let closed = false;

  return {
    async rooms() {
      await ready();
      await makeDirectory(dir);
      const { names, others } = await listRoomFiles(dir);
      const found = await Promise.all(names.map((name) => withDatabase(name, async ({ data }) => data)));
      const rooms = found.filter(({ lines }) => lines.size > 0).map(({ room }) => room);
      unread = others;
      const setAside = [...unreported.values()];
      unreported.clear();
      return setAside.length === 0 ? { rooms } : { rooms, setAside };
    },

    load(room) {
      const name = roomFileName(room);
      return withDatabase(name, async ({ data }) => {
        const members = Array.from(data.lines.values(), decodeMember);
        const setAside = unreported.get(name);
        unreported.delete(name);
        return setAside === undefined ? { members } : { members, setAside };
      });
    },

    async write(room, changes) {
      try {
        const { synced } = await withDatabase(roomFileName(room), (database) =>
          replaceMembers(database, room, changes),
        );
        await synced;
        isFailing = false;
      } catch (error) {
        isFailing = true;
        throw error;
      }
    },

    async close() {
      closed = true;
      const lock = await taking?.catch(() => undefined);
      await queue.idle();
      await directory.idle();
      await lock?.release();
    },
  };

  async function replaceMembers(
    database: Low<RoomFile>,
    room: string,
    changes: readonly MembershipChange[],
  ): Promise<{ synced: Promise<void> }> {
    const before = database.data;
    database.data = { room, lines: applyChanges(before.lines, changes, encodeMember) };
    try {
      await database.write();
    } catch (error) {
      database.data = before;
      throw error;
    }
    // From here on the file is the new one, and so is the copy in memory, even if the sync fails. It is not waited
    // for in the queue, where few have a place: one sync is for all who have come this far.
    return { synced: directory.sync() };
  }

  async function withDatabase<T>(name: string, task: (database: Low<RoomFile>) => Promise<T>): Promise<T> {
    await ready();
    return queue.run(name, async () => {
      const database = await openDatabase(name);
      try {
        return await task(database);
      } finally {
        if (database.data.lines.size > 0) files.set(name, database.data);
        else files.delete(name);
      }
    });
  }

  /** It is made for one task and dropped: what it knows is kept without it, which takes a tenth of the memory. */
  async function openDatabase(fileName: string): Promise<Low<RoomFile>> {
    const onSetAside = (setAside: SetAside) => unreported.set(fileName, setAside);
    const adapter = createRoomFileAdapter({ dir, fileName, now, onSetAside });
    const known = files.get(fileName);
    const database = new Low<RoomFile>(adapter, known ?? NO_MEMBERS);
    const mayBeOnDisk = isFailing || unread === undefined || unread.has(fileName);
    if (known === undefined && mayBeOnDisk) await database.read();
    return database;
  }

  /** Resolves when the directory is this store's; after a failure the next call tries again. */
  function ready(): Promise<unknown> {
    if (closed) return Promise.reject(new StoreError('ECLOSED', `the store of ${dir} is closed`));
    taking ??= takeDirectory(dir).catch((error: unknown) => {
      taking = undefined;
      throw error;
    });
    return taking;
  }
}

async function takeDirectory(dir: string): Promise<DirectoryLock> {
  await makeDirectory(dir);
  const lock = await lockDirectory(dir);
  try {
    // Only now: before the lock was ours, they could have been another server's writes under way.
    for (const entry of await list(dir)) {
      if (entry.isFile() && isTemporaryFileName(entry.name)) await removeFile(join(dir, entry.name));
    }
  } catch (error) {
    await lock.release();
    throw error;
  }
  return lock;
}

interface RoomFileNames {
  readonly names: readonly string[];
  /** What is called like a room's file and is none: a directory, a link. */
  readonly others: ReadonlySet<string>;
}

async function listRoomFiles(dir: string): Promise<RoomFileNames> {
  const entries = (await list(dir)).filter(({ name }) => isRoomFileName(name));
  const names = entries.filter((entry) => entry.isFile()).map(({ name }) => name);
  const others = entries.filter((entry) => !entry.isFile()).map(({ name }) => name);
  return { names, others: new Set(others) };
}

function list(dir: string): Promise<Dirent[]> {
  return attempt('list', dir, () => readdir(dir, { withFileTypes: true }));
}
