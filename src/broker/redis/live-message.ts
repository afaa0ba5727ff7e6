/**
 * The messages on the channel of a room. A message is lines of text: a head, then one line for each publication, join or
 * leave. JSON has no line break and no tab outside of strings, and writes them as escapes within.
 *
 * The head is a letter for this format, the offset of the first publication that is kept, the time of the message in
 * milliseconds since 1970 and the epoch of the stream: `a7:1767225600000:AbCdEf`. Without kept publications offset and
 * epoch may be missing. Lines begin with a letter: `k` is a publication that the stream keeps, with the next offset; `s` is
 * one that is only sent; `j` is a join, `l` a leave. Readers leave out lines and messages with other letters.
 */

import type { Json, Publication, RoomMember } from '../../protocol/command.ts';
import { parseExactJson, writeExactJson, type ExactJson } from '../../protocol/json/exact-json.ts';
import type { RedisReply } from '../../redis/redis.ts';
import type { History, PublishOptions } from '../broker.ts';

const FORMAT = 'a';
const FIELD_END = '\t';
const LINE_END = '\n';

export interface LiveMessage {
  /** Offset of the first publication that is kept; 0 if there is none. */
  readonly first: number;
  readonly epoch: string;
  readonly time: number;
  readonly lines: readonly string[];
}

/** The message, or nothing if it is of another format. */
export function readMessage(message: string): LiveMessage | undefined {
  if (!message.startsWith(FORMAT)) return undefined;
  const lines = message.split(LINE_END);
  const head = lines.shift() ?? '';
  const [first, time, epoch] = head.slice(1).split(':');
  return { first: Number(first), time: Number(time), epoch: epoch ?? '', lines };
}

/** A message of lines that no stream keeps. */
export function writeMessage(lines: readonly string[], time: number): string {
  return `${FORMAT}0:${time}:${LINE_END}${lines.join(LINE_END)}`;
}

/** What is kept of a publication besides its position: data, sender and tags. */
export function writeBody(data: Json, { from, tags }: PublishOptions): string {
  const text = writeExactJson(data);
  if (tags !== undefined) {
    return `${text}\t${from === undefined ? '' : writeMember(from)}\t${writeExactJson(tags)}`;
  }
  return from === undefined ? text : `${text}\t${writeMember(from)}`;
}

/** Members publish again and again, and their texts stay the same. */
const texts = new WeakMap<RoomMember, string>();

export function writeMember(member: RoomMember): string {
  let text = texts.get(member);
  if (text === undefined) {
    text = writeExactJson(member as unknown as ExactJson);
    texts.set(member, text);
  }
  return text;
}

/** Members by their texts: those who speak do so again and again. */
const members = new Map<string, RoomMember>();
const MOST_MEMBERS = 1_024;

export function readMember(text: string): RoomMember {
  let member = members.get(text);
  if (member === undefined) {
    member = parseExactJson(text) as unknown as RoomMember;
    if (members.size >= MOST_MEMBERS) members.clear();
    members.set(text, member);
  }
  return member;
}

/** @param start Where the body begins in the text. */
export function readPublication(
  room: string,
  text: string,
  start: number,
  offset: number,
  epoch: string,
  time: number,
): Publication {
  const end = text.indexOf(FIELD_END, start);
  if (end === -1) return { room, data: readJson(text.slice(start)), offset, epoch, time };
  const data = readJson(text.slice(start, end));
  const endOfFrom = text.indexOf(FIELD_END, end + 1);
  if (endOfFrom === -1) return { room, data, offset, epoch, time, from: readMember(text.slice(end + 1)) };
  const tags = parseExactJson(text.slice(endOfFrom + 1)) as Record<string, string>;
  return endOfFrom === end + 1
    ? { room, data, offset, epoch, time, tags }
    : { room, data, offset, epoch, time, from: readMember(text.slice(end + 1, endOfFrom)), tags };
}

/** What the script of the history answers. */
export function readHistory(room: string, reply: RedisReply): History {
  const [epoch, offset, entries] = reply as [string, number, [string, string[]][]];
  const publications = entries.map(([id, [, time, , body]]) =>
    readPublication(room, body ?? '', 0, Number.parseInt(id, 10), epoch, Number(time)),
  );
  return { publications, offset, epoch };
}

function readJson(text: string): Json {
  return parseExactJson(text) as Json;
}
