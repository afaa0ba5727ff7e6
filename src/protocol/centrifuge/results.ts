/**
 * JSON texts of what replies and pushes of the Centrifuge protocol have in common. Empty, zero and false fields are left
 * out, except where `client.proto` always writes them.
 */

import type { JoinAnswer, Json, Publication, RoomMember } from '../command.ts';
import { mendEscapes } from '../json/well-formed.ts';
import { dataOfDelta } from './delta.ts';

/** A value as JSON. It may have escapes for halves of surrogate pairs, which are mended in the whole frame at once. */
export function writeJson(value: Json): string {
  return typeof value === 'string' && !NEEDS_ESCAPES.test(value) ? `"${value}"` : JSON.stringify(value);
}

/** A value as JSON whose escapes are mended. */
export function writeMended(value: Json): string {
  return typeof value === 'string' && !NEEDS_ESCAPES.test(value)
    ? `"${value}"`
    : mendEscapes(JSON.stringify(value));
}

/**
 * Most texts need no escapes. To find that out takes less than half the time of `JSON.stringify`. The pattern matches the
 * rare case, because V8 keeps the text of the last match in memory.
 */
const NEEDS_ESCAPES = /^(?![ !#-[\]-\ud7ff\ue000-\uffff]*$)/;

/** An object of entries whose names come from outside. */
export function writeEntries(entries: readonly (readonly [name: string, part: string])[]): string {
  return `{${entries.map(([name, part]) => `${writeJson(name)}:${part}`).join(',')}}`;
}

/** Who a client is: the user and the id are always there. */
export function writeInfo({ id, user = '', info, roomInfo }: RoomMember): string {
  let text = `{"user":${writeJson(user)},"client":${writeJson(id)}`;
  if (info !== undefined) text += `,"conn_info":${writeJson(info)}`;
  if (roomInfo !== undefined) text += `,"chan_info":${writeJson(roomInfo)}`;
  return `${text}}`;
}

/** The sender of the latest publication, and what is written of it: the messages of a client come in a row. */
let latestSender: RoomMember | undefined;
let latestInfo = '';

function writeSender(from: RoomMember): string {
  if (from !== latestSender) {
    latestInfo = mendEscapes(writeInfo(from));
    latestSender = from;
  }
  return latestInfo;
}

/**
 * A publication; `data` is its JSON text. Its own parts are mended. One that is in the stream has its offset, although the reference leaves it out for rooms
 * without history: our streams count in all rooms. For the SDKs that is the same: a client keeps the offset, and uses
 * it only if its subscription is recoverable.
 */
export function writePublication(publication: Publication, data: string, isPatch = false): string {
  const { offset, time, from, tags } = publication;
  let text = `{"data":${data}`;
  if (from !== undefined) text += `,"info":${writeSender(from)}`;
  if (offset > 0) text += `,"offset":${offset}`;
  if (tags !== undefined) text += `,"tags":${writeMended(tags)}`;
  if (isPatch) text += ',"delta":true';
  return `${text},"time":${time}}`;
}

/** What a client is told of the room that it has joined. It is written out, as each client gets it for each room. */
export function writeSubscription({ stream, ttlSeconds, data }: JoinAnswer): string {
  let text = writeExpiry(ttlSeconds);
  if (stream !== undefined) {
    const { positioned, recoverable, wasRecovering, publications } = stream;
    const hasPosition = positioned || recoverable || wasRecovering;
    if (recoverable) text += ',"recoverable":true';
    if (hasPosition && stream.epoch !== '') text += `,"epoch":${writeJson(stream.epoch)}`;
    if (publications.length > 0) text += `,"publications":${writeMissed(publications, stream.delta)}`;
    if (stream.recovered) text += ',"recovered":true';
    if (hasPosition && stream.offset !== 0) text += `,"offset":${stream.offset}`;
    if (positioned) text += ',"positioned":true';
  }
  if (data !== undefined) text += `,"data":${writeJson(data)}`;
  if (stream?.wasRecovering === true) text += ',"was_recovering":true';
  if (stream?.delta === true) text += ',"delta":true';
  return `{${text.startsWith(',') ? text.slice(1) : text}}`;
}

/** Publications that a client has missed. As deltas they are a chain whose first is full. */
function writeMissed(publications: readonly Publication[], delta: boolean): string {
  const texts = publications.map((publication, index) => {
    if (!delta) return writePublication(publication, writeJson(publication.data));
    const { data, isPatch } = dataOfDelta(publication.data, publications[index - 1]);
    return writePublication(publication, data, isPatch);
  });
  return `[${texts.join(',')}]`;
}

/** The fields that tell when a new token is due; empty if none is. */
export function writeExpiry(ttlSeconds: number | undefined): string {
  if (ttlSeconds === undefined) return '';
  return ttlSeconds === 0 ? '"expires":true' : `"expires":true,"ttl":${ttlSeconds}`;
}
