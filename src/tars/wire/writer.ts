/** Writes TARS fields one after another. The types check the ranges of values before. */

import { refuse, TarsEncodeError } from './wire-errors.ts';
import { MAX_NESTING, WIRE } from './wire-type.ts';

const DEFAULT_BYTES = 256;
const LENGTH_BYTES = 4;
const BIT_32 = 2 ** 32;
/** A UTF-16 unit has at most three bytes in UTF-8, so the length of a text this short fits one byte. */
const SURELY_SHORT = 85;
const MAX_ASCII = 0x7f;

export class TarsWriter {
  #bytes: Buffer;
  #length = 0;
  #depth = 0;

  /** @param bytes The initial capacity. Default 256. */
  constructor(bytes = DEFAULT_BYTES) {
    this.#bytes = Buffer.allocUnsafe(bytes);
  }

  /** The number of bytes written. */
  get length(): number {
    return this.#length;
  }

  /** A whole number of at most 53 bits, in the fewest bytes. @throws {TarsEncodeError} for any other number. */
  integer(tag: number, value: number): void {
    if (value === 0) {
      this.#head(tag, WIRE.zero, 0);
    } else if ((value | 0) !== value) {
      this.#longer(tag, value);
    } else if (value >= -0x80 && value <= 0x7f) {
      this.#head(tag, WIRE.int8, 1);
      this.#bytes[this.#length++] = value;
    } else if (value >= -0x80_00 && value <= 0x7f_ff) {
      this.#head(tag, WIRE.int16, 2);
      this.#length = this.#bytes.writeInt16BE(value, this.#length);
    } else {
      this.#head(tag, WIRE.int32, 4);
      this.#length = this.#bytes.writeInt32BE(value, this.#length);
    }
  }

  /** A whole number of at most 64 bits, in the fewest bytes. @throws {TarsEncodeError} for a larger one. */
  bigInteger(tag: number, value: bigint): void {
    if (value >= -0x80_00_00_00n && value <= 0x7f_ff_ff_ffn) return this.integer(tag, Number(value));
    if (BigInt.asIntN(64, value) !== value) throw refuse('a whole number of 64 bits', value);
    this.#head(tag, WIRE.int64, 8);
    this.#length = this.#bytes.writeBigInt64BE(value, this.#length);
  }

  /** The nearest number of 32 bits. @throws {TarsEncodeError} for a number that only 64 bits hold. */
  float(tag: number, value: number): void {
    if (value === 0) return this.#head(tag, WIRE.zero, 0);
    if (Number.isFinite(value) && !Number.isFinite(Math.fround(value))) {
      throw refuse('a number of 32 bits', value);
    }
    this.#head(tag, WIRE.float, 4);
    this.#length = this.#bytes.writeFloatBE(value, this.#length);
  }

  double(tag: number, value: number): void {
    if (value === 0) return this.#head(tag, WIRE.zero, 0);
    this.#head(tag, WIRE.double, 8);
    this.#length = this.#bytes.writeDoubleBE(value, this.#length);
  }

  /** Half of a surrogate pair has no UTF-8 and is written as U+FFFD. */
  string(tag: number, value: string): void {
    if (value.length <= SURELY_SHORT) {
      this.#head(tag, WIRE.string1, 1 + value.length * 3);
      const length = this.#writeShort(value, this.#length + 1);
      this.#bytes[this.#length] = length;
      this.#length += 1 + length;
      return;
    }
    const length = Buffer.byteLength(value);
    if (length <= 0xff) {
      this.#head(tag, WIRE.string1, 1 + length);
      this.#length = this.#bytes.writeUInt8(length, this.#length);
    } else {
      this.#head(tag, WIRE.string4, 4 + length);
      this.#length = this.#bytes.writeUInt32BE(length, this.#length);
    }
    this.#length += this.#bytes.write(value, this.#length);
  }

  bytes(tag: number, value: Uint8Array): void {
    this.#head(tag, WIRE.simpleList, 0);
    this.#head(0, WIRE.int8, 0);
    this.integer(0, value.length);
    this.#reserve(value.length);
    this.#bytes.set(value, this.#length);
    this.#length += value.length;
  }

  /** Begins a list; write its items, each with tag 0, and end it with {@link leave}. */
  beginList(tag: number, count: number): void {
    this.#enter(tag, WIRE.list);
    this.integer(0, count);
  }

  /** Begins a map; write its entries, each a key with tag 0 and a value with tag 1, and end it with {@link leave}. */
  beginMap(tag: number, size: number): void {
    this.#enter(tag, WIRE.map);
    this.integer(0, size);
  }

  /** Begins a struct; write its fields in the order of their tags, and end it with {@link endStruct}. */
  beginStruct(tag: number): void {
    this.#enter(tag, WIRE.structBegin);
  }

  endStruct(): void {
    this.#head(0, WIRE.structEnd, 0);
    this.leave();
  }

  /** Ends a list or a map. */
  leave(): void {
    this.#depth--;
  }

  /** Reserves the length field of a frame, which {@link endFrame} fills in, and returns where the frame starts. */
  beginFrame(): number {
    const start = this.#length;
    this.#reserve(LENGTH_BYTES);
    this.#length += LENGTH_BYTES;
    return start;
  }

  /** Ends the frame that starts at `start` and writes its length. */
  endFrame(start: number): void {
    this.#bytes.writeUInt32BE(this.#length - start, start);
  }

  /** Removes everything beyond this length, including lists, maps and structs that were not ended. */
  cut(length: number): void {
    this.#length = length;
    this.#depth = 0;
  }

  /** The written bytes as a view. Do not write again before the bytes are not needed any more and `cut` was called. */
  finish(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  /** A copy of the written bytes. */
  copy(): Uint8Array {
    const copy = Buffer.allocUnsafe(this.#length);
    this.#bytes.copy(copy, 0, 0, this.#length);
    return copy;
  }

  /** A whole number of more than 32 bits. */
  #longer(tag: number, value: number): void {
    if (!Number.isSafeInteger(value)) throw refuse('a whole number of at most 53 bits', value);
    this.#head(tag, WIRE.int64, 8);
    const high = Math.floor(value / BIT_32);
    this.#length = this.#bytes.writeInt32BE(high, this.#length);
    this.#length = this.#bytes.writeUInt32BE(value - high * BIT_32, this.#length);
  }

  #enter(tag: number, type: number): void {
    // A value that contains itself would overflow the stack.
    if (++this.#depth > MAX_NESTING) throw new TarsEncodeError(`nested deeper than ${MAX_NESTING}`);
    this.#head(tag, type, 0);
  }

  /** Writes the header of a field and reserves the bytes that follow it. */
  #head(tag: number, type: number, following: number): void {
    this.#reserve(2 + following);
    if (tag < 15) {
      this.#bytes[this.#length++] = (tag << 4) | type;
    } else {
      this.#bytes[this.#length++] = 0xf0 | type;
      this.#bytes[this.#length++] = tag;
    }
  }

  /** Writes UTF-8 into reserved bytes and returns its length. For a short ASCII text this loop is the fastest way. */
  #writeShort(text: string, at: number): number {
    const bytes = this.#bytes;
    for (let index = 0; index < text.length; index++) {
      const unit = text.charCodeAt(index);
      if (unit > MAX_ASCII) return index + bytes.write(text.slice(index), at + index);
      bytes[at + index] = unit;
    }
    return text.length;
  }

  #reserve(more: number): void {
    if (this.#length + more <= this.#bytes.length) return;
    const grown = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#length + more));
    grown.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = grown;
  }
}
