/** Which texts are valid as keys of `rooms`, and wherever the settings name rooms. */

import * as z from 'zod';
import { fieldNotes } from './field-notes.ts';

export const ROOM_PATTERN_WORDS = 'a room name, or a prefix of room names that ends in one *';

/** Whether a text is an exact room name, or a prefix with one `*` at its end; `*` alone matches every room. */
export function isRoomPattern(text: string): boolean {
  const star = text.indexOf('*');
  return text !== '' && (star === -1 || star === text.length - 1);
}

export const roomPattern = z
  .string()
  .refine(isRoomPattern)
  .register(fieldNotes, { allowed: ROOM_PATTERN_WORDS });
