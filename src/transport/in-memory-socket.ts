/** Both ends of a socket that exists in memory only: the server's {@link Socket}, and the client of tests. */

import type { ContainedHandlers } from './contained-handlers.ts';
import { Inbox } from '../system/inbox-harness.ts';
import { readText, type Frame } from '../protocol/text.ts';
import type { JoinFrames, SendStatus, Socket, TransportOptions } from './transport.ts';

/** How a socket ended, as its client sees it; the code is 1006 when there was no close frame. */
export interface Goodbye {
  readonly code: number;
  readonly reason: string;
}

/** The client's end. */
export interface InMemoryClient {
  /** The sub-protocol that the server chose; empty for none. */
  readonly protocol: string;
  /** Every text frame received so far. */
  readonly frames: readonly string[];
  /** Every binary frame received so far. */
  readonly binaryFrames: readonly Uint8Array[];
  /** Resolves to the first text frame that was not handed out yet; rejects when the socket ends without one. */
  nextFrame(): Promise<string>;
  /** The same of binary frames. */
  nextBinaryFrame(): Promise<Uint8Array>;
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
  readonly #binaryInbox = new Inbox<Uint8Array>();
  /** Frames of this turn that leave as one. */
  #departing: { readonly join: JoinFrames; readonly frames: Frame[] } | undefined;
  #endClient: (goodbye: Goodbye) => void = () => {};
  #isOpen = true;
  #isReading = true;
  #hasOverflowed = false;
  #queue: (string | Uint8Array)[] = [];
  #queuedBytes = 0;
  /** The close frame behind the queue. */
  #goodbye: Goodbye | undefined;

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
    this.#depart();
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
    if (this.#departing !== undefined && this.#departing.join !== join) this.#depart();
    if (this.#departing !== undefined) {
      this.#departing.frames.push(frame);
      return;
    }
    this.#departing = { join, frames: [frame] };
    process.nextTick(() => this.#depart());
  }

  #depart(): void {
    const departing = this.#departing;
    if (departing === undefined) return;
    this.#departing = undefined;
    const { join, frames } = departing;
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
    this.#depart();
    this.topics.delete(topic);
  }

  close(code: number, reason: string): void {
    this.#depart();
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

  #createClient(protocol: string): InMemoryClient {
    const closed = new Promise<Goodbye>((resolve) => {
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
    else this.#handlers.message(this.#session, isText ? frame.toWellFormed() : frame);
  }

  #resume(): void {
    this.#isReading = true;
    const frames = this.#queue.splice(0);
    this.#queuedBytes = 0;
    for (const frame of frames) this.#deliver(frame);
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
    this.#binaryInbox.end(`the socket has closed with ${goodbye.code}`);
    this.#endClient(goodbye);
    this.#onGone();
  }
}
