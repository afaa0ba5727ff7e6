/**
 * One WebSocket of uWebSockets.js. What it knows of uWS is described here: a raw socket that throws when it is used
 * after it has closed, tells of a dropped frame in the middle of sending, and keeps no close frame for a full queue.
 */

import type { Frame, Text } from '../protocol/text.ts';
import type { ContainedHandlers } from './contained-handlers.ts';
import type { TopicTurns } from './topic-turns.ts';
import type { JoinFrames, SendStatus, Socket } from './transport.ts';

/**
 * How long a reader that was closed with too much in its queue may take to come back for its close frame; an
 * idle timeout that is shorter ends it sooner.
 */
const LINGER_MS = 30_000;

/** What is used of uWS's socket. */
interface RawSocket {
  /** 0 when the frame waits in the send queue, 1 when it was sent, 2 when it was dropped. */
  send(frame: Frame, isBinary?: boolean): number;
  publish(topic: Text, frame: Frame, isBinary?: boolean): unknown;
  cork(send: () => void): unknown;
  subscribe(topic: string): unknown;
  unsubscribe(topic: string): unknown;
  isSubscribed(topic: Text): boolean;
  getTopics(): string[];
  getBufferedAmount(): number;
  end(code: number, reason: string): void;
  close(): void;
}

/** The sockets with frames that leave at the end of the turn, when all promises that were kept in it have been told. */
export class Departures {
  #sockets: { depart(): void }[] = [];

  add(socket: { depart(): void }): void {
    if (this.#sockets.push(socket) === 1) process.nextTick(() => this.leave());
  }

  leave(): void {
    if (this.#sockets.length === 0) return;
    const sockets = this.#sockets;
    this.#sockets = [];
    for (const socket of sockets) socket.depart();
  }
}

/** What all sockets have in common. */
export interface SharedBySockets<Session> {
  readonly handlers: ContainedHandlers<Session>;
  readonly queueBytes: number;
  readonly departures: Departures;
  readonly turns: TopicTurns;
}

/** One socket, and the only holder of its raw socket, which throws when it is used after it has closed. */
export class UwsSocket<Session> implements Socket {
  readonly #ws: RawSocket;
  readonly #session: Session;
  readonly #shared: SharedBySockets<Session>;
  /** Frames that have not left yet, in order. */
  #departing: Frame[] | undefined;
  /** What makes one frame of them, if anything does. */
  #join: JoinFrames | undefined;
  #state: 'open' | 'lingering' | 'closed' = 'open';
  #hasOverflowed = false;
  /** The topic of which it was last asked whether it hears it; forgotten when its subscriptions change. */
  #heardTopic: Text | undefined;
  #hears = false;
  /** What a lingering socket has still to say, and until when it may. */
  #goodbye: { readonly code: number; readonly reason: string; readonly timer: NodeJS.Timeout } | undefined;

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
    this.depart();
    if (this.#state !== 'open') return 'dropped';
    return SEND_STATUS[this.#ws.send(frame, isBinary(frame))] ?? 'dropped';
  }

  sendSoon(frame: Frame, join?: JoinFrames): void {
    if (this.#state !== 'open') return;
    if (this.#departing !== undefined && this.#join !== join) this.depart();
    if (this.#departing === undefined) {
      this.#departing = [frame];
      this.#join = join;
      this.#shared.departures.add(this);
    } else {
      this.#departing.push(frame);
    }
  }

  /** Sends what was to leave soon, in one system call. */
  depart(): void {
    const frames = this.#departing;
    if (frames === undefined) return;
    this.#departing = undefined;
    if (this.#state !== 'open') return;
    const leaving = this.#join === undefined || frames.length === 1 ? frames : [this.#join(frames)];
    this.#ws.cork(() => {
      for (const frame of leaving) this.#ws.send(frame, isBinary(frame));
    });
    this.look();
  }

  /** What leaves soon still comes before what is published to the topic: a publication lets it go first. */
  subscribe(topic: string): void {
    if (this.#state !== 'open') return;
    this.#ws.subscribe(topic);
    this.#heardTopic = undefined;
    this.#shared.turns.subscribed();
  }

  unsubscribe(topic: string): void {
    this.depart();
    if (this.#state !== 'open') return;
    this.#ws.unsubscribe(topic);
    this.#heardTopic = undefined;
  }

  /** Whether it is subscribed. It is asked for every message, and most often for the same topic. */
  hears(topic: Text): boolean {
    if (this.#state !== 'open') return false;
    if (topic !== this.#heardTopic) {
      this.#heardTopic = topic;
      this.#hears = this.#ws.isSubscribed(topic);
    }
    return this.#hears;
  }

  publishToOthers(topic: Text, frame: Frame): void {
    if (this.#state === 'open') this.#ws.publish(topic, frame, isBinary(frame));
  }

  close(code: number, reason: string): void {
    this.depart();
    if (this.#state !== 'open') return;
    if (this.#isOverLimit()) this.#linger(code, reason);
    else this.#ws.end(code, reason);
  }

  terminate(): void {
    this.depart();
    if (this.#state === 'open') this.#ws.close();
  }

  /** Tells of a send queue that has come to be without a word of uWS. */
  look(): void {
    if (this.bufferedBytes > 0) this.#shared.handlers.drain(this.#session);
  }

  /** Terminates a lingering socket too. */
  drop(): void {
    if (this.#state !== 'closed') this.#ws.close();
  }

  received(message: ArrayBuffer, isBinary: boolean): void {
    if (this.#state !== 'open') return;
    // uWS has refused text frames that are not UTF-8.
    this.#shared.handlers.message(
      this.#session,
      isBinary ? new Uint8Array(message) : decoder.decode(message),
    );
  }

  /**
   * uWS tells of a dropped frame in the middle of sending, perhaps while it walks its list of subscribers,
   * where a socket must not be closed; promise jobs still run in there, so only a later turn is safe.
   */
  overflowed(): void {
    if (this.#hasOverflowed) return;
    this.#hasOverflowed = true;
    setImmediate(() => {
      if (this.#state === 'open') this.#shared.handlers.overflow(this.#session);
    });
  }

  drained(): void {
    if (this.#goodbye === undefined) this.#shared.handlers.drain(this.#session);
    else if (!this.#isOverLimit()) this.#ws.end(this.#goodbye.code, this.#goodbye.reason);
  }

  /** The raw socket is gone. */
  closed(code: number, reason: ArrayBuffer): void {
    const wasOpen = this.#state === 'open';
    this.#state = 'closed';
    clearTimeout(this.#goodbye?.timer);
    if (wasOpen) this.#shared.handlers.close(this.#session, code, decoder.decode(reason));
  }

  /**
   * A close frame is dropped like any other while the queue is over its limit, and the client would never
   * learn why it was closed: it waits here until the client reads again. For the server the socket has closed.
   */
  #linger(code: number, reason: string): void {
    for (const topic of this.#ws.getTopics()) this.#ws.unsubscribe(topic);
    const timer = setTimeout(() => this.drop(), LINGER_MS);
    timer.unref();
    this.#goodbye = { code, reason, timer };
    this.#state = 'lingering';
    this.#shared.handlers.close(this.#session, code, reason);
  }

  #isOverLimit(): boolean {
    return this.#ws.getBufferedAmount() > this.#shared.queueBytes;
  }
}

/** By uWS's number. */
const SEND_STATUS: readonly SendStatus[] = ['queued', 'sent', 'dropped'];

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** Whether a frame leaves as a binary one. */
export function isBinary(frame: Frame): boolean {
  return typeof frame !== 'string' && ArrayBuffer.isView(frame);
}
