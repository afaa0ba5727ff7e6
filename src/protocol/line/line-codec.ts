/**
 * The line protocol of the TarsPHP `tars-websocket-server` example: one text frame is `command` or
 * `command|argument`, split at the first `|`. It knows no sockets and no rooms.
 */

import type { Codec } from '../codec.ts';
import type { CallOutcome, Command, Json } from '../command.ts';
import { createRefusal, type Refusal } from '../errors.ts';
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
        return [];
    }
  },

  encodePush(push) {
    return [push.type === 'joined' ? encodeJoined(push.room) : encodeRefusal(push.refusal)];
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

/** A text is sent as it is, any other JSON value as JSON text. */
function encodeText(data: Json): string {
  return typeof data === 'string' ? toWellFormed(data) : JSON.stringify(data);
}

function decodeSendByRoom(argument: string): Command {
  const fields = parseFields('sendByRoom', argument);
  if (!fields.ok) return fields.malformed;
  const room = fields.value['roomNum'];
  if (room === undefined) return malformed('sendByRoom needs the field roomNum');
  if (typeof room !== 'string' && typeof room !== 'number') {
    return malformed('roomNum must be a string or a number');
  }
  const data = readMessage('sendByRoom', fields.value['message']);
  return data.ok
    ? { type: 'room.publish', room: toWellFormed(String(room)), data: data.value }
    : data.malformed;
}

function decodeBroadcast(argument: string): Command {
  const fields = parseFields('broadcast', argument);
  if (!fields.ok) return fields.malformed;
  const data = readMessage('broadcast', fields.value['message']);
  return data.ok ? { type: 'server.broadcast', data: data.value } : data.malformed;
}

function decodeCall(argument: string): Command {
  const fields = parseFields('rpc', argument);
  if (!fields.ok) return fields.malformed;
  const { roomNum, method, args = {} } = fields.value;
  if (roomNum === undefined || method === undefined)
    return malformed('rpc needs the fields roomNum and method');
  if (typeof roomNum !== 'string' && typeof roomNum !== 'number') {
    return malformed('roomNum must be a string or a number');
  }
  if (typeof method !== 'string') return malformed('method must be a string such as "hello.sayHello"');
  if (typeof args !== 'object' || args === null || Array.isArray(args))
    return malformed('args must be an object');
  return { type: 'room.call', room: toWellFormed(String(roomNum)), method, args: args as Json };
}

function encodeCalled(method: string, outcome: CallOutcome): string {
  const answer =
    outcome.type === 'result'
      ? { method, result: outcome.result }
      : { method, error: { code: outcome.code, message: outcome.message } };
  return `rpc|${JSON.stringify(answer)}`;
}

function cutPlainMessage(frame: string): Command {
  const roomEnd = frame.indexOf('"', ROOM_AT);
  const room = frame.slice(ROOM_AT, roomEnd);
  return { type: 'room.publish', room, data: frame.slice(roomEnd + ROOM_TO_MESSAGE, -'"}'.length) };
}

type Read<T> = { ok: true; value: T } | { ok: false; malformed: Command };

function parseFields(command: string, argument: string): Read<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(argument);
  } catch {
    return fail(`${command} needs a JSON object after the |, and this is not JSON`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return fail(`${command} needs a JSON object after the |`);
  }
  return { ok: true, value: value as Record<string, unknown> };
}

function readMessage(command: string, message: unknown): Read<string> {
  if (message === undefined) return fail(`${command} needs the field message`);
  if (typeof message === 'string') return { ok: true, value: message };
  if (typeof message === 'number' || typeof message === 'boolean')
    return { ok: true, value: String(message) };
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
