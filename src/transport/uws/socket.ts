/**
 * One WebSocket of uWebSockets.js (uWS). It handles three properties of uWS: a raw socket throws when it is used after
 * it has closed, `dropped` is called while uWS is sending, and a close frame is lost when the send queue is full.
 */

import type { Frame, Text } from '../../protocol/text.ts';
import type { ContainedHandlers } from '../common/contained-handlers.ts';
import type { PendingSends } from '../common/pending-sends.ts';
import { toUtf8 } from './texts.ts';
import type { TopicTurns } from './topic-turns.ts';
import type { JoinFrames, SendStatus, Socket } from '../common/transport.ts';

/**
 * How long a lingering socket waits for its client. A socket lingers when the server has closed it while its send queue
 * was over the limit: the raw socket stays open until the client has read enough to get the close frame. A shorter idle
 * timeout ends it earlier.
 */
const LINGER_MS = 30_000;

/** The part of uWS's socket that is used here. */
interface RawSocket {
  /** 0 when the frame waits in the send queue, 1 when it was sent, 2 when it was dropped. */
  send(frame: Frame, isBinary?: boolean): number;
  publish(topic: Frame, frame: Frame, isBinary?: boolean): unknown;
  cork(send: () => void): unknown;
  subscribe(topic: Frame): unknown;
  unsubscribe(topic: Frame): unknown;
  isSubscribed(topic: Frame): boolean;
  getTopics(): string[];
  getBufferedAmount(): number;
  end(code: number, reason: string | Uint8Array): void;
  close(): void;
}

/** What all sockets of a transport share. */
export interface SharedBySockets<Session> {
  readonly handlers: ContainedHandlers<Session>;
  readonly queueBytes: number;
  readonly pendingSends: PendingSends;
  readonly turns: TopicTurns;
}

/** One socket. No other object may use its raw socket. */
export class UwsSocket<Session> implements Socket {
  readonly #ws: RawSocket;
  readonly #session: Session;
  readonly #shared: SharedBySockets<Session>;
  /** Frames of `sendSoon` that are not sent yet, in order. */
  #pending: Frame[] | undefined;
  /** Joins the pending frames into one, if it is set. */
  #join: JoinFrames | undefined;
  #state: 'open' | 'lingering' | 'closed' = 'open';
  #hasOverflowed = false;
  /** The last topic that `isSubscribed` was called with; reset when the subscriptions change. */
  #checkedTopic: Text | undefined;
  #isSubscribedToChecked = false;
  /** The close frame of a lingering socket, and the timer that drops the socket. */
  #closeFrame: { readonly code: number; readonly reason: string; readonly timer: NodeJS.Timeout } | undefined;

  constructor(ws: RawSocket, session: Session, shared: SharedBySockets<Session>) {
    this.#ws = ws;
    this.#session = session;
    this.#shared = shared;
  }

  get isOpen(): boolean {
    return this.#state === 'open';
  }

  get bufferedBytes(): number {
    return this.#state === 'open' ? this.#ws.getBufferedAmount() : 0;
  }

  send(frame: Frame): SendStatus {
    this.flush();
    if (this.#state !== 'open') return 'dropped';
    return SEND_STATUS[this.#ws.send(toUtf8(frame), isBinary(frame))] ?? 'dropped';
  }

  sendSoon(frame: Frame, join?: JoinFrames): void {
    if (this.#state !== 'open') return;
    if (this.#pending !== undefined && this.#join !== join) this.flush();
    if (this.#pending === undefined) {
      this.#pending = [frame];
      this.#join = join;
      this.#shared.pendingSends.add(this);
    } else {
      this.#pending.push(frame);
    }
  }

  /** Sends the pending frames in one system call. */
  flush(): void {
    const frames = this.#pending;
    if (frames === undefined) return;
    this.#pending = undefined;
    if (this.#state !== 'open') return;
    const joined = this.#join === undefined || frames.length === 1 ? frames : [this.#join(frames)];
    this.#ws.cork(() => {
      for (const frame of joined) this.#ws.send(toUtf8(frame), isBinary(frame));
    });
    this.checkQueue();
  }

  /** It need not flush: a publication flushes the pending frames before it is sent. */
  subscribe(topic: string): void {
    if (this.#state !== 'open') return;
    this.#ws.subscribe(toUtf8(topic));
    this.#checkedTopic = undefined;
    this.#shared.turns.subscribed();
  }

  unsubscribe(topic: string): void {
    this.flush();
    if (this.#state !== 'open') return;
    this.#ws.unsubscribe(toUtf8(topic));
    this.#checkedTopic = undefined;
  }

  /** It is called for every message, and most often with the same topic. */
  isSubscribed(topic: Text): boolean {
    if (this.#state !== 'open') return false;
    if (topic !== this.#checkedTopic) {
      this.#checkedTopic = topic;
      this.#isSubscribedToChecked = this.#ws.isSubscribed(toUtf8(topic));
    }
    return this.#isSubscribedToChecked;
  }

  publishToOthers(topic: Text, frame: Frame): void {
    if (this.#state === 'open') this.#ws.publish(toUtf8(topic), toUtf8(frame), isBinary(frame));
  }

  close(code: number, reason: string): void {
    this.flush();
    if (this.#state !== 'open') return;
    if (this.#isOverLimit()) this.#linger(code, reason);
    else this.#ws.end(code, toUtf8(reason));
  }

  terminate(): void {
    this.flush();
    if (this.#state === 'open') this.#ws.close();
  }

  /** Reports a send queue that is not empty; uWS does not report that. */
  checkQueue(): void {
    if (this.bufferedBytes > 0) this.#shared.handlers.drain(this.#session);
  }

  /** Terminates the socket, also if it is lingering. */
  drop(): void {
    if (this.#state !== 'closed') this.#ws.close();
  }

  received(message: ArrayBuffer, isBinary: boolean): void {
    if (this.#state !== 'open') return;
    // uWS refuses text frames that are not UTF-8.
    this.#shared.handlers.message(
      this.#session,
      isBinary ? new Uint8Array(message) : decoder.decode(message),
    );
  }

  /**
   * uWS calls this while it is sending, perhaps while it walks its list of subscribers. A socket must not be closed
   * there. Promise jobs may run there too, so only a later turn is safe.
   */
  overflowed(): void {
    if (this.#hasOverflowed) return;
    this.#hasOverflowed = true;
    setImmediate(() => {
      if (this.#state === 'open') this.#shared.handlers.overflow(this.#session);
    });
  }

  drained(): void {
    if (this.#closeFrame === undefined) this.#shared.handlers.drain(this.#session);
    else if (!this.#isOverLimit()) this.#ws.end(this.#closeFrame.code, toUtf8(this.#closeFrame.reason));
  }

  /** The raw socket has closed. */
  closed(code: number, reason: ArrayBuffer): void {
    const wasOpen = this.#state === 'open';
    this.#state = 'closed';
    clearTimeout(this.#closeFrame?.timer);
    if (wasOpen) this.#shared.handlers.close(this.#session, code, decoder.decode(reason));
  }

  /**
   * uWS drops a close frame like any other frame while the queue is over its limit. Then the client would not know why
   * it was closed. So the close frame waits here until the client reads again. For the server the socket is closed.
   */
  #linger(code: number, reason: string): void {
    for (const topic of this.#ws.getTopics()) this.#ws.unsubscribe(toUtf8(topic));
    const timer = setTimeout(() => this.drop(), LINGER_MS);
    timer.unref();
    this.#closeFrame = { code, reason, timer };
    this.#state = 'lingering';
    this.#shared.handlers.close(this.#session, code, reason);
  }

  #isOverLimit(): boolean {
    return this.#ws.getBufferedAmount() > this.#shared.queueBytes;
  }
}

/** The index is the number that uWS returns. */
const SEND_STATUS: readonly SendStatus[] = ['queued', 'sent', 'dropped'];

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** Whether a frame is sent as a binary frame. */
export function isBinary(frame: Frame): boolean {
  return typeof frame !== 'string' && ArrayBuffer.isView(frame);
}
