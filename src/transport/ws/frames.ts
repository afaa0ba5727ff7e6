/** WebSocket frames as a server sends them (RFC 6455, section 5.2): one for each message, without a mask. */

import type { Frame } from '../../protocol/text.ts';

/** The last frame of its message, with the opcodes of text and of binary data. */
const TEXT = 0x81;
const BINARY = 0x82;
const PONG = 0x8a;

/** A payload of up to so many bytes has its length in the second byte. */
const MAX_SHORT = 125;
/** In the second byte: the length follows in 2 bytes, or in 8. */
const IN_2_BYTES = 126;
const IN_8_BYTES = 127;
const MAX_IN_2_BYTES = 0xff_ff;

/** The bytes of a whole frame. They may be written to any number of sockets. */
export function encodeFrame(frame: Frame): Buffer {
  if (typeof frame === 'string') {
    const length = Buffer.byteLength(frame);
    const bytes = allocateFrame(TEXT, length);
    bytes.write(frame, bytes.length - length);
    return bytes;
  }
  const isBinary = ArrayBuffer.isView(frame);
  const payload = isBinary ? frame : new Uint8Array(frame);
  const bytes = allocateFrame(isBinary ? BINARY : TEXT, payload.length);
  bytes.set(payload, bytes.length - payload.length);
  return bytes;
}

/** The answer to a ping, with its bytes: at most 125. */
export function encodePong(payload: Uint8Array): Buffer {
  const bytes = allocateFrame(PONG, payload.length);
  bytes.set(payload, bytes.length - payload.length);
  return bytes;
}

/** A frame whose payload is to be written at its end. */
function allocateFrame(first: number, length: number): Buffer {
  if (length <= MAX_SHORT) {
    const bytes = Buffer.allocUnsafe(2 + length);
    bytes[1] = length;
    bytes[0] = first;
    return bytes;
  }
  if (length <= MAX_IN_2_BYTES) {
    const bytes = Buffer.allocUnsafe(4 + length);
    bytes[0] = first;
    bytes[1] = IN_2_BYTES;
    bytes.writeUInt16BE(length, 2);
    return bytes;
  }
  const bytes = Buffer.allocUnsafe(10 + length);
  bytes[0] = first;
  bytes[1] = IN_8_BYTES;
  bytes.writeBigUInt64BE(BigInt(length), 2);
  return bytes;
}

/**
 * Puts the frames of a turn together, for one write. The members of a room often get the same frames in a turn, so the
 * last result is used again when it fits.
 */
export class FrameJoiner {
  #frames: readonly Buffer[] = [];
  #joined: Buffer = Buffer.alloc(0);

  /** @param bytes The length of all frames. */
  join(frames: readonly Buffer[], bytes: number): Buffer {
    const [first] = frames;
    if (first !== undefined && frames.length === 1) return first;
    if (!isSame(frames, this.#frames)) {
      this.#frames = frames;
      this.#joined = Buffer.concat(frames, bytes);
    }
    return this.#joined;
  }

  /** Forgets the last result, so that its memory is free. */
  clear(): void {
    this.#frames = [];
    this.#joined = Buffer.alloc(0);
  }
}

function isSame(left: readonly Buffer[], right: readonly Buffer[]): boolean {
  if (left.length !== right.length) return false;
  for (let index = 0; index < left.length; index += 1) if (left[index] !== right[index]) return false;
  return true;
}
