/** The lowdb adapter for the file of one room: replaces it atomically. */

import { join } from 'node:path';
import type { Adapter } from 'lowdb';
import { makeDirectory, moveAside, readFileIfPresent, removeFile, replaceFile } from './durable-file.ts';
import type { SetAside } from './membership-store.ts';
import { encodeRoomFile, parseRoomFile, type RoomFile } from './room-file.ts';
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
      const bytes = await readFileIfPresent(path);
      if (bytes === undefined) return null;
      const parsed = parseRoomFile(bytes, fileName);
      if (parsed.ok) return parsed.file;
      const place = await moveAside(path, new Date(options.now()));
      options.onSetAside({ place, reason: `${path} could not be read: ${parsed.problem}` });
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

function rethrowUnlessMissing(error: unknown): void {
  if (!(error instanceof StoreError && MISSING.has(error.code))) throw error;
}
