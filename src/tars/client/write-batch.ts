/** Gathers the frames that one turn of the event loop writes to a socket: they leave together, in one system call. */

import type { Socket } from 'node:net';

/** A batch this large leaves at once: larger ones gain nothing. */
const FULL_BATCH_BYTES = 64 * 1024;

export class WriteBatch {
  readonly #socket: Socket;
  #frames: Uint8Array[] = [];
  #bytes = 0;
  #isDue = false;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  /** What was written and has not left the process, in bytes. */
  get unsentBytes(): number {
    return this.#bytes + this.#socket.writableLength;
  }

  /** Writes a frame, which must not change any more. On a closed socket it does nothing. */
  write(frame: Uint8Array): void {
    this.#frames.push(frame);
    this.#bytes += frame.length;
    if (this.#bytes >= FULL_BATCH_BYTES) return this.flush();
    if (this.#isDue) return;
    this.#isDue = true;
    // After the microtasks of this turn: what they write belongs to it.
    process.nextTick(() => {
      this.#isDue = false;
      this.flush();
    });
  }

  flush(): void {
    const frames = this.#frames;
    if (frames.length === 0) return;
    const bytes = this.#bytes;
    this.#frames = [];
    this.#bytes = 0;
    if (!this.#socket.writable) return;
    this.#socket.write(frames.length === 1 ? frames[0]! : Buffer.concat(frames, bytes));
  }
}
