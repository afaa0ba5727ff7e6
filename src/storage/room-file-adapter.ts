/** What lowdb reads and writes through: one room's file, by atomic replacement. It keeps nothing in memory. */

import { join } from 'node:path';
import type { Adapter } from 'lowdb';
import { makeDirectory, moveAside, readFileIfPresent, removeFile, replaceFile } from './durable-file.ts';
import type { SetAside } from './membership-store.ts';
import { encodeRoomFile, parseRoomFile, type RoomFile } from './room-file.ts';
import { StoreError } from './store-error.ts';

/** What is told of a file whose directory is missing; `ENOTDIR` when there is a file in its place. */
const MISSING: ReadonlySet<string> = new Set(['ENOENT', 'ENOTDIR']);

export interface RoomFileAdapterOptions {
  readonly dir: string;
  readonly fileName: string;
  /** The time that names a file put aside, in milliseconds since 1970. */
  readonly now: () => number;
  /** Called when the file was unreadable and has been put aside. */
  readonly onSetAside: (setAside: SetAside) => void;
}

export function createRoomFileAdapter(options: RoomFileAdapterOptions): Adapter<RoomFile> {
  const { dir, fileName } = options;
  const path = join(dir, fileName);
  return {
    /** An unreadable file that cannot be put aside rejects, so that it is never written over. */
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
    // Perhaps the directory is not there either; whoever syncs it next needs it.
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
