/** Writes files so that after a crash each has either its old or its new content. */

import { readFile as readFileThen } from 'node:fs';
import { lstat, mkdir, open, rename, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { attempt, isSystemError } from './store-error.ts';

/** Who is in which room is for the user of the server only. */
export const FILE_MODE = 0o600;
const FOLDER_MODE = 0o700;

/** It takes a third of the time of the one of `node:fs/promises`: a server reads many small files as it starts. */
const readFile = promisify(readFileThen);

/** The suffix of the temporary file for the new content. */
export const TEMPORARY_SUFFIX = '.tmp';

/** The content of a file; undefined if it does not exist. */
export async function readFileIfPresent(path: string): Promise<Uint8Array | undefined> {
  return attempt('read', path, () => unlessMissing(readFile(path)));
}

/**
 * Replaces the content of a file. If it rejects, the file is unchanged. When it resolves, the content is on the disk;
 * the new name survives a power failure only after {@link syncDirectory}.
 *
 * Do not run it twice at a time for one path: both would use the same temporary file.
 */
export async function replaceFile(path: string, content: string): Promise<void> {
  const temporary = path + TEMPORARY_SUFFIX;
  try {
    await attempt('write', temporary, async () => {
      const file = await open(temporary, 'w', FILE_MODE);
      try {
        await file.writeFile(content);
        // A rename may reach the disk before the bytes: without this, a power failure could leave an empty file.
        await file.sync();
      } finally {
        await file.close();
      }
    });
    await attempt('replace', path, () => rename(temporary, path));
  } catch (error) {
    // Frees the space on a full disk. If this fails too, the next run removes the file.
    await unlink(temporary).catch(() => undefined);
    throw error;
  }
}

/** Removes a file and returns whether it existed. The removal survives a power failure after {@link syncDirectory}. */
export async function removeFile(path: string): Promise<boolean> {
  const removed = await attempt('remove', path, () => unlessMissing(unlink(path).then(() => true)));
  return removed ?? false;
}

/**
 * Renames a file to `<path>.broken-<time>`, with a number if that name is taken, and returns the new path. Nothing is
 * synced: after a power failure the file is found and moved again.
 */
export async function moveAside(path: string, time: Date): Promise<string> {
  const stamp = time.toISOString().replaceAll(/[-:.]/g, '');
  for (let number = 1; ; number += 1) {
    const place = `${path}.broken-${stamp}${number === 1 ? '' : `-${number}`}`;
    // A rename would replace an existing file, so the name is checked first.
    const taken = await attempt('look up', place, () => unlessMissing(lstat(place)));
    if (taken !== undefined) continue;
    await attempt('move aside', path, () => rename(path, place));
    return place;
  }
}

/** Creates a directory and its missing parents, and syncs them so that they survive a power failure. */
export async function makeDirectory(dir: string): Promise<void> {
  const first = await attempt('create the directory', dir, () =>
    mkdir(dir, { recursive: true, mode: FOLDER_MODE }),
  );
  if (first === undefined) return;
  for (let made = dir; made.length >= first.length; made = dirname(made)) {
    await syncDirectory(dirname(made));
  }
}

/** Syncs the names in a directory, so that they survive a power failure. */
export async function syncDirectory(dir: string): Promise<void> {
  // Windows cannot open a directory; NTFS journals names by itself.
  if (process.platform === 'win32') return;
  await attempt('sync the directory', dir, async () => {
    const handle = await open(dir, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  });
}

async function unlessMissing<T>(looking: Promise<T>): Promise<T | undefined> {
  try {
    return await looking;
  } catch (error) {
    if (isSystemError(error) && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
