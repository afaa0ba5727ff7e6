/**
 * The commands of the line protocol: one text frame is `command` or `command|argument`, split at the first `|`. It is the
 * same for messages that are texts and for messages that are any JSON.
 */

import type { Command, Json } from '../command.ts';
import { createRefusal } from '../errors.ts';
import { keepDigits, parseExactJson, type ExactJson } from '../json/exact-json.ts';
import { JsonNumber } from '../json/json-number.ts';

/** How the argument of `sendByRoom` and `broadcast` is read. */
export interface MessageReader {
  /** Throws an error if the text is no JSON. Numbers that matter keep their digits. */
  readonly parse: (text: string) => ExactJson;
  /** What is sent. */
  readonly read: (message: ExactJson) => Read<Json>;
}

export type Read<T> = { ok: true; value: T } | { ok: false; malformed: Command };

export const NOT_TEXT = [malformed('a frame must be UTF-8 text')];
const BAD_ROOM_NAME = malformed('roomNum must be a string or a number');

/** In characters. */
const MAX_CALL_ID_LENGTH = 64;
const BAD_CALL_ID = malformed(`id must be a number, or a string of at most ${MAX_CALL_ID_LENGTH} characters`);

/** Messages are texts. */
export const TEXT_MESSAGES: MessageReader = { parse: parseTexts, read: readText };

export function decodeCommand(frame: string, messages: MessageReader): Command {
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
      return decodeSendByRoom(argument, messages);
    case 'broadcast':
      return decodeBroadcast(argument, messages);
    case 'rpc':
      return decodeCall(argument);
    default:
      return { type: 'command.unknown' };
  }
}

function decodeSendByRoom(argument: string, messages: MessageReader): Command {
  const fields = parseFields('sendByRoom', argument, messages.parse);
  if (!fields.ok) return fields.malformed;
  const room = readRoomName(fields.value['roomNum']);
  if (room === undefined) return malformed('sendByRoom needs the field roomNum');
  if (room === false) return BAD_ROOM_NAME;
  const data = readMessage('sendByRoom', fields.value['message'], messages);
  return data.ok ? { type: 'room.publish', room, data: data.value } : data.malformed;
}

function decodeBroadcast(argument: string, messages: MessageReader): Command {
  const fields = parseFields('broadcast', argument, messages.parse);
  if (!fields.ok) return fields.malformed;
  const data = readMessage('broadcast', fields.value['message'], messages);
  return data.ok ? { type: 'server.broadcast', data: data.value } : data.malformed;
}

function decodeCall(argument: string): Command {
  const fields = parseFields('rpc', argument, parseExactJson);
  if (!fields.ok) return fields.malformed;
  const { roomNum, method, args = {}, id } = fields.value;
  const room = readRoomName(roomNum);
  if (room === undefined || method === undefined) return malformed('rpc needs the fields roomNum and method');
  if (room === false) return BAD_ROOM_NAME;
  if (typeof method !== 'string') return malformed('method must be a string such as "hello.sayHello"');
  if (!isObject(args)) return malformed('args must be an object');
  if (id === undefined) return { type: 'room.call', room, method, args };
  const isId = (typeof id === 'string' && id.length <= MAX_CALL_ID_LENGTH) || isNumber(id);
  return isId ? { type: 'room.call', room, method, args, callId: id } : BAD_CALL_ID;
}

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

type JsonObject = { readonly [key: string]: ExactJson };

export function isObject(value: ExactJson): value is JsonObject {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof JsonNumber)
  );
}

/** The name of a room; a number is read digit by digit. False if it is neither a string nor a number. */
function readRoomName(name: ExactJson | undefined): string | false | undefined {
  if (name === undefined) return undefined;
  return typeof name === 'string' || isNumber(name) ? toWellFormed(String(name)) : false;
}

export function isNumber(value: ExactJson | undefined): value is number | JsonNumber {
  return typeof value === 'number' || value instanceof JsonNumber;
}

function readMessage(command: string, message: ExactJson | undefined, messages: MessageReader): Read<Json> {
  return message === undefined ? fail(`${command} needs the field message`) : messages.read(message);
}

/** The text of a number or a boolean is the message. */
function readText(message: ExactJson): Read<string> {
  if (typeof message === 'string') return { ok: true, value: message };
  if (typeof message === 'boolean' || isNumber(message)) return { ok: true, value: String(message) };
  return fail('message must be a string');
}

/** Parses the fields of a message. Mostly they are strings, and there are no digits to keep. */
function parseTexts(text: string): ExactJson {
  const value = JSON.parse(text) as ExactJson;
  const isText = !isObject(value) || !(isNumber(value['roomNum']) || isNumber(value['message']));
  return isText ? value : keepDigits(text, value);
}

/**
 * JSON and JavaScript can write one half of a surrogate pair (`"\ud800"`). It has no UTF-8 form: if it were sent, every
 * receiver would drop its connection.
 */
export function toWellFormed(text: string): string {
  return text.isWellFormed() ? text : text.toWellFormed();
}

export function fail(message: string): { ok: false; malformed: Command } {
  return { ok: false, malformed: malformed(message) };
}

function malformed(message: string): Command {
  return { type: 'command.malformed', refusal: createRefusal('badRequest', message) };
}
