/** The store on disk: a lowdb database, which is one JSON file, a room. It knows nothing of how a file is written safely. */

import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Low } from 'lowdb';
import { applyChanges } from './apply-changes.ts';
import { lockDirectory, type DirectoryLock } from './directory-lock.ts';
import { makeDirectory, removeFile, syncDirectory } from './durable-file.ts';
import { createKeyedQueue } from './keyed-queue.ts';
import type { MembershipStore, SetAside } from './membership-store.ts';
import { createRoomFileAdapter } from './room-file-adapter.ts';
import { isRoomFileName, isTemporaryFileName, roomFileName } from './room-file-name.ts';
import { decodeMember, encodeMember, type RoomFile } from './room-file.ts';
import { attempt, StoreError } from './store-error.ts';

/** Each holds a file descriptor, of which a process may have few; more than the 4 threads of Node gain nothing. */
const PARALLEL_FILES = 16;

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
  /** By file name. */
  const databases = new Map<string, Low<RoomFile>>();
  /** By file name: what was put aside, until a caller has been told. */
  const unreported = new Map<string, SetAside>();
  let taking: Promise<DirectoryLock> | undefined;
  let closed = false;

  return {
    async rooms() {
      await ready();
      await makeDirectory(dir);
      const names = await listFiles(dir, isRoomFileName);
      const files = await Promise.all(names.map((name) => withDatabase(name, async ({ data }) => data)));
      const rooms = files.filter(({ lines }) => lines.size > 0).map(({ room }) => room);
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

    write(room, changes) {
      return withDatabase(roomFileName(room), async (database) => {
        const before = database.data;
        database.data = { room, lines: applyChanges(before.lines, changes, encodeMember) };
        try {
          await database.write();
        } catch (error) {
          database.data = before;
          throw error;
        }
        // From here on the file is the new one, and so is the copy in memory, even if this rejects.
        await syncDirectory(dir);
      });
    },

    async close() {
      closed = true;
      const lock = await taking?.catch(() => undefined);
      await queue.idle();
      await lock?.release();
    },
  };

  async function withDatabase<T>(name: string, task: (database: Low<RoomFile>) => Promise<T>): Promise<T> {
    await ready();
    return queue.run(name, async () => {
      const database = databases.get(name) ?? (await openDatabase(name));
      try {
        return await task(database);
      } finally {
        if (database.data.lines.size > 0) databases.set(name, database);
        else databases.delete(name);
      }
    });
  }

  async function openDatabase(fileName: string): Promise<Low<RoomFile>> {
    const onSetAside = (setAside: SetAside) => unreported.set(fileName, setAside);
    const adapter = createRoomFileAdapter({ dir, fileName, now, onSetAside });
    const database = new Low<RoomFile>(adapter, { room: '', lines: new Map() });
    await database.read();
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
    for (const name of await listFiles(dir, isTemporaryFileName)) await removeFile(join(dir, name));
  } catch (error) {
    await lock.release();
    throw error;
  }
  return lock;
}

async function listFiles(dir: string, wanted: (name: string) => boolean): Promise<string[]> {
  const entries = await attempt('list', dir, () => readdir(dir, { withFileTypes: true }));
  return entries.filter((entry) => entry.isFile() && wanted(entry.name)).map((entry) => entry.name);
}
