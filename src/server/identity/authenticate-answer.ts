/** Checks what `authenticate` returns. JavaScript lets a function return anything. It knows no tokens. */

import type { Identity, IdentityOutcome } from '../../actors/connection/authenticator.ts';
import type { RoomGrant } from '../../actors/room/ports.ts';
import type { JoinRefusal } from '../../actors/room/room-options.ts';
import type { Json } from '../../protocol/command.ts';
import { createRefusal } from '../../protocol/errors.ts';
import { MAX_USER_LENGTH } from '../../protocol/limits.ts';
import { findNonJson } from '../../protocol/json/non-json.ts';

type NotKnown = Exclude<IdentityOutcome, { type: 'known' }>;

/** The codes that a user's function may give: errors of a reply, and closes. */
const ERROR_CODES = { first: 400, last: 1999 };
const CLOSE_CODES = { first: 4000, last: 4999 };

/**
 * What a user's function has answered; undefined if it has said nothing.
 * @throws {TypeError} for a value that is no identity and no refusal. The message has nothing of the value.
 */
export function readAnswer(returned: unknown): Identity | NotKnown | undefined {
  if (returned === undefined || returned === null) return undefined;
  if (typeof returned !== 'object' || Array.isArray(returned)) {
    throw new TypeError(
      `authenticate returned a ${typeof returned}: return { user }, refuse(reason) or nothing`,
    );
  }
  if ('refused' in returned) return readRefusal(returned as Record<keyof JoinRefusal, unknown>);
  const { user, info, data, answer, expiresAt, rooms } = returned as Record<keyof Identity, unknown>;
  return {
    user: readUser(user),
    info: readJson(info, 'info'),
    data,
    answer: readJson(answer, 'answer'),
    expiresAt: readDate(expiresAt),
    rooms: readRooms(rooms),
  };
}

function readUser(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string') throw new TypeError('authenticate returned a user that is no text');
  if (!value.isWellFormed()) {
    throw new TypeError('authenticate returned a user that is not well-formed Unicode');
  }
  if (value.length <= MAX_USER_LENGTH) return value;
  throw new TypeError(`authenticate returned a user of more than ${MAX_USER_LENGTH} characters`);
}

function readJson(value: unknown, field: string): Json | undefined {
  const nonJson = value === undefined ? undefined : findNonJson(value);
  if (nonJson === undefined) return value as Json | undefined;
  throw new TypeError(`authenticate returned as ${field} what is no JSON value, but ${nonJson}`);
}

function readDate(value: unknown): number | undefined {
  if (value === undefined || value === null) return undefined;
  const time = value instanceof Date ? value.getTime() : value;
  if (typeof time === 'number' && !Number.isNaN(time)) return time === Infinity ? undefined : time;
  throw new TypeError(
    'authenticate returned as expiresAt neither a date nor a number of milliseconds since 1970',
  );
}

function readRooms(value: unknown): Readonly<Record<string, RoomGrant>> {
  if (value === undefined || value === null) return {};
  if (typeof value !== 'object' || (!Array.isArray(value) && isUnlisted(value))) {
    throw new TypeError('authenticate returned as rooms neither a list of names nor an object by name');
  }
  const entries: readonly (readonly [unknown, unknown])[] = Array.isArray(value)
    ? value.map((room: unknown) => [room, {}])
    : Object.entries(value);
  return Object.fromEntries(entries.map(([room, said]) => [readRoomName(room), readGrant(said)]));
}

/** What has its values elsewhere than in properties, such as a set. */
function isUnlisted(value: object): boolean {
  return Symbol.iterator in value;
}

function readRoomName(room: unknown): string {
  if (typeof room === 'string' && room !== '' && room.isWellFormed()) return room;
  throw new TypeError('authenticate returned in rooms what is no name of a room');
}

function readGrant(said: unknown): RoomGrant {
  if (typeof said !== 'object' || said === null || Array.isArray(said)) {
    throw new TypeError('authenticate returned for a room of rooms what is no object: return { info, data }');
  }
  const { info, data } = said as Record<'info' | 'data', unknown>;
  return {
    ...(info !== undefined && { info: readJson(info, 'info of a room') }),
    ...(data !== undefined && { data: readJson(data, 'data of a room') }),
  };
}

function readRefusal({ refused, code }: Record<keyof JoinRefusal, unknown>): NotKnown {
  if (typeof refused !== 'string') throw new TypeError('authenticate refused with a reason that is no text');
  if (code === undefined) return { type: 'refused', refusal: createRefusal('permissionDenied', refused) };
  if (isWithin(code, CLOSE_CODES)) return { type: 'closed', close: { code, reason: refused } };
  if (isWithin(code, ERROR_CODES)) {
    return { type: 'refused', refusal: { ...createRefusal('permissionDenied', refused), code } };
  }
  const given = typeof code === 'number' ? `the code ${code}` : `a ${typeof code} as code`;
  throw new TypeError(
    `authenticate refused with ${given}: errors have 400 to 1999, closes 4000 to 4499 (connect again) or 4500 to 4999`,
  );
}

function isWithin(code: unknown, { first, last }: typeof ERROR_CODES): code is number {
  return typeof code === 'number' && Number.isInteger(code) && code >= first && code <= last;
}
