/** How a room's file is called: a name that every file system takes, whatever the room's own name is. */

import { hash } from 'node:crypto';
import { TEMPORARY_SUFFIX } from './durable-file.ts';

/** Enough to recognize a room by; the whole name stands in the file. */
const SLUG_CHARACTERS = 40;
/** 128 bits: room names are chosen by clients, and nobody shall find two with the same file. */
const HASH_CHARACTERS = 32;

const SHAPE = new RegExp(`^[a-z0-9-]{1,${SLUG_CHARACTERS}}-[0-9a-f]{${HASH_CHARACTERS}}\\.json$`);

/**
 * The name of a room's file: what is readable of the room's name, then a hash of it, so that neither
 * `../x`, `con`, a name of 255 emoji nor two names that differ only by case do harm.
 */
export function roomFileName(room: string): string {
  const readable = room
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, SLUG_CHARACTERS)
    .replaceAll(/^-|-$/g, '');
  // JSON has a spelling for half a surrogate pair; in plain UTF-8 all of those are the same three bytes.
  const digest = hash('sha256', JSON.stringify(room)).slice(0, HASH_CHARACTERS);
  return `${readable === '' ? 'room' : readable}-${digest}.json`;
}

/** Whether a file in the data directory is a room's. */
export function isRoomFileName(name: string): boolean {
  return SHAPE.test(name);
}

/** Whether a file in the data directory is what a run that crashed left of a write. */
export function isTemporaryFileName(name: string): boolean {
  return name.endsWith(TEMPORARY_SUFFIX) && isRoomFileName(name.slice(0, -TEMPORARY_SUFFIX.length));
}
