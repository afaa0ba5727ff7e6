/** A streamed response of `node:http`. */

import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { SendMemory, SendQueue } from '../common/send-memory.ts';
import type { Chunk, ResponseSink, ResponseStream, SendStatus, WaitingBytes } from '../common/transport.ts';

/** How long an ended response waits for its client to read the rest. */
const LINGER_MS = 30_000;

/** What all streamed responses of a transport share. */
export interface SharedBySinks {
  readonly queueBytes: number;
  /** All that are open. */
  readonly sinks: Set<NodeResponseSink>;
  /** Is told of those of which something waits. */
  readonly memory: SendMemory;
}

export class NodeResponseSink implements ResponseSink, SendQueue {
  readonly #res: ServerResponse;
  readonly #connection: Socket;
  readonly #stream: ResponseStream;
  readonly #shared: SharedBySinks;
  #isOpen = true;
  /** Bytes wait in the send queue, and its end is awaited. */
  #isCongested = false;
  #hasOverflowed = false;
  /** The client sends nothing more. What waits for it would keep the connection. */
  readonly #gone = (): void => this.terminate();

  /** Call it when the head is set, and the response is the one that its connection is sending. */
  constructor(res: ServerResponse, connection: Socket, stream: ResponseStream, shared: SharedBySinks) {
    this.#res = res;
    this.#connection = connection;
    this.#stream = stream;
    this.#shared = shared;
    shared.sinks.add(this);
    res.on('error', this.#gone);
    connection.on('end', this.#gone);
    connection.on('close', this.#gone);
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  get bufferedBytes(): number {
    return this.#isOpen ? this.#res.writableLength : 0;
  }

  get heldBytes(): number {
    return this.#connection.destroyed ? 0 : this.#res.writableLength;
  }

  evict(waiting: WaitingBytes): void {
    if (this.#isOpen) this.#stream.evicted?.(waiting);
    this.terminate();
    this.#connection.destroy();
  }

  write(chunk: Chunk): SendStatus {
    if (!this.#isOpen) return 'dropped';
    if (this.#isCongested && this.#res.writableLength > this.#shared.queueBytes) {
      this.#overflow();
      return 'dropped';
    }
    if (chunk.length > 0) this.#write(chunk);
    return this.#isCongested ? 'queued' : 'sent';
  }

  end(last?: Chunk): void {
    if (!this.#isOpen) return;
    const res = this.#res;
    const connection = this.#connection;
    const timer = setTimeout(() => connection.destroy(), LINGER_MS).unref();
    res.once('close', () => clearTimeout(timer));
    if (last === undefined || last.length === 0) res.end();
    else res.end(last);
    this.#ended();
  }

  terminate(): void {
    if (!this.#isOpen) return;
    this.#connection.destroy();
    this.#ended();
  }

  #write(chunk: Chunk): void {
    // Otherwise `node:http` corks until the next tick, and it is not known yet what the operating system takes.
    this.#connection.cork();
    this.#res.write(chunk);
    this.#connection.uncork();
    if (this.#res.writableLength > 0) this.#awaitDrain();
  }

  /** Nothing, written at the end of the queue, is told of when the queue is empty. */
  #awaitDrain(): void {
    if (this.#isCongested) return;
    this.#isCongested = true;
    this.#shared.memory.add(this);
    this.#res.write('', () => {
      this.#isCongested = false;
      if (!this.#isOpen) return;
      if (this.#res.writableLength > 0) this.#awaitDrain();
      this.#stream.drained();
    });
  }

  /** In a later turn: whoever is sending now does not expect the end of the response. */
  #overflow(): void {
    if (this.#hasOverflowed) return;
    this.#hasOverflowed = true;
    setImmediate(() => {
      if (this.#isOpen) this.#stream.overflowed();
    });
  }

  #ended(): void {
    this.#isOpen = false;
    this.#connection.off('end', this.#gone);
    this.#connection.off('close', this.#gone);
    this.#shared.sinks.delete(this);
    this.#stream.closed();
  }
}
