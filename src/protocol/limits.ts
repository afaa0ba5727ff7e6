/** Limits for room names and messages, and the checks that clients, the library and the server API share. */

import type { Json } from './command.ts';
import { because, createRefusal, type Refusal } from './errors.ts';
import { findNonJson } from './json/non-json.ts';

export const DEFAULT_MESSAGE_BYTES = 64 * 1024;
export const DEFAULT_ROOM_NAME_BYTES = 255;
/** The longest name of a user, in characters. */
export const MAX_USER_LENGTH = 255;

export interface MessageLimits {
  /** The longest message, in bytes of UTF-8 (of JSON, if it is not a text). Default 64 KiB. */
  readonly messageBytes: number;
  /** The longest room name, in bytes of UTF-8. Default 255. */
  readonly roomNameBytes: number;
}

/** Why a room name is not allowed, or undefined. */
export function refuseRoomName(room: string, limits: MessageLimits): Refusal | undefined {
  if (room === '') return createRefusal('badRequest', 'the room name is empty');
  // The library is also called from JavaScript: the rooms 1 and '1' would be two.
  if (typeof room !== 'string') return createRefusal('badRequest', 'the room name must be a string');
  if (exceedsBytes(room, limits.roomNameBytes)) {
    const { roomNameBytes: value } = limits;
    return because(createRefusal('badRequest', `the room name is longer than ${value} bytes`), {
      limit: { name: 'limits.roomNameBytes', value, actual: Buffer.byteLength(room) },
    });
  }
  return undefined;
}

/** Why a message is not allowed, or undefined. */
export function refuseMessage(data: Json, limits: Pick<MessageLimits, 'messageBytes'>): Refusal | undefined {
  const nonJson = typeof data === 'string' ? undefined : findNonJson(data);
  if (nonJson !== undefined) {
    return createRefusal('badRequest', `a message must be a JSON value, and this is ${nonJson}`);
  }
  if (exceedsLimit(data, limits.messageBytes)) {
    const { messageBytes: value } = limits;
    return because(createRefusal('limitExceeded', `the message is longer than ${value} bytes`), {
      limit: { name: 'limits.messageBytes', value },
    });
  }
  return undefined;
}

/** Whether a message is longer than so many bytes. */
export function exceedsLimit(data: Json, messageBytes: number): boolean {
  return exceedsBytes(typeof data === 'string' ? data : JSON.stringify(data), messageBytes);
}

const encoder = new TextEncoder();

/** One UTF-16 unit is 1 to 3 bytes of UTF-8, so most texts need no encoding here. */
function exceedsBytes(text: string, limit: number): boolean {
  if (text.length * 3 <= limit) return false;
  return text.length > limit || encoder.encode(text).length > limit;
}
