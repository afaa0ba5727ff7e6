/**
 * A streamed response of uWebSockets.js (uWS), once its head is written. It handles four properties of uWS.
 *
 * - uWS keeps what the operating system does not take, and does not tell how much that is. `write` tells only whether
 *   anything was left over. So from then on chunks wait here, where they are counted, and the last chunk that uWS got is
 *   counted as a whole. What is left of a short chunk, up to the 16 KiB that uWS corks, may be seen by the next write only.
 * - With a handler for `onWritable`, uWS sends what it keeps only along with a new chunk. Without one, it does not tell
 *   that it has sent it, and closes the connection ten seconds later. So there is a handler, and where no chunk waits, it
 *   writes the filler.
 * - When something is left over, uWS waits ten seconds for the client to read, however slow it may be. A pause begins
 *   this time anew ({@link UwsResponseSink.keepAlive}). A response of which nothing waits has no timeout.
 * - A response must not be used after it has ended or was aborted.
 */

import { toUtf8 } from './texts.ts';
import type { SendMemory, SendQueue } from '../common/send-memory.ts';
import type { Chunk, ResponseSink, ResponseStream, SendStatus, WaitingBytes } from '../common/transport.ts';

/** How often {@link UwsResponseSink.keepAlive} is to be called. uWS counts in steps of four seconds. */
export const KEEP_ALIVE_MS = 4_000;

/** The part of uWS's response that is used here. */
export interface RawStream {
  cork(write: () => void): unknown;
  /** Returns false when something is left over. */
  write(chunk: Chunk): boolean;
  end(): unknown;
  /** Calls the handler for `onAborted` at once. */
  close(): unknown;
  pause(): void;
  resume(): void;
  onWritable(handle: (offset: number) => boolean): unknown;
}

/** What all streamed responses of a transport share. */
export interface SharedBySinks {
  readonly queueBytes: number;
  /** All that are open. */
  readonly sinks: Set<UwsResponseSink>;
  /** Is told of those of which something waits. */
  readonly memory: SendMemory;
}

export class UwsResponseSink implements ResponseSink, SendQueue {
  readonly #res: RawStream;
  readonly #stream: ResponseStream;
  readonly #shared: SharedBySinks;
  #isOpen = true;
  /** Chunks that uWS does not have yet. */
  #queue: Chunk[] = [];
  #queuedBytes = 0;
  /** Something was left over of the last write, and nothing tells that it has left. */
  #isCongested = false;
  /** What uWS got since it had nothing left over. */
  #givenBytes = 0;
  #hasOverflowed = false;
  #hasWritten = false;

  /** Call it when the head is written. Tell it of `onAborted`. */
  constructor(res: RawStream, stream: ResponseStream, shared: SharedBySinks) {
    this.#res = res;
    this.#stream = stream;
    this.#shared = shared;
    shared.sinks.add(this);
    res.onWritable(() => {
      if (this.#isOpen) this.#writable();
      return true;
    });
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  get bufferedBytes(): number {
    return this.#isOpen ? this.#givenBytes + this.#queuedBytes : 0;
  }

  get heldBytes(): number {
    return this.bufferedBytes;
  }

  evict(waiting: WaitingBytes): void {
    if (this.#isOpen) this.#stream.evicted?.(waiting);
    this.terminate();
  }

  write(chunk: Chunk): SendStatus {
    if (!this.#isOpen) return 'dropped';
    if (chunk.length === 0) return this.#isCongested ? 'queued' : 'sent';
    if (!this.#isCongested) {
      this.#give(chunk);
      return this.#isCongested ? 'queued' : 'sent';
    }
    if (this.bufferedBytes > this.#shared.queueBytes) {
      this.#overflow();
      return 'dropped';
    }
    this.#queue.push(chunk);
    this.#queuedBytes += Buffer.byteLength(chunk);
    return 'queued';
  }

  /** uWS waits ten seconds for a client that reads nothing of what waits. */
  end(last?: Chunk): void {
    if (!this.#isOpen) return;
    const chunks = last === undefined ? this.#queue : [...this.#queue, last];
    this.#res.cork(() => {
      for (const chunk of chunks) this.#res.write(toUtf8(chunk));
      this.#res.end();
    });
    this.closed();
  }

  terminate(): void {
    if (this.#isOpen) this.#res.close();
    this.closed();
  }

  /** The raw response has ended or was aborted. */
  closed(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#queue = [];
    this.#shared.sinks.delete(this);
    this.#stream.closed();
  }

  /** Sends the head if it was not sent with a chunk: uWS ends it with the first one. */
  sendHead(): void {
    if (this.#isOpen && !this.#hasWritten) this.#give(this.#stream.filler);
  }

  /** Keeps uWS from closing the connection of a slow reader. */
  keepAlive(): void {
    if (!this.#isOpen || !this.#isCongested) return;
    // Without the pause, it is sometimes not told any more that the client reads again.
    this.#res.pause();
    this.#res.resume();
  }

  #give(chunk: Chunk): void {
    this.#hasWritten = true;
    let isTaken = true;
    this.#res.cork(() => {
      isTaken = this.#res.write(toUtf8(chunk));
    });
    this.#isCongested = !isTaken;
    if (!isTaken) this.#shared.memory.add(this);
    this.#givenBytes = isTaken ? 0 : this.#givenBytes + Buffer.byteLength(chunk);
  }

  #writable(): void {
    const wasCongested = this.#isCongested;
    do {
      const chunk = this.#queue.shift() ?? this.#stream.filler;
      if (this.#queuedBytes > 0) this.#queuedBytes -= Buffer.byteLength(chunk);
      this.#give(chunk);
    } while (!this.#isCongested && this.#queue.length > 0);
    if (wasCongested) this.#stream.drained();
  }

  /** In a later turn: whoever is sending now does not expect the end of the response. */
  #overflow(): void {
    if (this.#hasOverflowed) return;
    this.#hasOverflowed = true;
    setImmediate(() => {
      if (this.#isOpen) this.#stream.overflowed();
    });
  }
}
