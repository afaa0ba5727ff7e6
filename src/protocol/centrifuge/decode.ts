/** Reads frames of the Centrifuge protocol: JSON objects, each a command with an id and one request, joined by line feeds. */

import type { Decoded, Violation } from '../codec.ts';
import type { Command, Json } from '../command.ts';
import { DEFAULT_MESSAGE_BYTES, exceedsLimit } from '../limits.ts';
import { mendHalves } from '../json/well-formed.ts';
import { readFrame } from '../text.ts';
import { fits, isGiven, isObject, type Fields } from './fields.ts';
import { REQUESTS, type RequestKind } from './requests.ts';

const BAD_REQUEST: Violation = { violation: 'badRequest' };
const TOO_LONG: Violation = { violation: 'tooLong' };

/** `{}` is the answer to a ping. */
const PONG: Command = { type: 'pong' };
const PONG_FRAME = '{}';
const ONLY_PONG = [PONG];

/** The largest id: 32 bits in `client.proto`. */
const MAX_ID = 2 ** 32 - 1;

/**
 * Reads a frame. Each command has at most one message, its field `data`; a frame may have many.
 * @param messageBytes The longest message. Default 64 KiB. A longer one breaks the protocol, since a client would send it again.
 */
export function decodeFrame(
  frame: string | Uint8Array,
  messageBytes: number = DEFAULT_MESSAGE_BYTES,
): Decoded {
  if (frame === PONG_FRAME) return ONLY_PONG;
  const read = readFrame(frame);
  if (read === undefined) return BAD_REQUEST;
  const text = mendHalves(read);
  if (!text.includes('\n')) return decodeOne(text, messageBytes);
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  const commands: Command[] = [];
  for (const line of lines) {
    const command = decodeCommand(line, messageBytes);
    if ('violation' in command) return command;
    commands.push(command);
  }
  return commands.length === 0 ? BAD_REQUEST : commands;
}

function decodeOne(text: string, messageBytes: number): Decoded {
  const command = decodeCommand(text, messageBytes);
  return 'violation' in command ? command : [command];
}

function decodeCommand(text: string, messageBytes: number): Command | Violation {
  const command = parseObject(text);
  if (command === undefined) return BAD_REQUEST;
  const id = command['id'] ?? 0;
  if (typeof id !== 'number' || !Number.isInteger(id) || id < 0 || id > MAX_ID) return BAD_REQUEST;
  const kind = findRequest(command);
  if (kind === undefined) return id === 0 && isBare(command) ? PONG : BAD_REQUEST;
  const { name } = kind;
  if (id === 0 && name !== 'send') return BAD_REQUEST;
  const fields = command[name];
  if (!isObject(fields) || !fits(fields, kind.fields)) return BAD_REQUEST;
  // A unit of the text is 3 bytes of UTF-8 at most, so most commands need no closer look.
  if (text.length * 3 > messageBytes && isTooLong(fields['data'], messageBytes)) return TOO_LONG;
  return kind.read(fields, id, { text, command, name }) ?? BAD_REQUEST;
}

function isTooLong(data: unknown, messageBytes: number): boolean {
  try {
    return data !== undefined && exceedsLimit(data as Json, messageBytes);
  } catch {
    // It is nested too deep to be written. Who takes the message refuses it for that.
    return false;
  }
}

function parseObject(text: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function findRequest(command: Fields): RequestKind | undefined {
  // Counted (docs/decisions/0013-written-for-every-message.md).
  for (let index = 0; index < REQUESTS.length; index += 1) {
    const kind = REQUESTS[index]!;
    if (isGiven(command[kind.name])) return kind;
  }
  return undefined;
}

/** Whether a command has nothing but an id. */
function isBare(command: Fields): boolean {
  return Object.keys(command).every((name) => name === 'id');
}
