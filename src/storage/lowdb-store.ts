/** The store on disk: a lowdb database (one JSON file) for each room. */

import type { Dirent } from 'node:fs';
import { open, readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Low } from 'lowdb';
import { applyChanges } from './apply-changes.ts';
import { lockDirectory, type DirectoryLock } from './directory-lock.ts';
import { createDirectorySync } from './directory-sync.ts';
import { FILE_MODE, makeDirectory, removeFile, TEMPORARY_SUFFIX } from './durable-file.ts';
import { createKeyedQueue } from './keyed-queue.ts';
import type { MembershipChange, MembershipStore, SetAside } from './membership-store.ts';
import { createRoomFileAdapter } from './room-file-adapter.ts';
import { isRoomFileName, isTemporaryFileName, roomFileName } from './room-file-name.ts';
import { decodeMember, encodeMember, type RoomFile } from './room-file.ts';
import { eachInTurn } from '../system/turns.ts';
import { attempt, StoreError } from './store-error.ts';

/** Each open file needs a descriptor, and Node.js has 4 threads for files, so more would not be faster. */
const PARALLEL_FILES = 16;
/** Files that are read at a time for the list of rooms: clients that join meanwhile need some too. */
const LISTED_FILES = 8;

const NO_MEMBERS: RoomFile = { room: '', lines: new Map() };

export interface LowdbStoreOptions {
  /** The data directory; it is created if it is missing. Only one store at a time may use it. */
  readonly dir: string;
  /** The time for the names of broken files, in milliseconds since 1970. Default `Date.now`. */
  readonly now?: () => number;
}

/**
 * Makes a store that keeps the members of each room in its own JSON file. The first call of any method locks the
 * directory, `close` unlocks it.
 *
 * lowdb always writes the whole file, so the members of a room stay in memory. A room without members has neither a
 * file nor memory. Files are read once, so edit them only while no server uses them.
 *
 * @throws {StoreError} from every method, if the file system fails or another server uses the directory.
 */
export function createLowdbStore(options: LowdbStoreOptions): MembershipStore {
  const dir = resolve(options.dir);
  const now = options.now ?? Date.now;
  const queue = createKeyedQueue(PARALLEL_FILES);
  const directory = createDirectorySync(dir);
  /** The rooms with members, by file name. */
  const files = new Map<string, RoomFile>();
  /** By file name: broken files that were moved aside and not reported yet. */
  const unreported = new Map<string, SetAside>();
  /**
   * Names of room files that are no files (directories, links), known once all room files were read. Before that it is
   * undefined: any room may have a file. Later no file can appear, because this store alone uses the directory.
   */
  let unread: ReadonlySet<string> | undefined;
  /** The latest write failed. Then reads go to the disk, so that they fail too if the directory is gone. */
  let isFailing = false;
  let taking: Promise<DirectoryLock> | undefined;
  let closed = false;

  return {
    parallel: PARALLEL_FILES,

    async open() {
      await ready();
      await makeDirectory(dir);
    },

    async rooms(told) {
      await ready();
      await makeDirectory(dir);
      const { names, others } = await listRoomFiles(dir);
      const rooms: string[] = [];
      const failures: Error[] = [];
      let read = 0;
      await eachInTurn(names, LISTED_FILES, async (name) => {
        try {
          const { room, lines } = await withDatabase(name, async ({ data }) => data);
          if (lines.size > 0) rooms.push(room);
        } catch (error) {
          if (!(error instanceof StoreError)) throw error;
          failures.push(error);
        }
        read += 1;
        told?.(read, names.length);
      });
      if (failures.length === 0) unread = others;
      const setAside = [...unreported.values()];
      unreported.clear();
      return {
        rooms,
        ...(setAside.length > 0 && { setAside }),
        ...(failures.length > 0 && { failures }),
      };
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
    // The file is replaced now, so the copy in memory is too, even if the sync fails. The caller waits for the sync
    // outside the queue, so that one sync can serve many writes.
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

  /** Makes the database for one task. Only its data is kept afterwards, which needs a tenth of the memory. */
  async function openDatabase(fileName: string): Promise<Low<RoomFile>> {
    const onSetAside = (setAside: SetAside) => unreported.set(fileName, setAside);
    const adapter = createRoomFileAdapter({ dir, fileName, now, onSetAside });
    const known = files.get(fileName);
    const database = new Low<RoomFile>(adapter, known ?? NO_MEMBERS);
    const mayBeOnDisk = isFailing || unread === undefined || unread.has(fileName);
    if (known === undefined && mayBeOnDisk) await database.read();
    return database;
  }

  /** Resolves when this store has locked the directory; after a failure the next call tries again. */
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
    // Only with the lock: before, they could be files that another server is writing.
    for (const entry of await list(dir)) {
      if (entry.isFile() && isTemporaryFileName(entry.name)) await removeFile(join(dir, entry.name));
    }
    await refuseUnwritable(dir);
  } catch (error) {
    await lock.release();
    throw error;
  }
  return lock;
}

/** The file that is written when a store begins, and removed again. */
const WRITE_CHECK = `${roomFileName('write check')}${TEMPORARY_SUFFIX}`;
/** What does not change by itself. A full disk may have room again, and the journals of rooms wait for that. */
const LASTING: ReadonlySet<string> = new Set(['EACCES', 'EPERM', 'EROFS']);

/**
 * Otherwise the first room would find out, when its members believe that they are written down.
 * @throws {StoreError} if nothing can be written to the directory.
 */
async function refuseUnwritable(dir: string): Promise<void> {
  const path = join(dir, WRITE_CHECK);
  try {
    await attempt('write to the data directory', dir, async () => {
      const file = await open(path, 'w', FILE_MODE);
      await file.close();
    });
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    if (!LASTING.has(error.code)) return;
    throw new StoreError(
      error.code,
      `${error.message}; let the user of the server write there, or choose another directory (--data-dir)`,
      { cause: error.cause },
    );
  }
  await removeFile(path);
}

interface RoomFileNames {
  readonly names: readonly string[];
  /** Directories and links with the name of a room file. */
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
