/** Files that are either the old or the new one after a crash, and stay so. It knows no rooms and no JSON. */

import { lstat, mkdir, open, readFile, rename, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { attempt, isSystemError } from './store-error.ts';

/** What follows the name of a file while its next content is written. */
export const TEMPORARY_SUFFIX = '.tmp';

/** The content of a file, or nothing when there is none. */
export async function readFileIfPresent(path: string): Promise<Uint8Array | undefined> {
  return attempt('read', path, () => unlessMissing(readFile(path)));
}

/**
 * Gives a file a new content. When it rejects, the file is what it was before; when it resolves, the
 * content is on the disk, and after {@link syncDirectory} it also has this name after a power cut.
 *
 * Two of these must not run for one path at a time: they share the temporary file.
 */
export async function replaceFile(path: string, content: string): Promise<void> {
  const temporary = path + TEMPORARY_SUFFIX;
  try {
    await attempt('write', temporary, async () => {
      const file = await open(temporary, 'w');
      try {
        await file.writeFile(content);
        // A rename may reach the disk before the bytes do: without this a power cut leaves an empty file.
        await file.sync();
      } finally {
        await file.close();
      }
    });
    await attempt('replace', path, () => rename(temporary, path));
  } catch (error) {
    // Gives a full disk its room back. If this fails too, the next run removes the left-over.
    await unlink(temporary).catch(() => undefined);
    throw error;
  }
}

/** Removes a file and tells whether there was one. It is gone for good after {@link syncDirectory}. */
export async function removeFile(path: string): Promise<boolean> {
  const removed = await attempt('remove', path, () => unlessMissing(unlink(path).then(() => true)));
  return removed ?? false;
}

/**
 * Renames a file to `<path>.broken-<time>`, or with a number behind it when that name is taken, and
 * tells the new path. Nothing is synced: after a power cut the file is found and put aside again.
 */
export async function moveAside(path: string, time: Date): Promise<string> {
  const stamp = time.toISOString().replaceAll(/[-:.]/g, '');
  for (let number = 1; ; number += 1) {
    const place = `${path}.broken-${stamp}${number === 1 ? '' : `-${number}`}`;
    // A rename replaces what it meets, so the name is looked up first.
    const taken = await attempt('look up', place, () => unlessMissing(lstat(place)));
    if (taken !== undefined) continue;
    await attempt('move aside', path, () => rename(path, place));
    return place;
  }
}

/** Makes a directory and its parents, where they are missing, and makes the new ones survive a power cut. */
export async function makeDirectory(dir: string): Promise<void> {
  const first = await attempt('create the directory', dir, () => mkdir(dir, { recursive: true }));
  if (first === undefined) return;
  for (let made = dir; made.length >= first.length; made = dirname(made)) {
    await syncDirectory(dirname(made));
  }
}

/** Makes the names in a directory, as they are now, survive a power cut. */
export async function syncDirectory(dir: string): Promise<void> {
  // Windows cannot open a directory; its file system keeps names by itself.
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
