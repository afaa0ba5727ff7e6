/** Finds the frames in the chunks of a server, by opcode and length. Payloads are read only by a listener that wants them. */

const OPCODE_BITS = 0x0f;
const MASK_BIT = 0x80;
const LENGTH_BITS = 0x7f;
/** Values of the 7-bit length that say how many bytes of a longer one follow (RFC 6455, section 5.2). */
const LENGTH_IN_2_BYTES = 126;
const LENGTH_IN_8_BYTES = 127;

export interface FrameListener {
  /** A frame was received; `length` is that of its payload, in bytes. */
  frame(opcode: number, length: number): void;
  /** A part of a payload: `bytes` from `start` to before `end`, valid during the call only. */
  readonly payload?: ((opcode: number, bytes: Uint8Array, start: number, end: number) => void) | undefined;
}

/** The part of a frame to which the next byte belongs. */
type Stage = 'opcode' | 'length' | 'longLength' | 'payload';

export class FrameCounter {
  #stage: Stage = 'opcode';
  #opcode = 0;
  #length = 0;
  /** Missing bytes of the long length or of the payload. */
  #missing = 0;

  /**
   * Reads `bytes` from `start` to before `end`, and keeps none of them.
   * @throws {Error} for a masked frame, which a server must not send; the rest cannot be read then.
   */
  push(bytes: Uint8Array, start: number, end: number, listener: FrameListener): void {
    let at = start;
    while (at < end) {
      if (this.#stage === 'payload') {
        const passed = Math.min(this.#missing, end - at);
        listener.payload?.(this.#opcode, bytes, at, at + passed);
        at += passed;
        this.#missing -= passed;
      } else {
        this.#takeHeader(bytes[at] ?? 0);
        at += 1;
      }
      if (this.#stage === 'payload' && this.#missing === 0) {
        this.#stage = 'opcode';
        listener.frame(this.#opcode, this.#length);
      }
    }
  }

  #takeHeader(byte: number): void {
    if (this.#stage === 'opcode') {
      this.#opcode = byte & OPCODE_BITS;
      this.#stage = 'length';
    } else if (this.#stage === 'length') {
      this.#takeLength(byte);
    } else {
      this.#length = this.#length * 256 + byte;
      this.#missing -= 1;
      if (this.#missing === 0) this.#beginPayload();
    }
  }

  #takeLength(byte: number): void {
    if ((byte & MASK_BIT) !== 0) throw new Error('the server has sent a masked frame');
    const short = byte & LENGTH_BITS;
    this.#length = short;
    if (short < LENGTH_IN_2_BYTES) {
      this.#beginPayload();
      return;
    }
    this.#stage = 'longLength';
    this.#length = 0;
    this.#missing = short === LENGTH_IN_8_BYTES ? 8 : 2;
  }

  #beginPayload(): void {
    this.#stage = 'payload';
    this.#missing = this.#length;
  }
}
