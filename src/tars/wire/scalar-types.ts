/** The base types of the .tars language: their JavaScript values and ranges. */

import { JsonNumber, toWholeNumber } from '../../protocol/json/json-number.ts';
import type { TarsReader } from './reader.ts';
import type { TarsType } from './tars-type.ts';
import { Misfit, TarsDecodeError, refuse } from './wire-errors.ts';
import { WIRE } from './wire-type.ts';

const INT64_MIN = -(2n ** 63n);
const INT64_MAX = 2n ** 63n - 1n;

export const bool: TarsType<boolean> = {
  write(writer, tag, value) {
    if (typeof value !== 'boolean') throw refuse('a boolean', value);
    writer.integer(tag, value ? 1 : 0);
  },
  read: (reader) => reader.integer(WIRE.int8) !== 0,
  initial: () => false,
};

export const byte = integerType(-0x80, 0x7f, (reader) => reader.integer(WIRE.int8));
export const short = integerType(-0x80_00, 0x7f_ff, (reader) => reader.integer(WIRE.int16));
export const int = integerType(-0x80_00_00_00, 0x7f_ff_ff_ff, readInt);

// An unsigned number is sent as the next wider signed type, so a received one can be out of range.
export const unsignedByte = integerType(0, 0xff, (reader) => reader.integer(WIRE.int16));
export const unsignedShort = integerType(0, 0xff_ff, readInt);
export const unsignedInt = integerType(0, 0xff_ff_ff_ff, (reader) => Number(reader.long()));

/**
 * `long` as a number. Values beyond ±(2^53 − 1), which a number cannot hold exactly, are refused in both directions. JSON
 * may also write it as a string of digits.
 */
export const long: TarsType<number> = {
  ...integerType(Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER, (reader) => Number(reader.long())),
  fromJson(json) {
    const value = readLong(json);
    return value === undefined || !isSafe(value) ? json : Number(value);
  },
};

/** `long` as a bigint. */
export const longBigint: TarsType<bigint> = {
  write(writer, tag, value) {
    if (typeof value !== 'bigint') throw refuse('a bigint', value);
    if (value < INT64_MIN || value > INT64_MAX) throw refuse('a whole number of 64 bits', value);
    writer.bigInteger(tag, value);
  },
  read: (reader) => BigInt(reader.long()),
  initial: () => 0n,
  toJson: String,
  fromJson: (json) => readLong(json) ?? new Misfit(LONG_OF_JSON, json),
};

/**
 * `long` as a bigint, for clients whose JSON is written here.
 * @param form What JSON has beyond ±(2^53 − 1), where most clients would round a number: a `string` of its digits, or
 * the `number` with all its digits. Within this range it is a number in any case.
 */
export function longOf(form: 'number' | 'string'): TarsType<bigint> {
  return {
    ...longBigint,
    toJson(value) {
      if (isSafe(value)) return Number(value);
      return form === 'number' ? new JsonNumber(String(value)) : String(value);
    },
  };
}

/** `long` as a text of decimal digits. */
export const longString: TarsType<string> = {
  write(writer, tag, value) {
    if (typeof value !== 'string' || !DECIMAL.test(value)) throw refuse('a text of decimal digits', value);
    longBigint.write(writer, tag, BigInt(value));
  },
  read: (reader) => String(reader.long()),
  initial: () => '0',
  fromJson(json) {
    const value = readLong(json);
    return value === undefined ? new Misfit(LONG_OF_JSON, json) : String(value);
  },
};

/** The one text of each number. At most as many digits as 64 bits have: converting a very long text to a bigint is slow. */
const DECIMAL = /^(?:0|-?[1-9]\d{0,18})$/;

const LONG_OF_JSON = 'a whole number of 64 bits or a string of its digits';

/** A whole number of 64 bits from JSON: a number, or a string of digits. A number that JavaScript has rounded is none. */
function readLong(json: unknown): bigint | undefined {
  if (typeof json === 'number') return Number.isSafeInteger(json) ? BigInt(json) : undefined;
  if (typeof json === 'string') return DECIMAL.test(json) ? within64Bits(BigInt(json)) : undefined;
  return json instanceof JsonNumber ? within64Bits(toWholeNumber(json.text)) : undefined;
}

function within64Bits(value: bigint | undefined): bigint | undefined {
  return value === undefined || value < INT64_MIN || value > INT64_MAX ? undefined : value;
}

function isSafe(value: bigint): boolean {
  return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER;
}

export const float: TarsType<number> = {
  write(writer, tag, value) {
    if (typeof value !== 'number') throw refuse('a number', value);
    writer.float(tag, value);
  },
  read: (reader) => reader.float(),
  initial: () => 0,
  toJson: numberToJson,
  fromJson: (json) => numberFromJson(json, 'a number of 32 bits'),
};

export const double: TarsType<number> = {
  write(writer, tag, value) {
    if (typeof value !== 'number') throw refuse('a number', value);
    writer.double(tag, value);
  },
  read: (reader) => reader.double(),
  initial: () => 0,
  toJson: numberToJson,
  fromJson: (json) => numberFromJson(json, 'a number of 64 bits'),
};

/** JSON has no such numbers, and `JSON.stringify` would write `null`: they are strings. */
const NOT_IN_JSON = new Map([NaN, Infinity, -Infinity].map((number) => [String(number), number]));

export function numberToJson(value: number): number | string {
  return Number.isFinite(value) ? value : String(value);
}

/** The nearest number, as everywhere with fractions; a number that is too large is refused. */
function numberFromJson(json: unknown, kind: string): unknown {
  if (typeof json === 'string') return NOT_IN_JSON.get(json) ?? json;
  if (!(json instanceof JsonNumber)) return json;
  const number = Number(json.text);
  return Number.isFinite(number) ? number : new Misfit(kind, json);
}

export const string: TarsType<string> = {
  write(writer, tag, value) {
    if (typeof value !== 'string') throw refuse('a string', value);
    writer.string(tag, value);
  },
  read: (reader) => reader.string(),
  initial: () => '',
};

/** `vector<byte>`. Decoded bytes are a copy. */
export const bytes: TarsType<Uint8Array> = {
  write(writer, tag, value) {
    if (!(value instanceof Uint8Array)) throw refuse('a Uint8Array', value);
    writer.bytes(tag, value);
  },
  read: (reader) => new Uint8Array(reader.bytes()),
  initial: () => new Uint8Array(0),
  toJson: (value) => Buffer.from(value).toString('base64'),
  fromJson(json) {
    if (typeof json !== 'string') return new Misfit('a base64 text', json);
    const buffer = Buffer.from(json, 'base64');
    // Node.js skips what is no base64.
    return buffer.toString('base64') === json
      ? new Uint8Array(buffer)
      : new Misfit('a base64 text', json, 'a string that is none');
  },
};

/**
 * An enum by its table of names and numbers. Unknown numbers are allowed in both directions, as in other TARS
 * languages, because a newer peer may know more names. So a `switch` over an enum needs a `default`.
 */
export function enumeration<Value extends number>(table: Readonly<Record<string, Value>>): TarsType<Value> {
  const first = Object.values(table)[0] as Value;
  return {
    write: (writer, tag, value) => int.write(writer, tag, value),
    read: (reader) => int.read(reader) as Value,
    initial: () => first,
    fromJson: wholeFromJson,
  } as TarsType<Value>;
}

function readInt(reader: TarsReader): number {
  return reader.integer(WIRE.int32);
}

function integerType(
  smallest: number,
  largest: number,
  read: (reader: TarsReader) => number,
): TarsType<number> {
  const kind = `a whole number from ${smallest} to ${largest}`;
  return {
    write(writer, tag, value) {
      if (!Number.isInteger(value) || value < smallest || value > largest) throw refuse(kind, value);
      writer.integer(tag, value);
    },
    read(reader) {
      const value = read(reader);
      if (value < smallest || value > largest) throw new TarsDecodeError(`${value} is not ${kind}`);
      return value;
    },
    initial: () => 0,
    fromJson: wholeFromJson,
  };
}

/** `1e2` and `100.0` are the whole number 100. */
function wholeFromJson(json: unknown): unknown {
  const whole = json instanceof JsonNumber ? toWholeNumber(json.text) : undefined;
  return whole === undefined || !isSafe(whole) ? json : Number(whole);
}
