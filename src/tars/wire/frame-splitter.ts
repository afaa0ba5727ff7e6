/** Splits the bytes of a socket into frames. A length over the limit is refused; no memory is reserved for a length. */

import { TarsDecodeError } from './wire-errors.ts';

/** The default of the longest frame, including its length field. */
export const DEFAULT_FRAME_BYTES = 10 * 1024 * 1024;

/** The memory of a frame that is not complete may be so many times as long as the frame. */
export const GROWTH = 2;

const LENGTH_BYTES = 4;

export class FrameSplitter {
  #maxFrameBytes: number;
  #kept = Buffer.alloc(0);
  #keptBytes = 0;

  /** @param maxFrameBytes The longest frame, in bytes. Default 10 MiB. */
  constructor(maxFrameBytes = DEFAULT_FRAME_BYTES) {
    this.#maxFrameBytes = maxFrameBytes;
  }

  /** The memory for a frame that is not complete yet, in bytes. */
  get heldBytes(): number {
    return this.#kept.length;
  }

  /** From now on, frames may have so many bytes. */
  allow(maxFrameBytes: number): void {
    this.#maxFrameBytes = maxFrameBytes;
  }

  /**
   * Adds received bytes and returns the packets that are complete now, without their length fields. They are views:
   * use them before the next push, or copy them.
   * @throws {TarsDecodeError} for a length that is impossible or over the limit. The connection cannot be used further.
   */
  push(chunk: Uint8Array): Uint8Array[] {
    const bytes = this.#keptBytes === 0 ? toBuffer(chunk) : this.#append(chunk);
    const packets: Uint8Array[] = [];
    let start = 0;
    while (bytes.length - start >= LENGTH_BYTES) {
      const length = this.#check(bytes.readUInt32BE(start));
      if (bytes.length - start < length) break;
      packets.push(bytes.subarray(start + LENGTH_BYTES, start + length));
      start += length;
    }
    this.#keep(bytes, start, packets.length > 0);
    return packets;
  }

  #check(length: number): number {
    if (length < LENGTH_BYTES || length > this.#maxFrameBytes) {
      throw new TarsDecodeError(`a frame of ${length} bytes; ${this.#maxFrameBytes} are allowed`);
    }
    return length;
  }

  /** The memory is doubled, so that a frame that comes byte by byte is not copied at every byte. */
  #append(chunk: Uint8Array): Buffer {
    const needed = this.#keptBytes + chunk.length;
    if (needed > this.#kept.length) {
      const grown = Buffer.allocUnsafe(Math.max(needed, this.#kept.length * GROWTH));
      grown.set(this.#kept.subarray(0, this.#keptBytes));
      this.#kept = grown;
    }
    this.#kept.set(chunk, this.#keptBytes);
    this.#keptBytes = needed;
    return this.#kept.subarray(0, needed);
  }

  #keep(bytes: Buffer, start: number, handedOut: boolean): void {
    const rest = bytes.subarray(start);
    if (rest.length === 0) {
      this.#kept = Buffer.alloc(0);
    } else if (handedOut || this.#keptBytes === 0) {
      // A copy: returned packets and the socket's chunk must not change later.
      this.#kept = Buffer.from(rest);
    }
    this.#keptBytes = rest.length;
  }
}

function toBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
