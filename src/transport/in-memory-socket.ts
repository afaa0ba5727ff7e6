/** Both ends of a socket that exists in memory only: the server's {@link Socket}, and the client of tests. */

import type { ContainedHandlers } from './contained-handlers.ts';
import { Inbox } from '../system/inbox-harness.ts';
import { readText, type Text } from '../protocol/text.ts';
import type { SendStatus, Socket, TransportOptions } from './transport.ts';

/** How a socket ended, as its client sees it; the code is 1006 when there was no close frame. */
export interface Goodbye {
  readonly code: number;
  readonly reason: string;
}

/** The client's end. */
export interface InMemoryClient {
  /** Every frame received so far. */
  readonly frames: readonly string[];
  /** Resolves to the first frame that was not handed out yet; rejects when the socket ends without one. */
  nextFrame(): Promise<string>;
  /** Sends a text frame, or a binary one. On a closed socket it does nothing. */
  send(frame: string | Uint8Array): void;
  /** Says goodbye; without a code the server is told 1005. */
  close(code?: number, reason?: string): void;
  /** Vanishes without a word. */
  terminate(): void;
  /** Resolves when the client knows that the socket has ended. */
  readonly closed: Promise<Goodbye>;
  /** Stops reading, so that the server's send queue fills up. */
  pause(): void;
  resume(): void;
}

/** The codes of RFC 6455 for a close without a code, and for one without a close frame. */
const NO_CODE = 1005;
const ABNORMAL = 1006;

export class MemorySocket<Session> implements Socket {
  readonly topics = new Set<string>();
  readonly client: InMemoryClient;
  readonly #session: Session;
  readonly #handlers: ContainedHandlers<Session>;
  readonly #options: TransportOptions;
  /** Called when both ends have ended. */
  readonly #onGone: () => void;
  readonly #inbox = new Inbox<string>();
  #endClient: (goodbye: Goodbye) => void = () => {};
  #isOpen = true;
  #isReading = true;
  #hasOverflowed = false;
  #queue: string[] = [];
  #queuedBytes = 0;
  /** The close frame behind the queue. */
  #goodbye: Goodbye | undefined;

  constructor(
    session: Session,
    handlers: ContainedHandlers<Session>,
    options: TransportOptions,
    onGone: () => void,
  ) {
    this.#session = session;
    this.#handlers = handlers;
    this.#options = options;
    this.#onGone = onGone;
    this.client = this.#createClient();
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  get bufferedBytes(): number {
    return this.#isOpen ? this.#queuedBytes : 0;
  }

  send(text: Text): SendStatus {
    if (!this.#isOpen) return 'dropped';
    const frame = readText(text);
    if (this.#isReading) {
      this.#inbox.push(frame);
      return 'sent';
    }
    if (this.#queuedBytes > this.#options.sendQueueBytes) {
      this.#overflow();
      return 'dropped';
    }
    this.#queue.push(frame);
    this.#queuedBytes += Buffer.byteLength(frame);
    return 'queued';
  }

  sendSoon(frame: Text): void {
    if (this.send(frame) === 'queued') this.#handlers.drain(this.#session);
  }

  subscribe(topic: string): void {
    if (this.#isOpen) this.topics.add(topic);
  }

  unsubscribe(topic: string): void {
    this.topics.delete(topic);
  }

  close(code: number, reason: string): void {
    if (!this.#isOpen) return;
    this.#leave(code, reason);
    if (this.#isReading) this.#end({ code, reason });
    else this.#goodbye = { code, reason };
  }

  terminate(): void {
    if (this.#isOpen) this.drop('');
  }

  /** Terminates, also a socket whose client has still to read its close frame. `why` is for the server. */
  drop(why: string): void {
    if (this.#isOpen) this.#leave(ABNORMAL, why);
    this.#end({ code: ABNORMAL, reason: '' });
  }

  #createClient(): InMemoryClient {
    const closed = new Promise<Goodbye>((resolve) => {
      this.#endClient = resolve;
    });
    return {
      frames: this.#inbox.items,
      closed,
      nextFrame: () => this.#inbox.next(),
      send: (frame) => {
        if (this.#isOpen) this.#receive(frame);
      },
      close: (code = NO_CODE, reason = '') => {
        if (!this.#isOpen) return;
        this.#leave(code, reason);
        this.#end({ code, reason });
      },
      terminate: () => this.drop(''),
      pause: () => {
        this.#isReading = false;
      },
      resume: () => this.#resume(),
    };
  }

  #receive(frame: string | Uint8Array): void {
    const isText = typeof frame === 'string';
    const bytes = isText ? Buffer.byteLength(frame) : frame.byteLength;
    if (bytes > this.#options.maxFrameBytes) this.drop('Received too big message');
    else this.#handlers.message(this.#session, isText ? frame.toWellFormed() : decodeBinary(frame));
  }

  #resume(): void {
    this.#isReading = true;
    const frames = this.#queue.splice(0);
    this.#queuedBytes = 0;
    for (const frame of frames) this.#inbox.push(frame);
    if (this.#goodbye !== undefined) this.#end(this.#goodbye);
    else if (frames.length > 0 && this.#isOpen) this.#handlers.drain(this.#session);
  }

  /** In a turn of its own: whoever is in the middle of sending does not expect its socket to close. */
  #overflow(): void {
    if (this.#hasOverflowed) return;
    this.#hasOverflowed = true;
    queueMicrotask(() => {
      if (this.#isOpen) this.#handlers.overflow(this.#session);
    });
  }

  /** The server's end. */
  #leave(code: number, reason: string): void {
    this.#isOpen = false;
    this.topics.clear();
    this.#handlers.close(this.#session, code, reason);
  }

  /** The client's end. */
  #end(goodbye: Goodbye): void {
    this.#goodbye = undefined;
    this.#queue = [];
    this.#inbox.end(`the socket has closed with ${goodbye.code}`);
    this.#endClient(goodbye);
    this.#onGone();
  }
}

const strictDecoder = new TextDecoder('utf-8', { ignoreBOM: true, fatal: true });

function decodeBinary(frame: Uint8Array): string | undefined {
  try {
    return strictDecoder.decode(frame);
  } catch {
    return undefined;
  }
}
