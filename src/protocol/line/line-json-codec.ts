/**
 * The line protocol with messages as JSON: the commands and the answers are the same, and a message arrives as an object
 * with its room, its sender and its place in the stream. No answer begins with `{`.
 */

import type { Codec } from '../codec.ts';
import type { Json, MemberInfo } from '../command.ts';
import { keepDigits, writeExactJson, type ExactJson } from '../json/exact-json.ts';
import { findLostNumber, mayLoseNumbers } from '../json/lost-number.ts';
import { mendEscapes } from '../json/well-formed.ts';
import { readFrame } from '../text.ts';
import { cutPlainMessage, isPlainMessage, lineCodec, PUBLISHED } from './line-codec.ts';
import { decodeCommand, fail, isNumber, isObject, NOT_TEXT, type MessageReader } from './line-commands.ts';

/** A message is any JSON value. A number that JavaScript cannot hold is refused. */
const JSON_MESSAGES: MessageReader = {
  parse(text) {
    const value = JSON.parse(text) as ExactJson;
    const mayLose = mayLoseNumbers(text) || (isObject(value) && isNumber(value['roomNum']));
    return mayLose ? keepDigits(text, value) : value;
  },
  read(message) {
    const lost = findLostNumber(message);
    if (lost !== undefined) return fail('message has a number that would lose digits: send it as a string');
    return { ok: true, value: toJson(message) };
  },
};

export const lineJsonCodec: Codec = {
  ...lineCodec,
  name: 'line-json',

  decode(frame) {
    const text = readFrame(frame);
    if (text === undefined) return NOT_TEXT;
    return [isPlainMessage(text) ? cutPlainMessage(text) : decodeCommand(text, JSON_MESSAGES)];
  },

  encodeReply(reply) {
    if (reply.type !== 'answered') return lineCodec.encodeReply(reply);
    return [write({ data: reply.data, answer: true }), PUBLISHED];
  },

  encodePush: (push) => (push.type === 'message' ? [write({ data: push.data })] : lineCodec.encodePush(push)),

  encodePublication: ({ room, from, data, offset, time }) =>
    write({ room, from: from && toSender(from), data, offset: offset || undefined, time }),

  encodeBroadcast: ({ from, data }) => write({ from: from && toSender(from), data }),
};

interface Sender {
  readonly id: string;
  readonly user: string | undefined;
  readonly info: Json | undefined;
}

/** What is said of the sender of a message, in this order. */
function toSender({ id, user, info }: MemberInfo): Sender {
  return { id, user, info };
}

/** Fields that are undefined are left out. */
function write(message: object): string {
  return mendEscapes(JSON.stringify(message));
}

/** A value without lost numbers as JavaScript has it: `1.0` is 1. */
function toJson(value: ExactJson): Json {
  return typeof value === 'object' && value !== null ? (JSON.parse(writeExactJson(value)) as Json) : value;
}
