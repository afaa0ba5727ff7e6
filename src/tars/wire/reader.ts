/**
 * Reads TARS fields from untrusted bytes: every length, count and depth is checked before it is used.
 */

import { TarsDecodeError } from './wire-errors.ts';
import { MAX_ELEMENTS, MAX_NESTING, WIRE, nameWireType } from './wire-type.ts';

export class TarsReader {
  readonly #bytes: Buffer;
  #position = 0;
  #tag = 0;
  #type = 0;
  #depth = 0;
  #elements = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes =
      bytes instanceof Buffer ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /**
   * Moves to the field with this tag, past fields with lower tags, and reads its header: the next call reads its
   * value. False when there is no such field before a higher tag or the struct's end.
   */
  seek(tag: number): boolean {
    while (this.#position < this.#bytes.length) {
      const start = this.#position;
      if (this.#readHead() === WIRE.structEnd || this.#tag > tag) {
        this.#position = start;
        return false;
      }
      if (this.#tag === tag) return true;
      this.#skipValue();
    }
    return false;
  }

  /** Like {@link seek}, for a field that must be there. */
  require(tag: number): void {
    if (!this.seek(tag)) throw new TarsDecodeError(`tag ${tag} is missing`);
  }

  /** A whole number of at most the given wire type: `int8`, `int16` or `int32`. */
  integer(widest: number): number {
    if (this.#type === WIRE.zero) return 0;
    if (this.#type > widest) throw this.#mismatch(`a whole number of at most ${8 << widest} bits`);
    if (this.#type === WIRE.int8) return this.#bytes.readInt8(this.#take(1));
    if (this.#type === WIRE.int16) return this.#bytes.readInt16BE(this.#take(2));
    return this.#bytes.readInt32BE(this.#take(4));
  }

  /** A whole number of at most 64 bits: a `bigint` if it is sent as 64 bits, else a `number`. */
  long(): number | bigint {
    if (this.#type === WIRE.int64) return this.#bytes.readBigInt64BE(this.#take(8));
    return this.integer(WIRE.int32);
  }

  float(): number {
    if (this.#type === WIRE.zero) return 0;
    if (this.#type === WIRE.float) return this.#bytes.readFloatBE(this.#take(4));
    throw this.#mismatch('a float');
  }

  double(): number {
    if (this.#type === WIRE.zero) return 0;
    if (this.#type === WIRE.double) return this.#bytes.readDoubleBE(this.#take(8));
    if (this.#type === WIRE.float) return this.#bytes.readFloatBE(this.#take(4));
    throw this.#mismatch('a double');
  }

  /** Bytes that are no UTF-8 become U+FFFD. */
  string(): string {
    const length = this.#readLength();
    const start = this.#take(length);
    return this.#bytes.toString('utf8', start, start + length);
  }

  /** A view of the bytes that are read from; copy it to keep it. */
  bytes(): Uint8Array {
    if (this.#type === WIRE.list) return this.#listOfBytes();
    if (this.#type !== WIRE.simpleList) throw this.#mismatch('bytes');
    if (this.#readHead() !== WIRE.int8) throw this.#mismatch('bytes');
    const length = this.#count(1);
    const start = this.#take(length);
    return this.#bytes.subarray(start, start + length);
  }

  /** Begins a list and returns the number of items, each with tag 0. End it with {@link leave}. */
  beginList(): number {
    if (this.#type !== WIRE.list) throw this.#mismatch('a list');
    this.#enter();
    return this.#spend(this.#count(1));
  }

  /** Begins a map and returns the number of entries, each a key with tag 0 and a value with tag 1. End it with {@link leave}. */
  beginMap(): number {
    if (this.#type !== WIRE.map) throw this.#mismatch('a map');
    this.#enter();
    return this.#spend(this.#count(2));
  }

  beginStruct(): void {
    if (this.#type !== WIRE.structBegin) throw this.#mismatch('a struct');
    this.#enter();
  }

  /** Skips fields that a newer peer may have added, and the struct's end. */
  endStruct(): void {
    for (;;) {
      if (this.#readHead() === WIRE.structEnd) break;
      this.#skipValue();
    }
    this.leave();
  }

  /** Ends a list or a map. */
  leave(): void {
    this.#depth--;
  }

  /** Reads a field's header and returns its wire type. */
  #readHead(): number {
    const head = this.#bytes[this.#take(1)]!;
    this.#type = head & 0x0f;
    this.#tag = head >> 4;
    if (this.#tag === 15) this.#tag = this.#bytes[this.#take(1)]!;
    return this.#type;
  }

  /** Checks that there are so many bytes, moves past them and returns their start. */
  #take(count: number): number {
    const start = this.#position;
    if (count > this.#bytes.length - start) {
      throw new TarsDecodeError(
        `${count} bytes are announced at byte ${start}, and ${this.#bytes.length - start} are left`,
      );
    }
    this.#position = start + count;
    return start;
  }

  #readLength(): number {
    if (this.#type === WIRE.string1) return this.#bytes[this.#take(1)]!;
    if (this.#type === WIRE.string4) return this.#bytes.readUInt32BE(this.#take(4));
    throw this.#mismatch('a string');
  }

  /** Reads the count before items of at least so many bytes each; more items than could follow are refused. */
  #count(bytesEach: number): number {
    this.require(0);
    const count = this.integer(WIRE.int32);
    const left = this.#bytes.length - this.#position;
    if (count < 0 || count * bytesEach > left) {
      throw new TarsDecodeError(`${count} items are announced, and ${left} bytes are left`);
    }
    return count;
  }

  #spend(elements: number): number {
    this.#elements += elements;
    if (this.#elements > MAX_ELEMENTS) throw new TarsDecodeError(`more than ${MAX_ELEMENTS} items`);
    return elements;
  }

  #enter(): void {
    if (++this.#depth > MAX_NESTING) throw new TarsDecodeError(`nested deeper than ${MAX_NESTING}`);
  }

  #listOfBytes(): Uint8Array {
    const bytes = new Uint8Array(this.beginList());
    for (let index = 0; index < bytes.length; index++) {
      this.require(0);
      bytes[index] = this.integer(WIRE.int8);
    }
    this.leave();
    return bytes;
  }

  /** Skips the value whose header was just read. */
  #skipValue(): void {
    switch (this.#type) {
      case WIRE.zero:
        return;
      case WIRE.string1:
      case WIRE.string4:
        this.#take(this.#readLength());
        return;
      case WIRE.simpleList:
        this.bytes();
        return;
      case WIRE.list:
        return this.#skipItems(this.beginList());
      case WIRE.map:
        return this.#skipItems(this.beginMap() * 2);
      case WIRE.structBegin:
        this.beginStruct();
        return this.endStruct();
      default: {
        const width = FIXED_WIDTHS[this.#type];
        if (width === undefined) throw this.#mismatch('a value');
        this.#take(width);
      }
    }
  }

  #skipItems(count: number): void {
    for (let left = count; left > 0; left--) {
      this.#readHead();
      this.#skipValue();
    }
    this.leave();
  }

  #mismatch(expected: string): TarsDecodeError {
    return new TarsDecodeError(
      `expected ${expected} before byte ${this.#position}, and there is ${nameWireType(this.#type)}`,
    );
  }
}

const FIXED_WIDTHS: Readonly<Record<number, number>> = {
  [WIRE.int8]: 1,
  [WIRE.int16]: 2,
  [WIRE.int32]: 4,
  [WIRE.int64]: 8,
  [WIRE.float]: 4,
  [WIRE.double]: 8,
};
