/** Collects the frames that are written to a socket in one turn of the event loop, and sends them with one system call. */

import type { Socket } from 'node:net';
import { TarsWriter } from './wire/writer.ts';

/**
 * A batch of this size is sent at once. It has about twenty calls, so that the system call costs each of them little,
 * and the other end can begin while the rest is written.
 */
const FULL_BATCH_BYTES = 4 * 1024;
/** The memory of a batch: the last frame may exceed {@link FULL_BATCH_BYTES}. */
const BATCH_BYTES = 2 * FULL_BATCH_BYTES;

/** Unused writers, so that an idle socket needs none. */
const spare: TarsWriter[] = [];
const MAX_SPARE = 16;

type Outlet = Pick<Socket, 'writable' | 'writableLength' | 'write'>;

export class WriteBatch {
  readonly #socket: Outlet;
  /** Undefined when nothing waits. */
  #writer: TarsWriter | undefined;
  #isDue = false;

  constructor(socket: Outlet) {
    this.#socket = socket;
  }

  /** The bytes that were added but not handed to the operating system yet. */
  get unsentBytes(): number {
    return (this.#writer?.length ?? 0) + this.#socket.writableLength;
  }

  /**
   * Adds a frame: whole, or not at all if `writeFrame` throws. On a closed socket it has no effect.
   * @param writeFrame The `writeFrame` of a struct.
   */
  add<Packet>(writeFrame: (writer: TarsWriter, packet: Packet) => void, packet: Packet): void {
    this.#writer ??= spare.pop() ?? new TarsWriter(BATCH_BYTES);
    writeFrame(this.#writer, packet);
    if (this.#writer.length >= FULL_BATCH_BYTES) this.flush();
    else if (!this.#isDue) this.#flushLater();
  }

  /** Sends the batch now. */
  flush(): void {
    const writer = this.#writer;
    if (writer === undefined) return;
    this.#writer = undefined;
    if (this.#socket.writable && writer.length > 0 && !this.#write(writer)) return;
    if (writer.length > BATCH_BYTES || spare.length === MAX_SPARE) return;
    writer.cut(0);
    spare.push(writer);
  }

  /** Waits until all readable sockets were read in this turn, so that all answers leave together. */
  #flushLater(): void {
    this.#isDue = true;
    setImmediate(() => {
      this.#isDue = false;
      this.flush();
    });
  }

  /** Whether the writer's memory can be used again. */
  #write(writer: TarsWriter): boolean {
    const socket = this.#socket;
    if (socket.writableLength > 0) {
      // The bytes wait in the socket, so they are copied into memory of the right size.
      socket.write(writer.copy());
      return true;
    }
    socket.write(writer.finish());
    return socket.writableLength === 0;
  }
}
