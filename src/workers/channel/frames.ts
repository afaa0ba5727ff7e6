/** Frames on a stream of bytes: 4 bytes of length, big-endian, and a text. It knows nothing of what they say. */

import type { Writable } from 'node:stream';

const HEAD_BYTES = 4;

export function writeFrame(stream: Writable, text: string): void {
  const length = Buffer.byteLength(text);
  const frame = Buffer.allocUnsafe(HEAD_BYTES + length);
  frame.writeUInt32BE(length, 0);
  frame.write(text, HEAD_BYTES);
  stream.write(frame);
}

/** Puts the texts together again, whatever the pieces are in which they arrive. */
export class FrameReader {
  #chunks: Buffer[] = [];
  #bytes = 0;
  /** How many bytes are needed for what comes next. */
  #needed = HEAD_BYTES;

  /** Returns the texts that are whole now. */
  read(chunk: Buffer): string[] {
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    if (this.#bytes < this.#needed) return [];
    const texts: string[] = [];
    const bytes = this.#chunks.length === 1 ? chunk : Buffer.concat(this.#chunks);
    let at = 0;
    this.#needed = HEAD_BYTES;
    while (bytes.length - at >= HEAD_BYTES) {
      const length = bytes.readUInt32BE(at);
      if (bytes.length - at < HEAD_BYTES + length) {
        this.#needed = HEAD_BYTES + length;
        break;
      }
      texts.push(bytes.toString('utf8', at + HEAD_BYTES, at + HEAD_BYTES + length));
      at += HEAD_BYTES + length;
    }
    const rest = bytes.subarray(at);
    this.#chunks = rest.length === 0 ? [] : [rest];
    this.#bytes = rest.length;
    return texts;
  }
}
