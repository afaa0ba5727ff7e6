/**
 * Arguments and results of generated code as JSON. Generated code has no types at run time, and encodes what JavaScript
 * makes of a value: so only texts, numbers and booleans are taken, and what was encoded is compared with what was given.
 * A number may have the text with which JSON wrote it.
 */

import { JsonNumber, toWholeNumber } from '../../protocol/json/json-number.ts';
import { numberToJson } from '../wire/scalar-types.ts';
import { WIRE } from '../wire/wire-type.ts';
import { TarsEncodeError } from '../wire/wire-errors.ts';

export type PlainValue = string | number | boolean | JsonNumber;

/**
 * The arguments by position.
 * @throws {TarsEncodeError} for a missing one, and for one that is no text, number or boolean.
 */
export function toPositions(names: readonly string[], args: Readonly<Record<string, unknown>>): PlainValue[] {
  return names.map((name) => {
    const value = Object.hasOwn(args, name) ? args[name] : undefined;
    if (isPlain(value)) return value;
    throw new TarsEncodeError('expected a text, a number or a boolean', name);
  });
}

function isPlain(value: unknown): value is PlainValue {
  return ['string', 'number', 'boolean'].includes(typeof value) || value instanceof JsonNumber;
}

/** An argument as generated code takes it: whole numbers that JavaScript would round are their digits. */
export function toGenerated(given: PlainValue): string | number | boolean {
  if (!(given instanceof JsonNumber)) return given;
  const whole = toWholeNumber(given.text);
  const isLong = whole !== undefined && !isSafe(whole) && BigInt.asIntN(64, whole) === whole;
  return isLong ? String(whole) : Number(given.text);
}

/**
 * Arguments that show which parameters are booleans, if that matters: generated code does not write 2 there. Undefined if
 * nothing was given that is written alike for a boolean and for a number.
 */
export function toProbe(given: readonly PlainValue[]): (string | number | boolean)[] | undefined {
  const isUnclear = given.some(
    (value) => typeof value !== 'string' && (Number(value) === 0 || Number(value) === 1),
  );
  if (!isUnclear) return undefined;
  return given.map((value) => (typeof value === 'string' ? value : PROBE));
}

const PROBE = 2;

/**
 * Checks that the encoded arguments are those that were given.
 * @param probe The encoded arguments of {@link toProbe}.
 * @throws {TarsEncodeError} naming the first one that is not.
 */
export function checkEncoded(
  names: readonly string[],
  given: readonly PlainValue[],
  body: Uint8Array,
  probe?: Uint8Array,
): void {
  const encoded = readPlain(body);
  const probed = probe && readPlain(probe);
  for (const [index, value] of given.entries()) {
    const isKind =
      probed === undefined ||
      typeof value === 'string' ||
      (typeof value === 'boolean') === (probed[index]?.value !== PROBE);
    if (isKind && isSame(value, encoded[index])) continue;
    throw new TarsEncodeError('the value does not fit the parameter', names[index]);
  }
}

/**
 * A result of generated code as JSON: structs and lists as they say of themselves, bytes as base64, `NaN` and infinite
 * numbers as strings.
 */
export function toPlain(value: unknown): unknown {
  if (typeof value === 'number') return numberToJson(value);
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
  readonly fraction?: 'float' | 'double';
}

function isSame(given: PlainValue, encoded: Encoded | undefined): boolean {
  if (encoded === undefined) return false;
  const { value, fraction } = encoded;
  if (typeof given === 'string' && typeof value === 'string') return value === given;
  if (typeof value !== 'number' && typeof value !== 'bigint') return false;
  if (typeof given === 'boolean') return Number(value) === Number(given);
  if (fraction !== undefined) return isSameFraction(given, Number(value), fraction);
  const whole = toWhole(given);
  return whole !== undefined && BigInt(value) === whole;
}

/** The nearest number is the same, but not infinity for a number that is too large. */
function isSameFraction(
  given: string | number | JsonNumber,
  value: number,
  fraction: 'float' | 'double',
): boolean {
  if (typeof given === 'string') return NOT_FINITE.has(given) && String(value) === given;
  const number = Number(given);
  return Number.isFinite(value) && value === (fraction === 'float' ? Math.fround(number) : number);
}

/** JSON has no such numbers: they are strings. */
const NOT_FINITE: ReadonlySet<string> = new Set(['NaN', 'Infinity', '-Infinity']);

/** A `long` beyond ±(2^53 − 1) may be a string of its digits too. */
function toWhole(given: string | number | JsonNumber): bigint | undefined {
  if (typeof given === 'number') return Number.isInteger(given) ? BigInt(given) : undefined;
  if (typeof given !== 'string') return toWholeNumber(given.text);
  const whole = LONG_DIGITS.test(given) ? BigInt(given) : 0n;
  return isSafe(whole) ? undefined : whole;
}

const LONG_DIGITS = /^-?[1-9]\d{15,18}$/;

function isSafe(whole: bigint): boolean {
  return whole >= Number.MIN_SAFE_INTEGER && whole <= Number.MAX_SAFE_INTEGER;
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

const number = (value: number | bigint, bytes: number, fraction?: 'float' | 'double') => ({
  encoded: fraction === undefined ? { value } : { value, fraction },
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
  [WIRE.float]: (view, at) => number(view.getFloat32(at), 4, 'float'),
  [WIRE.double]: (view, at) => number(view.getFloat64(at), 8, 'double'),
  [WIRE.string1]: (view, at) => text(view, at, view.getUint8(at), 1),
  [WIRE.string4]: (view, at) => text(view, at, view.getUint32(at), 4),
};
