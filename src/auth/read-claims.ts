/** Reads the claims of a token whose signature is right. It checks shapes and ranges, and knows no keys. */

import type { Json } from '../protocol/command.ts';
import { findNonJson } from '../protocol/json/non-json.ts';
import { setOwn } from '../protocol/json/own-property.ts';
import { readOverride } from '../protocol/override.ts';
import type { ConnectionClaims, SubscriptionClaims, TokenRoom } from './token-claims.ts';

/** The claims of a token as JSON. */
export type ClaimsSet = Readonly<Record<string, unknown>>;

/** A claim that cannot be used. The message names it, and has nothing of its value. */
export class ClaimError extends Error {
  override readonly name = 'ClaimError';
}

/** OpenID Connect Core 1.0, section 2, allows no longer `sub`. */
const MAX_NAME_LENGTH = 255;
/** The end of the year 9999, in seconds. A time in milliseconds is beyond it. */
const MAX_SECONDS = 253_402_300_799;

/**
 * Reads the token of a connection.
 * @throws {ClaimError} also for a token with `channel`: that is one for a room.
 */
export function readConnectionClaims(claims: ClaimsSet): ConnectionClaims {
  if (readName(claims, 'channel') !== '') {
    throw new ClaimError('it has a channel, so it is a token for a room and not for a connection');
  }
  const meta = readJson(claims, 'meta');
  return {
    user: readName(claims, 'sub'),
    rooms: readRooms(claims),
    ...readExpiry(claims),
    ...readEncodable(claims, 'info'),
    ...(meta !== undefined && { meta }),
    ...readMark(claims),
  };
}

function readMark(claims: ClaimsSet): { readonly id?: string; readonly issuedAt?: number } {
  const id = readName(claims, 'jti');
  const issuedAt = readTime(claims, 'iat');
  return { ...(id !== '' && { id }), ...(issuedAt !== undefined && { issuedAt }) };
}

/**
 * Reads the token of a membership in one room.
 * @throws {ClaimError}
 */
export function readSubscriptionClaims(claims: ClaimsSet): SubscriptionClaims {
  const room = readName(claims, 'channel');
  if (room === '') throw new ClaimError('it has no channel, so it is no token for a room');
  const client = readName(claims, 'client');
  return {
    user: readName(claims, 'sub'),
    room,
    ...(client !== '' && { client }),
    ...readExpiry(claims),
    ...readRoom(claims),
    ...readMark(claims),
  };
}

/** `expire_at` counts instead of `exp`, and 0 is never. */
function readExpiry(claims: ClaimsSet): { readonly expiresAt?: number } {
  const token = readTime(claims, 'exp');
  const own = readTime(claims, 'expire_at');
  if (own === 0) return {};
  const expiresAt = own ?? token;
  return expiresAt === undefined ? {} : { expiresAt };
}

function readRooms(claims: ClaimsSet): Readonly<Record<string, TokenRoom>> {
  const rooms: Record<string, TokenRoom> = {};
  const channels = claims['channels'] ?? [];
  if (!Array.isArray(channels)) throw new ClaimError('channels is not a list');
  for (const name of channels as readonly unknown[]) setOwn(rooms, toRoomName(name, 'channels'), {});
  for (const [name, room] of Object.entries(readObject(claims, 'subs') ?? {})) {
    if (!isObject(room)) throw new ClaimError('an entry of subs is not an object');
    setOwn(rooms, toRoomName(name, 'subs'), readRoom(room));
  }
  return rooms;
}

/** Its length is judged as that of any room's name, by the settings. */
function toRoomName(name: unknown, claim: string): string {
  if (typeof name !== 'string' || name === '')
    throw new ClaimError(`${claim} has an entry that is no room name`);
  return name;
}

function readRoom(claims: ClaimsSet): TokenRoom {
  const override = readOverride(claims['override']);
  if (typeof override === 'string') throw new ClaimError(override);
  return {
    ...readEncodable(claims, 'info'),
    ...readEncodable(claims, 'data'),
    ...(override !== undefined && { override }),
  };
}

/** A JSON value under its name, or the text of one in base64 under `b64` and its name, which counts if there are both. */
function readEncodable<Name extends 'info' | 'data'>(
  claims: ClaimsSet,
  name: Name,
): { [Key in Name]?: Json } {
  const claim = `b64${name}`;
  const encoded = claims[claim] ?? '';
  if (typeof encoded !== 'string') throw new ClaimError(`${claim} is not a text`);
  const value =
    encoded === '' ? readJson(claims, name) : readJson({ [claim]: decodeJson(encoded, claim) }, claim);
  return (value === undefined ? {} : { [name]: value }) as { [Key in Name]?: Json };
}

function decodeJson(encoded: string, claim: string): unknown {
  try {
    return JSON.parse(strictDecoder.decode(Buffer.from(encoded, 'base64'))) as unknown;
  } catch {
    throw new ClaimError(`${claim} is not base64 of JSON`);
  }
}

const strictDecoder = new TextDecoder('utf-8', { fatal: true });

/** JSON of a token may hold a number beyond all numbers (`1e999`), or be nested too deep to be sent. */
function readJson(claims: ClaimsSet, name: string): Json | undefined {
  const value = claims[name];
  if (value === undefined || value === null) return undefined;
  const problem = findNonJson(value);
  if (problem !== undefined) throw new ClaimError(`${name} cannot be sent: it has ${problem}`);
  return value as Json;
}

/** A short text; an empty one if there is none. */
function readName(claims: ClaimsSet, name: string): string {
  const value = claims[name] ?? '';
  if (typeof value !== 'string') throw new ClaimError(`${name} is not a text`);
  if (value.length > MAX_NAME_LENGTH)
    throw new ClaimError(`${name} is longer than ${MAX_NAME_LENGTH} characters`);
  if (!value.isWellFormed()) throw new ClaimError(`${name} is not well-formed Unicode`);
  return value;
}

/** Seconds since 1970, also with a fraction (`NumericDate` of RFC 7519), as milliseconds. */
function readTime(claims: ClaimsSet, name: string): number | undefined {
  const value = claims[name] ?? undefined;
  if (value === undefined) return undefined;
  if (typeof value !== 'number' || !(value >= 0 && value <= MAX_SECONDS)) {
    throw new ClaimError(`${name} is not a number of seconds since 1970 (up to ${MAX_SECONDS})`);
  }
  return Math.round(value * 1000);
}

function readObject(claims: ClaimsSet, name: string): ClaimsSet | undefined {
  const value = claims[name] ?? undefined;
  if (value !== undefined && !isObject(value)) throw new ClaimError(`${name} is not an object`);
  return value;
}

function isObject(value: unknown): value is ClaimsSet {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
