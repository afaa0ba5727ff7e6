/** Gathers the frames that one turn of the event loop writes to a socket: they leave together, in one system call. */

import type { Socket } from 'node:net';
import { TarsWriter } from './wire/writer.ts';

/**
 * A batch this large leaves at once. It is some twenty calls, so that a system call costs each of them little, and the
 * other end has something to do while the rest is written.
 */
const FULL_BATCH_BYTES = 4 * 1024;
/** What a batch takes before its memory has to grow: the last frame comes on top. */
const BATCH_BYTES = 2 * FULL_BATCH_BYTES;

/** Writers between two batches, so that a socket with nothing to say has none. */
const spare: TarsWriter[] = [];
const MAX_SPARE = 16;

/** What is used of a socket. */
type Outlet = Pick<Socket, 'writable' | 'writableLength' | 'write'>;

export class WriteBatch {
  readonly #socket: Outlet;
  /** None when nothing waits. */
  #writer: TarsWriter | undefined;
  #isDue = false;

  constructor(socket: Outlet) {
    this.#socket = socket;
  }

  /** What was written and has not left the process, in bytes. */
  get unsentBytes(): number {
    return (this.#writer?.length ?? 0) + this.#socket.writableLength;
  }

  /**
   * Has a frame written, whole or, when that throws, not at all. On a closed socket nothing comes of it.
   * @param writeFrame As `writeFrame` of a struct.
   */
  add<Packet>(writeFrame: (writer: TarsWriter, packet: Packet) => void, packet: Packet): void {
    this.#writer ??= spare.pop() ?? new TarsWriter(BATCH_BYTES);
    writeFrame(this.#writer, packet);
    if (this.#writer.length >= FULL_BATCH_BYTES) this.flush();
    else if (!this.#isDue) this.#flushLater();
  }

  /** Writes what was gathered now. */
  flush(): void {
    const writer = this.#writer;
    if (writer === undefined) return;
    this.#writer = undefined;
    if (this.#socket.writable && writer.length > 0 && !this.#write(writer)) return;
    if (writer.length > BATCH_BYTES || spare.length === MAX_SPARE) return;
    writer.cut(0);
    spare.push(writer);
  }

  /** After all sockets that have something to say in this turn were read: what they cause leaves together. */
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
      // It waits, and in no more memory than it takes.
      socket.write(writer.copy());
      return true;
    }
    socket.write(writer.finish());
    return socket.writableLength === 0;
  }
}
