/** Both ends of a socket that exists in memory only: the server's {@link Socket}, and the client for tests. */

import type { ContainedHandlers } from './common/contained-handlers.ts';
import { Inbox } from '../system/inbox-harness.ts';
import { readText, type Frame } from '../protocol/text.ts';
import type { JoinFrames, SendStatus, Socket, TransportOptions } from './common/transport.ts';

/** How a socket ended, as its client sees it. The code is 1006 if there was no close frame. */
export interface SocketEnd {
  readonly code: number;
  readonly reason: string;
}

/** The client's end. */
export interface InMemoryClient {
  /** The sub-protocol that the server chose; empty for none. */
  readonly protocol: string;
  /** All text frames received so far. */
  readonly frames: readonly string[];
  /** All binary frames received so far. */
  readonly binaryFrames: readonly Uint8Array[];
  /** Resolves to the first text frame that was not returned yet. Rejects when the socket ends before there is one. */
  nextFrame(): Promise<string>;
  /** The same for binary frames. */
  nextBinaryFrame(): Promise<Uint8Array>;
  /** Sends a text frame, or a binary one. On a closed socket it does nothing. */
  send(frame: string | Uint8Array): void;
  /** Sends a close frame. Without a code the server sees 1005. */
  close(code?: number, reason?: string): void;
  /** Disconnects without a close frame. */
  terminate(): void;
  /** Resolves when the client knows that the socket has ended. */
  readonly closed: Promise<SocketEnd>;
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
  readonly #binaryInbox = new Inbox<Uint8Array>();
  /** Frames of this turn that are sent as one. */
  #pending: { readonly join: JoinFrames; readonly frames: Frame[] } | undefined;
  #endClient: (end: SocketEnd) => void = () => {};
  #isOpen = true;
  #isReading = true;
  #hasOverflowed = false;
  #queue: (string | Uint8Array)[] = [];
  #queuedBytes = 0;
  /** The close frame that follows the queue. */
  #closeFrame: SocketEnd | undefined;

  constructor(
    { session, subprotocol }: { readonly session: Session; readonly subprotocol: string },
    handlers: ContainedHandlers<Session>,
    options: TransportOptions,
    onGone: () => void,
  ) {
    this.#session = session;
    this.#handlers = handlers;
    this.#options = options;
    this.#onGone = onGone;
    this.client = this.#createClient(subprotocol);
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  get bufferedBytes(): number {
    return this.#isOpen ? this.#queuedBytes : 0;
  }

  send(sent: Frame): SendStatus {
    this.#flush();
    return this.#sendNow(sent);
  }

  #sendNow(sent: Frame): SendStatus {
    if (!this.#isOpen) return 'dropped';
    const frame = ArrayBuffer.isView(sent) ? sent : readText(sent);
    if (this.#isReading) {
      this.#deliver(frame);
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

  sendSoon(frame: Frame, join?: JoinFrames): void {
    if (join === undefined) {
      if (this.send(frame) === 'queued') this.#handlers.drain(this.#session);
      return;
    }
    if (this.#pending !== undefined && this.#pending.join !== join) this.#flush();
    if (this.#pending !== undefined) {
      this.#pending.frames.push(frame);
      return;
    }
    this.#pending = { join, frames: [frame] };
    process.nextTick(() => this.#flush());
  }

  #flush(): void {
    const pending = this.#pending;
    if (pending === undefined) return;
    this.#pending = undefined;
    const { join, frames } = pending;
    const [first = ''] = frames;
    if (this.#sendNow(frames.length === 1 ? first : join(frames)) === 'queued') {
      this.#handlers.drain(this.#session);
    }
  }

  #deliver(frame: string | Uint8Array): void {
    if (typeof frame === 'string') this.#inbox.push(frame);
    else this.#binaryInbox.push(frame);
  }

  subscribe(topic: string): void {
    if (this.#isOpen) this.topics.add(topic);
  }

  unsubscribe(topic: string): void {
    this.#flush();
    this.topics.delete(topic);
  }

  close(code: number, reason: string): void {
    this.#flush();
    if (!this.#isOpen) return;
    this.#endServer(code, reason);
    if (this.#isReading) this.#end({ code, reason });
    else this.#closeFrame = { code, reason };
  }

  terminate(): void {
    if (this.#isOpen) this.drop('');
  }

  /**
   * Terminates the socket, also if its client has not read its close frame yet.
   * @param why The reason that the server sees.
   */
  drop(why: string): void {
    if (this.#isOpen) this.#endServer(ABNORMAL, why);
    this.#end({ code: ABNORMAL, reason: '' });
  }

  #createClient(protocol: string): InMemoryClient {
    const closed = new Promise<SocketEnd>((resolve) => {
      this.#endClient = resolve;
    });
    return {
      protocol,
      frames: this.#inbox.items,
      binaryFrames: this.#binaryInbox.items,
      closed,
      nextFrame: () => this.#inbox.next(),
      nextBinaryFrame: () => this.#binaryInbox.next(),
      send: (frame) => {
        if (this.#isOpen) this.#receive(frame);
      },
      close: (code = NO_CODE, reason = '') => {
        if (!this.#isOpen) return;
        this.#endServer(code, reason);
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
    else this.#handlers.message(this.#session, isText ? frame.toWellFormed() : frame);
  }

  #resume(): void {
    this.#isReading = true;
    const frames = this.#queue.splice(0);
    this.#queuedBytes = 0;
    for (const frame of frames) this.#deliver(frame);
    if (this.#closeFrame !== undefined) this.#end(this.#closeFrame);
    else if (frames.length > 0 && this.#isOpen) this.#handlers.drain(this.#session);
  }

  /** In a later job: the code that is sending now does not expect its socket to close. */
  #overflow(): void {
    if (this.#hasOverflowed) return;
    this.#hasOverflowed = true;
    queueMicrotask(() => {
      if (this.#isOpen) this.#handlers.overflow(this.#session);
    });
  }

  /** Closes the server's end. */
  #endServer(code: number, reason: string): void {
    this.#isOpen = false;
    this.topics.clear();
    this.#handlers.close(this.#session, code, reason);
  }

  /** Closes the client's end. */
  #end(end: SocketEnd): void {
    this.#closeFrame = undefined;
    this.#queue = [];
    this.#inbox.end(`the socket has closed with ${end.code}`);
    this.#binaryInbox.end(`the socket has closed with ${end.code}`);
    this.#endClient(end);
    this.#onGone();
  }
}
