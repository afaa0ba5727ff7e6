/** Both ends of a streamed response that exists in memory only: the server's sink, and the client for tests. */

import type {
  Chunk,
  ResponseSink,
  ResponseStream,
  SendStatus,
  TransportOptions,
} from './common/transport.ts';

/** How a streamed response ended, as its client sees it: by its end, or by the end of the connection. */
export type StreamEnd = 'complete' | 'broken';

/** The client's end. */
export interface StreamClient {
  readonly status: number;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  /** Resolves to what was not returned yet, up to this text and with it. Rejects when the response ends before. */
  takeUntil(text: string): Promise<string>;
  /** Resolves when the client knows that the response has ended. */
  readonly ended: Promise<StreamEnd>;
  /** Disconnects. */
  abort(): void;
  /** Stops reading, so that the server's send queue fills up. */
  pause(): void;
  resume(): void;
}

/** What a client has received of a stream. */
export class ReceivedText {
  /** All of it. */
  whole = '';
  #taken = 0;
  #isEnded = false;
  #waiting: (() => void)[] = [];

  add(text: string): void {
    this.whole += text;
    this.#wake();
  }

  end(): void {
    this.#isEnded = true;
    this.#wake();
  }

  async takeUntil(text: string): Promise<string> {
    for (;;) {
      const at = this.whole.indexOf(text, this.#taken);
      if (at !== -1) {
        const taken = this.whole.slice(this.#taken, at + text.length);
        this.#taken = at + text.length;
        return taken;
      }
      if (this.#isEnded) throw new Error(`the response has ended without ${JSON.stringify(text)}`);
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve);
      });
    }
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}

export class MemorySink implements ResponseSink {
  readonly received = new ReceivedText();
  readonly ended: Promise<StreamEnd>;
  readonly #stream: ResponseStream;
  readonly #options: TransportOptions;
  readonly #onClosed: () => void;
  #endClient: (end: StreamEnd) => void = () => {};
  #isOpen = true;
  #isReading = true;
  #isComplete = false;
  #hasOverflowed = false;
  #queue: string[] = [];
  #queuedBytes = 0;

  /** @param onClosed Called when the server's end has ended. */
  constructor(stream: ResponseStream, options: TransportOptions, onClosed: () => void) {
    this.#stream = stream;
    this.#options = options;
    this.#onClosed = onClosed;
    this.ended = new Promise((resolve) => {
      this.#endClient = resolve;
    });
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  get bufferedBytes(): number {
    return this.#isOpen ? this.#queuedBytes : 0;
  }

  write(chunk: Chunk): SendStatus {
    if (!this.#isOpen) return 'dropped';
    if (this.#queuedBytes > this.#options.sendQueueBytes) {
      this.#overflow();
      return 'dropped';
    }
    return this.#send(chunk);
  }

  end(last: Chunk = ''): void {
    if (!this.#isOpen) return;
    this.#send(last);
    this.#isComplete = true;
    if (this.#isReading) this.#endReading('complete');
    this.#closed();
  }

  terminate(): void {
    this.#endReading('broken');
    if (this.#isOpen) this.#closed();
  }

  pause(): void {
    this.#isReading = false;
  }

  resume(): void {
    this.#isReading = true;
    const chunks = this.#queue.splice(0);
    this.#queuedBytes = 0;
    for (const chunk of chunks) this.received.add(chunk);
    if (this.#isComplete) this.#endReading('complete');
    else if (chunks.length > 0 && this.#isOpen) this.#stream.drained();
  }

  #send(chunk: Chunk): SendStatus {
    const text = typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString();
    if (this.#isReading) {
      this.received.add(text);
      return 'sent';
    }
    this.#queue.push(text);
    this.#queuedBytes += Buffer.byteLength(text);
    return 'queued';
  }

  #overflow(): void {
    if (this.#hasOverflowed) return;
    this.#hasOverflowed = true;
    queueMicrotask(() => {
      if (this.#isOpen) this.#stream.overflowed();
    });
  }

  #endReading(end: StreamEnd): void {
    this.received.end();
    this.#endClient(end);
  }

  #closed(): void {
    this.#isOpen = false;
    this.#onClosed();
    this.#stream.closed();
  }
}
