/** Cuts what a socket delivers into frames. It believes no length beyond its limit, and keeps no more than it was sent. */

import { TarsDecodeError } from './wire-errors.ts';

/** The longest frame that is taken unless told otherwise, its length included. */
export const DEFAULT_FRAME_BYTES = 10 * 1024 * 1024;

const LENGTH_BYTES = 4;

export class FrameSplitter {
  readonly #maxFrameBytes: number;
  #kept = Buffer.alloc(0);
  #keptBytes = 0;

  /** @param maxFrameBytes The longest frame to take, in bytes. Default 10 MiB. */
  constructor(maxFrameBytes = DEFAULT_FRAME_BYTES) {
    this.#maxFrameBytes = maxFrameBytes;
  }

  /**
   * Takes what arrived and gives the packets that are complete now, without their lengths. They are views: use them
   * before the next push, or copy them.
   * @throws {TarsDecodeError} for a length that cannot be or is over the limit. The connection is beyond repair then.
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

  /** Doubling, so that a frame that comes byte by byte is not copied at every byte. */
  #append(chunk: Uint8Array): Buffer {
    const needed = this.#keptBytes + chunk.length;
    if (needed > this.#kept.length) {
      const grown = Buffer.allocUnsafe(Math.max(needed, this.#kept.length * 2));
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
      // A copy: what was handed out, or came from the socket, must not change under its holder.
      this.#kept = Buffer.from(rest);
    }
    this.#keptBytes = rest.length;
  }
}

function toBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
