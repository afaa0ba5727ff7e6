/** The name of a room's file, which is valid on every file system for any room name. */

import { hash } from 'node:crypto';
import { TEMPORARY_SUFFIX } from './durable-file.ts';

/** Enough to recognize a room; the file contains the whole name. */
const SLUG_CHARACTERS = 40;
/** 128 bits: clients choose room names, and must not find two with the same file. */
const HASH_CHARACTERS = 32;

const SHAPE = new RegExp(`^[a-z0-9-]{1,${SLUG_CHARACTERS}}-[0-9a-f]{${HASH_CHARACTERS}}\\.json$`);

/**
 * The readable part of the room's name, followed by a hash of it. So names such as `../x`, `con` or 255 emoji are safe,
 * and names that differ only in case have different files.
 */
export function roomFileName(room: string): string {
  const readable = room
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, SLUG_CHARACTERS)
    .replaceAll(/^-|-$/g, '');
  // JSON escapes half a surrogate pair; in plain UTF-8 all of them become the same three bytes.
  const digest = hash('sha256', JSON.stringify(room)).slice(0, HASH_CHARACTERS);
  return `${readable === '' ? 'room' : readable}-${digest}.json`;
}

/** Whether this is the name of a room's file. */
export function isRoomFileName(name: string): boolean {
  return SHAPE.test(name);
}

/** Whether this is the name of a temporary file, which a crashed run may have left. */
export function isTemporaryFileName(name: string): boolean {
  return name.endsWith(TEMPORARY_SUFFIX) && isRoomFileName(name.slice(0, -TEMPORARY_SUFFIX.length));
}
