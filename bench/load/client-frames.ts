/** Encodes the handshake and the frames of a WebSocket client. They are encoded once and written many times. */

import { createHash } from 'node:crypto';

export const OPCODES = { text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

const FINAL_BIT = 0x80;
const MASK_BIT = 0x80;
/** Any key is valid. Masking protects proxies from pages; for a server the key makes no difference. */
const MASK = Buffer.from('1f8b5ac3', 'hex');
const SHORT_LENGTH = 125;
const LENGTH_IN_2_BYTES = 126;
const MAX_LENGTH = 0xffff;

const KEY = Buffer.from('a load generator').toString('base64');
/** RFC 6455, section 1.3. */
const ACCEPT_SUFFIX = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

/** The `Sec-WebSocket-Accept` that a server must answer to `encodeHandshake`. */
export const HANDSHAKE_ACCEPT = createHash('sha1').update(`${KEY}${ACCEPT_SUFFIX}`).digest('base64');

export function encodeHandshake(host: string, path: string): Buffer {
  const lines = [
    `GET ${path} HTTP/1.1`,
    `Host: ${host}`,
    'Upgrade: websocket',
    'Connection: Upgrade',
    `Sec-WebSocket-Key: ${KEY}`,
    'Sec-WebSocket-Version: 13',
  ];
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n`);
}

/** @throws {RangeError} beyond 64 KiB, which no benchmark needs. */
export function encodeTextFrame(text: string): Buffer {
  return encodeFrame(OPCODES.text, Buffer.from(text));
}

/** The answer to a ping without a payload; servers send no other pings. */
export const PONG = encodeFrame(OPCODES.pong, Buffer.alloc(0));

function encodeFrame(opcode: number, payload: Buffer): Buffer {
  const { length } = payload;
  if (length > MAX_LENGTH) throw new RangeError(`a frame of ${length} bytes is too long`);
  const isShort = length <= SHORT_LENGTH;
  const header = Buffer.alloc(isShort ? 2 : 4);
  header[0] = FINAL_BIT | opcode;
  header[1] = MASK_BIT | (isShort ? length : LENGTH_IN_2_BYTES);
  if (!isShort) header.writeUInt16BE(length, 2);
  const masked = payload.map((byte, index) => byte ^ (MASK[index % MASK.length] ?? 0));
  return Buffer.concat([header, MASK, masked]);
}

/** The same frame many times, so that one write sends many frames; `take(n)` copies nothing. */
export class FrameBatch {
  readonly #bytes: Buffer;
  readonly #each: number;
  /** The number of frames. */
  readonly size: number;

  constructor(frame: Buffer, size: number) {
    this.#bytes = Buffer.alloc(frame.length * size, frame);
    this.#each = frame.length;
    this.size = size;
  }

  /** The first `count` of them, at most `size`. */
  take(count: number): Buffer {
    return this.#bytes.subarray(0, this.#each * count);
  }
}
