/** Reads frames of the Centrifuge protocol: JSON objects, each a command with an id and one request, joined by line feeds. */

import type { Decoded, Violation } from '../codec.ts';
import type { Command } from '../command.ts';
import { mendHalves } from '../json/well-formed.ts';
import { readFrame } from '../text.ts';
import { fits, isGiven, isObject, type Fields } from './fields.ts';
import { REQUESTS, type RequestKind } from './requests.ts';

const BAD_REQUEST: Violation = { violation: 'badRequest' };

/** `{}` is the answer to a ping. */
const PONG: Command = { type: 'pong' };
const PONG_FRAME = '{}';
const ONLY_PONG = [PONG];

/** The largest id: 32 bits in `client.proto`. */
const MAX_ID = 2 ** 32 - 1;

export function decodeFrame(frame: string | Uint8Array): Decoded {
  if (frame === PONG_FRAME) return ONLY_PONG;
  const read = readFrame(frame);
  if (read === undefined) return BAD_REQUEST;
  const text = mendHalves(read);
  if (!text.includes('\n')) return decodeOne(text);
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  const commands: Command[] = [];
  for (const line of lines) {
    const command = decodeCommand(line);
    if (command === undefined) return BAD_REQUEST;
    commands.push(command);
  }
  return commands.length === 0 ? BAD_REQUEST : commands;
}

function decodeOne(text: string): Decoded {
  const command = decodeCommand(text);
  return command === undefined ? BAD_REQUEST : [command];
}

/** Undefined if the text breaks the protocol. */
function decodeCommand(text: string): Command | undefined {
  const command = parseObject(text);
  if (command === undefined) return undefined;
  const id = command['id'] ?? 0;
  if (typeof id !== 'number' || !Number.isInteger(id) || id < 0 || id > MAX_ID) return undefined;
  const kind = findRequest(command);
  if (kind === undefined) return id === 0 && isBare(command) ? PONG : undefined;
  const { name } = kind;
  if (id === 0 && name !== 'send') return undefined;
  const fields = command[name];
  if (!isObject(fields) || !fits(fields, kind.fields)) return undefined;
  return kind.read(fields, id, { text, command, name });
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
