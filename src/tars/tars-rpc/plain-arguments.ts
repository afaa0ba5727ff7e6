/**
 * Arguments and results of generated code as JSON. Generated code has no types at run time, and encodes what JavaScript
 * makes of a value: so only texts, numbers and booleans are taken, and what was encoded is compared with what was given.
 */

import { WIRE } from '../wire/wire-type.ts';
import { TarsEncodeError } from '../wire/wire-errors.ts';

export type PlainValue = string | number | boolean;

/**
 * The arguments by position.
 * @throws {TarsEncodeError} for a missing one, and for one that is no text, number or boolean.
 */
export function toPositions(names: readonly string[], args: Readonly<Record<string, unknown>>): PlainValue[] {
  return names.map((name) => {
    const value = Object.hasOwn(args, name) ? args[name] : undefined;
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
    throw new TarsEncodeError('expected a text, a number or a boolean', name);
  });
}

/**
 * Checks that the encoded arguments are those that were given.
 * @throws {TarsEncodeError} naming the first one that is not.
 */
export function checkEncoded(names: readonly string[], given: readonly PlainValue[], body: Uint8Array): void {
  const encoded = readPlain(body);
  for (const [index, value] of given.entries()) {
    if (isSame(value, encoded[index])) continue;
    throw new TarsEncodeError('the value does not fit the parameter', names[index]);
  }
}

/** A result of generated code as JSON: structs and lists as they say of themselves, bytes as base64. */
export function toPlain(value: unknown): unknown {
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (Array.isArray(value)) return value.map(toPlain);
  const { toObject } = value as { toObject?: () => unknown };
  if (typeof toObject === 'function') return toPlain(toObject.call(value));
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, toPlain(one)]));
}

interface Encoded {
  readonly value: PlainValue | bigint | undefined;
  readonly isFloat?: boolean;
}

function isSame(given: PlainValue, encoded: Encoded | undefined): boolean {
  if (encoded === undefined) return false;
  const { value, isFloat = false } = encoded;
  if (typeof given === 'string') return value === given;
  if (typeof value !== 'number' && typeof value !== 'bigint') return false;
  if (typeof given === 'boolean') return Number(value) === Number(given);
  return Number(value) === (isFloat ? Math.fround(given) : given);
}

/** The values of fields in their order; what is no text and no number is undefined, and ends the list. */
function readPlain(body: Uint8Array): Encoded[] {
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  const found: Encoded[] = [];
  let at = 0;
  while (at < view.byteLength) {
    const head = view.getUint8(at);
    at += head >= 0xf0 ? 2 : 1;
    const read = READERS[head & 0x0f];
    if (read === undefined) return found;
    const { encoded, bytes } = read(view, at);
    found.push(encoded);
    at += bytes;
  }
  return found;
}

type ReadValue = (view: DataView, at: number) => { encoded: Encoded; bytes: number };

const number = (value: number | bigint, bytes: number, isFloat = false) => ({
  encoded: { value, isFloat },
  bytes,
});

function text(view: DataView, at: number, length: number, lengthBytes: number) {
  const start = view.byteOffset + at + lengthBytes;
  const value = Buffer.from(view.buffer as ArrayBuffer, start, length).toString('utf8');
  return { encoded: { value }, bytes: lengthBytes + length };
}

const READERS: Readonly<Record<number, ReadValue>> = {
  [WIRE.zero]: () => number(0, 0),
  [WIRE.int8]: (view, at) => number(view.getInt8(at), 1),
  [WIRE.int16]: (view, at) => number(view.getInt16(at), 2),
  [WIRE.int32]: (view, at) => number(view.getInt32(at), 4),
  [WIRE.int64]: (view, at) => number(view.getBigInt64(at), 8),
  [WIRE.float]: (view, at) => number(view.getFloat32(at), 4, true),
  [WIRE.double]: (view, at) => number(view.getFloat64(at), 8),
  [WIRE.string1]: (view, at) => text(view, at, view.getUint8(at), 1),
  [WIRE.string4]: (view, at) => text(view, at, view.getUint32(at), 4),
};
