/** The base types of the .tars language: their JavaScript values and ranges. */

import type { TarsReader } from './reader.ts';
import type { TarsType } from './tars-type.ts';
import { TarsDecodeError, refuse } from './wire-errors.ts';
import { WIRE } from './wire-type.ts';

const INT64_MIN = -(2n ** 63n);
const INT64_MAX = 2n ** 63n - 1n;
const FLOAT_MAX = 2 ** 127 * (2 - 2 ** -23);

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

/** `long` as a number. Values beyond 2^53, which a number cannot hold exactly, are refused in both directions. */
export const long = integerType(Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER, (reader) =>
  Number(reader.long()),
);

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
  fromJson: (json) => (typeof json === 'string' && DECIMAL.test(json) ? BigInt(json) : json),
};

/** `long` as a text of decimal digits. */
export const longString: TarsType<string> = {
  write(writer, tag, value) {
    if (typeof value !== 'string' || !DECIMAL.test(value)) throw refuse('a text of decimal digits', value);
    longBigint.write(writer, tag, BigInt(value));
  },
  read: (reader) => String(reader.long()),
  initial: () => '0',
};

/** At most as many digits as 64 bits have, because converting a very long text to a bigint is slow. */
const DECIMAL = /^-?\d{1,19}$/;

export const float: TarsType<number> = {
  write(writer, tag, value) {
    if (typeof value !== 'number') throw refuse('a number', value);
    if (Number.isFinite(value) && Math.abs(Math.fround(value)) > FLOAT_MAX) {
      throw refuse('a number of 32 bits', value);
    }
    writer.float(tag, value);
  },
  read: (reader) => reader.float(),
  initial: () => 0,
};

export const double: TarsType<number> = {
  write(writer, tag, value) {
    if (typeof value !== 'number') throw refuse('a number', value);
    writer.double(tag, value);
  },
  read: (reader) => reader.double(),
  initial: () => 0,
};

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
  fromJson: (json) => (typeof json === 'string' ? new Uint8Array(Buffer.from(json, 'base64')) : json),
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
  };
}
