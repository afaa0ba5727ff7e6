/**
 * The line protocol of the TarsPHP `tars-websocket-server` example: one text frame is `command` or
 * `command|argument`, split at the first `|`. It knows no sockets and no rooms.
 */

import type { Codec } from '../codec.ts';
import type { CallOutcome, Command, Json } from '../command.ts';
import { createRefusal, type Refusal } from '../errors.ts';
import { keepDigits, parseExactJson, writeExactJson, type ExactJson } from '../json/exact-json.ts';
import { JsonNumber } from '../json/json-number.ts';
import { encodeOnce, readFrame } from '../text.ts';

export const lineCodec: Codec = {
  name: 'line',
  subprotocols: [],
  greeting: 'handshake',
  // An answer does not say which command it answers.
  keepsOrder: true,

  decode(frame) {
    const text = readFrame(frame);
    if (text === undefined) return NOT_TEXT;
    return [NOT_PLAIN_MESSAGE.test(text) ? decodeCommand(text) : cutPlainMessage(text)];
  },

  encodeReply(reply) {
    switch (reply.type) {
      case 'pong':
        return PONG;
      case 'joined':
      case 'alreadyMember':
        return [encodeJoined(reply.room)];
      case 'left':
      case 'notMember':
        return [`Unsubscribe roomNum:${reply.room} success!`];
      case 'published':
        return PUBLISHED_ALONE;
      case 'broadcasted':
        return BROADCASTED;
      case 'answered':
        return [encodeText(reply.data), PUBLISHED];
      case 'called':
        return [encodeCalled(reply.method, reply.outcome)];
      case 'unknown':
        return ['Rsp from server: this is server'];
      case 'refused':
        return [encodeRefusal(reply.refusal)];
      case 'connected':
      // Answers to commands that this protocol does not have.
      case 'presence':
      case 'presenceStats':
      case 'history':
      case 'refreshed':
      case 'roomRefreshed':
        return [];
    }
  },

  encodePush(push) {
    switch (push.type) {
      case 'joined':
        return [encodeJoined(push.room)];
      case 'left':
        return [encodeRefusal(push.refusal)];
      case 'message':
        return [encodeText(push.data)];
      case 'ping':
        return [];
    }
  },

  encodePublication: ({ data }) => encodeText(data),
  encodeBroadcast: ({ data }) => encodeText(data),
};

/**
 * Most frames are a plain message: written by `JSON.stringify`, with texts that need no escapes. A plain message is cut
 * out of the frame, which takes less than half the time of `JSON.parse`. This pattern matches all other frames; those
 * go through `JSON.parse`. It matches the rare case because V8 keeps the text of the last match in memory, and that
 * makes a match slower than no match.
 */
const NOT_PLAIN_MESSAGE =
  /^(?!sendByRoom\|\{"roomNum":"[ !#-[\]-\ud7ff\ue000-\uffff]*","message":"[ !#-[\]-\uffff]*"\}$)/;
const ROOM_AT = 'sendByRoom|{"roomNum":"'.length;
const ROOM_TO_MESSAGE = '","message":"'.length;

const PUBLISHED = encodeOnce('SendByRoom success!');
/** Replies that are always the same are made once. */
const PUBLISHED_ALONE = [PUBLISHED];
const BROADCASTED = [encodeOnce('Broadcast success!')];
const PONG = [encodeOnce('pong')];

function decodeCommand(frame: string): Command {
  const bar = frame.indexOf('|');
  const name = bar === -1 ? frame : frame.slice(0, bar);
  const argument = bar === -1 ? '' : frame.slice(bar + 1);
  switch (name) {
    case 'ping':
      return { type: 'ping' };
    case 'subscribe':
      return { type: 'room.join', room: argument };
    case 'unsubscribe':
      return { type: 'room.leave', room: argument };
    case 'sendByRoom':
      return decodeSendByRoom(argument);
    case 'broadcast':
      return decodeBroadcast(argument);
    case 'rpc':
      return decodeCall(argument);
    default:
      return { type: 'command.unknown' };
  }
}

function encodeJoined(room: string): string {
  return `Subscribe roomNum:${room} success!`;
}

function encodeRefusal({ message }: Refusal): string {
  return toWellFormed(`Error: ${message}`);
}

const NOT_TEXT = [malformed('a frame must be UTF-8 text')];
const BAD_ROOM_NAME = malformed('roomNum must be a string or a number');

/** A text is sent as it is, any other JSON value as JSON text. */
function encodeText(data: Json): string {
  return typeof data === 'string' ? toWellFormed(data) : JSON.stringify(data);
}

function decodeSendByRoom(argument: string): Command {
  const fields = parseFields('sendByRoom', argument, parseTexts);
  if (!fields.ok) return fields.malformed;
  const room = readRoomName(fields.value['roomNum']);
  if (room === undefined) return malformed('sendByRoom needs the field roomNum');
  if (room === false) return BAD_ROOM_NAME;
  const data = readMessage('sendByRoom', fields.value['message']);
  return data.ok ? { type: 'room.publish', room, data: data.value } : data.malformed;
}

function decodeBroadcast(argument: string): Command {
  const fields = parseFields('broadcast', argument, parseTexts);
  if (!fields.ok) return fields.malformed;
  const data = readMessage('broadcast', fields.value['message']);
  return data.ok ? { type: 'server.broadcast', data: data.value } : data.malformed;
}

function decodeCall(argument: string): Command {
  const fields = parseFields('rpc', argument, parseExactJson);
  if (!fields.ok) return fields.malformed;
  const { roomNum, method, args = {} } = fields.value;
  const room = readRoomName(roomNum);
  if (room === undefined || method === undefined) return malformed('rpc needs the fields roomNum and method');
  if (room === false) return BAD_ROOM_NAME;
  if (typeof method !== 'string') return malformed('method must be a string such as "hello.sayHello"');
  if (!isObject(args)) return malformed('args must be an object');
  return { type: 'room.call', room, method, args };
}

function encodeCalled(method: string, outcome: CallOutcome): string {
  const answer =
    outcome.type === 'result'
      ? { method, result: outcome.result }
      : { method, error: { code: outcome.code, message: outcome.message } };
  return `rpc|${writeExactJson(answer)}`;
}

function cutPlainMessage(frame: string): Command {
  const roomEnd = frame.indexOf('"', ROOM_AT);
  const room = frame.slice(ROOM_AT, roomEnd);
  return { type: 'room.publish', room, data: frame.slice(roomEnd + ROOM_TO_MESSAGE, -'"}'.length) };
}

type Read<T> = { ok: true; value: T } | { ok: false; malformed: Command };

function parseFields(
  command: string,
  argument: string,
  parse: (text: string) => ExactJson,
): Read<JsonObject> {
  let value: ExactJson;
  try {
    value = parse(argument);
  } catch {
    return fail(`${command} needs a JSON object after the |, and this is not JSON`);
  }
  return isObject(value) ? { ok: true, value } : fail(`${command} needs a JSON object after the |`);
}

/** Parses the fields of a message. Mostly they are strings, and there are no digits to keep. */
function parseTexts(text: string): ExactJson {
  const value = JSON.parse(text) as ExactJson;
  const isText = !isObject(value) || !(isNumber(value['roomNum']) || isNumber(value['message']));
  return isText ? value : keepDigits(text, value);
}

type JsonObject = { readonly [key: string]: ExactJson };

function isObject(value: ExactJson): value is JsonObject {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof JsonNumber)
  );
}

/** The name of a room; a number is read digit by digit. False if it is neither a string nor a number. */
function readRoomName(name: ExactJson | undefined): string | false | undefined {
  if (name === undefined) return undefined;
  return typeof name === 'string' || isNumber(name) ? toWellFormed(String(name)) : false;
}

function isNumber(value: ExactJson | undefined): value is number | JsonNumber {
  return typeof value === 'number' || value instanceof JsonNumber;
}

function readMessage(command: string, message: ExactJson | undefined): Read<string> {
  if (message === undefined) return fail(`${command} needs the field message`);
  if (typeof message === 'string') return { ok: true, value: message };
  if (typeof message === 'boolean' || isNumber(message)) return { ok: true, value: String(message) };
  return fail('message must be a string');
}

/**
 * JSON and JavaScript can write one half of a surrogate pair (`"\ud800"`). It has no UTF-8 form: if it were sent, every
 * receiver would drop its connection.
 */
function toWellFormed(text: string): string {
  return text.isWellFormed() ? text : text.toWellFormed();
}

function fail(message: string): { ok: false; malformed: Command } {
  return { ok: false, malformed: malformed(message) };
}

function malformed(message: string): Command {
  return { type: 'command.malformed', refusal: createRefusal('badRequest', message) };
}
