/** The lowdb adapter for the file of one room: replaces it atomically. */

import { join } from 'node:path';
import type { Adapter } from 'lowdb';
import { makeDirectory, moveAside, readFileIfPresent, removeFile, replaceFile } from './durable-file.ts';
import type { SetAside } from './membership-store.ts';
import { encodeRoomFile, parseRoomFile, type ParsedRoomFile, type RoomFile } from './room-file.ts';
import { StoreError } from './store-error.ts';

/** The error codes for a missing directory; `ENOTDIR` if there is a file in its place. */
const MISSING: ReadonlySet<string> = new Set(['ENOENT', 'ENOTDIR']);

export interface RoomFileAdapterOptions {
  readonly dir: string;
  readonly fileName: string;
  /** The time for the name of a broken file, in milliseconds since 1970. */
  readonly now: () => number;
  /** Called when the file was unreadable and has been moved aside. */
  readonly onSetAside: (setAside: SetAside) => void;
}

export function createRoomFileAdapter(options: RoomFileAdapterOptions): Adapter<RoomFile> {
  const { dir, fileName } = options;
  const path = join(dir, fileName);
  return {
    /** Rejects if an unreadable file cannot be moved aside, so that it is never overwritten. */
    async read() {
      const read = await readRoomFile(path, fileName);
      if (read === undefined || read.ok) return read?.file ?? null;
      const place = await moveAside(path, new Date(options.now()));
      options.onSetAside({ place, reason: `${path} could not be read: ${read.problem}` });
      return null;
    },
    write(file) {
      return file.lines.size === 0 ? remove() : replace(encodeRoomFile(file));
    },
  };

  async function remove(): Promise<void> {
    const wasThere = await removeFile(path).catch(rethrowUnlessMissing);
    // The directory may be missing too, and the next sync needs it.
    if (wasThere !== true) await makeDirectory(dir);
  }

  async function replace(content: string): Promise<void> {
    try {
      await replaceFile(path, content);
    } catch (error) {
      rethrowUnlessMissing(error);
      // The directory was deleted under a running server.
      await makeDirectory(dir);
      await replaceFile(path, content);
    }
  }
}

/**
 * The error codes for one file that cannot be read, whoever tries. Others, such as of too many open files, are about all
 * files, which are good.
 */
const OF_THE_FILE: ReadonlySet<string> = new Set(['EACCES', 'EPERM', 'EIO']);

/** Undefined if there is no file. */
async function readRoomFile(path: string, fileName: string): Promise<ParsedRoomFile | undefined> {
  try {
    const bytes = await readFileIfPresent(path);
    return bytes === undefined ? undefined : parseRoomFile(bytes, fileName);
  } catch (error) {
    if (error instanceof StoreError && OF_THE_FILE.has(error.code))
      return { ok: false, problem: error.message };
    throw error;
  }
}

function rethrowUnlessMissing(error: unknown): void {
  if (!(error instanceof StoreError && MISSING.has(error.code))) throw error;
}
