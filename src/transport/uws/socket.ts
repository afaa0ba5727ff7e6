/**
 * One WebSocket of uWebSockets.js (uWS). It handles three properties of uWS: a raw socket throws when it is used after
 * it has closed, `dropped` is called while uWS is sending, and a close frame is lost when the send queue is full.
 */

import type { Frame, Text } from '../../protocol/text.ts';
import type { ContainedHandlers } from '../common/contained-handlers.ts';
import { JoinedFrames } from '../common/joined-frames.ts';
import type { PendingSends } from '../common/pending-sends.ts';
import type { Topics } from '../common/topics.ts';
import type { SendMemory, SendQueue } from '../common/send-memory.ts';
import type { JoinFrames, SendStatus, Socket, WaitingBytes } from '../common/transport.ts';
import { Gathering } from './gathering.ts';
import { toUtf8 } from './texts.ts';
import type { TopicTurns } from './topic-turns.ts';

/**
 * How long a lingering socket waits for its client. A socket lingers when the server has closed it while its send queue
 * was over the limit: the raw socket stays open until the client has read enough to get the close frame. A shorter idle
 * timeout ends it earlier.
 */
const LINGER_MS = 30_000;

/** No room has a topic of this name. */
const OWN_TOPIC = 'own';

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
  /** They leave after the promise jobs of the callback. */
  readonly pendingSends: PendingSends;
  readonly turns: Pick<TopicTurns<unknown>, 'subscribed'>;
  /** Runs the work of a socket whose frame is being handled. */
  readonly handle: (socket: UwsSocket<Session>, work: () => void) => void;
  /** The sockets that gather, by their topics. */
  readonly gathering: Topics<UwsSocket<Session>>;
  /** What they gather leaves when all sockets of the turn were read. */
  readonly gatheredSends: PendingSends;
  /** Is told of sockets for which something waits. */
  readonly memory: SendMemory;
}

/** One socket. No other object may use its raw socket. */
export class UwsSocket<Session> implements Socket, SendQueue {
  readonly #ws: RawSocket;
  readonly #session: Session;
  readonly #shared: SharedBySockets<Session>;
  /** Frames that are not sent yet, in order. */
  #pending: Frame[] | undefined;
  /** Frames behind those, which are to be joined into one. */
  #joining: JoinedFrames | undefined;
  /** Set while the socket gathers. */
  #gathering: Gathering | undefined;
  #state: 'open' | 'lingering' | 'closed' = 'open';
  #hasOverflowed = false;
  /** What waits is dropped when it closes. */
  #isEvicted = false;
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

  get heldBytes(): number {
    return this.#state === 'closed' ? 0 : this.#ws.getBufferedAmount();
  }

  send(frame: Frame): SendStatus {
    if (this.#gathering !== undefined) return this.gather(frame, true);
    this.flush();
    if (this.#state !== 'open') return 'dropped';
    const status = SEND_STATUS[this.#ws.send(toUtf8(frame), isBinary(frame))] ?? 'dropped';
    if (status !== 'sent') this.#shared.memory.add(this);
    return status;
  }

  sendSoon(frame: Frame, join?: JoinFrames): void {
    if (this.#state !== 'open') return;
    this.#gathering?.add(lengthOf(frame), true);
    if (join === undefined) {
      this.#push(frame);
    } else if (this.#joining?.join === join) {
      this.#joining.add(frame);
    } else {
      this.#endJoining();
      this.#joining = new JoinedFrames(join, frame);
      if (this.#pending === undefined) this.#beginPending();
    }
  }

  together(work: () => void): void {
    if (this.#state === 'open') this.#ws.cork(() => this.#shared.handle(this, work));
    else work();
  }

  /** Sends the pending frames in one system call. */
  flush(): void {
    const frames = this.#pending;
    if (frames === undefined) return;
    this.#endJoining();
    this.#pending = undefined;
    this.#gathering?.flushed();
    if (this.#state !== 'open') return;
    this.#ws.cork(() => {
      for (const frame of frames) this.#ws.send(toUtf8(frame), isBinary(frame));
    });
    this.checkQueue();
  }

  /** It need not flush: a publication flushes the pending frames before it is sent. */
  subscribe(topic: string): void {
    if (this.#state !== 'open') return;
    if (this.#gathering !== undefined) {
      this.#gathering.topics.add(topic);
      this.#shared.gathering.subscribe(topic, this);
      return;
    }
    this.#ws.subscribe(toUtf8(topic));
    this.#checkedTopic = undefined;
    this.#shared.turns.subscribed();
  }

  unsubscribe(topic: string): void {
    if (this.#gathering !== undefined) {
      this.#gathering.topics.delete(topic);
      this.#shared.gathering.unsubscribe(topic, this);
      return;
    }
    this.flush();
    if (this.#state !== 'open') return;
    this.#ws.unsubscribe(toUtf8(topic));
    this.#checkedTopic = undefined;
  }

  /** Whether uWS delivers the publications of a topic. It is called for every message, and most often with the same topic. */
  isSubscribed(topic: Text): boolean {
    if (this.#gathering !== undefined || this.#state !== 'open') return false;
    if (topic !== this.#checkedTopic) {
      this.#checkedTopic = topic;
      this.#isSubscribedToChecked = this.#ws.isSubscribed(toUtf8(topic));
    }
    return this.#isSubscribedToChecked;
  }

  /**
   * From now on, what others publish and what the socket is sent leaves together when the turn ends. uWS delivers no
   * publications to it meanwhile (docs/decisions/0024-speakers-gather.md).
   */
  startGathering(): void {
    if (this.#gathering !== undefined || this.#state !== 'open') return;
    const gathering = new Gathering(this.#ws.getTopics());
    for (const topic of gathering.topics) {
      this.#ws.unsubscribe(toUtf8(topic));
      this.#shared.gathering.subscribe(topic, this);
    }
    this.#gathering = gathering;
    this.#checkedTopic = undefined;
  }

  /** Called at intervals: lets uWS deliver publications again, if gathering has joined nothing since the last call. */
  reconsiderGathering(): void {
    const gathering = this.#gathering;
    if (gathering === undefined) return;
    if (gathering.wasWorthwhile()) return;
    this.flush();
    this.#endGathering();
    for (const topic of gathering.topics) this.subscribe(topic);
  }

  /**
   * Adds a frame to what leaves when the turn ends. Only for a socket that gathers.
   * @param isOwn Whether the frame is not what another socket has published.
   */
  gather(frame: Frame, isOwn: boolean): SendStatus {
    const gathering = this.#gathering;
    if (gathering === undefined || this.#state !== 'open') return 'dropped';
    gathering.add(lengthOf(frame), isOwn);
    this.#push(frame);
    if (gathering.isLong) this.flush();
    return 'sent';
  }

  /**
   * uWS collects the frames of one socket at a time. While it does so for this one, whose frame is handled, it sends full lists of
   * publications frame by frame. It stops when it delivers a publication to this socket, so one of the pending frames goes
   * as such.
   * @param publish Publishes a frame to a topic.
   */
  stopCollecting(publish: (topic: string, frame: Frame) => void): void {
    const frames = this.#pending;
    const last = frames?.at(-1);
    const published = frames?.at(-2);
    if (this.#gathering === undefined || last === undefined || published === undefined) return;
    frames?.splice(-2);
    this.flush();
    this.#ws.subscribe(OWN_TOPIC);
    publish(OWN_TOPIC, published);
    this.#ws.send(toUtf8(last), isBinary(last));
    this.#ws.unsubscribe(OWN_TOPIC);
  }

  #push(frame: Frame): void {
    if (this.#joining !== undefined) this.#endJoining();
    if (this.#pending === undefined) this.#beginPending();
    this.#pending!.push(frame);
  }

  #beginPending(): void {
    this.#pending = [];
    const { gatheredSends, pendingSends } = this.#shared;
    (this.#gathering === undefined ? pendingSends : gatheredSends).add(this);
  }

  #endJoining(): void {
    const joining = this.#joining;
    if (joining === undefined) return;
    this.#joining = undefined;
    this.#pending!.push(joining.toFrame());
  }

  #endGathering(): void {
    const gathering = this.#gathering;
    if (gathering === undefined) return;
    this.#gathering = undefined;
    for (const topic of gathering.topics) this.#shared.gathering.unsubscribe(topic, this);
  }

  publishToOthers(topic: Text, frame: Frame): void {
    if (this.#state === 'open') this.#ws.publish(toUtf8(topic), toUtf8(frame), isBinary(frame));
  }

  close(code: number, reason: string): void {
    if (this.#isEvicted) {
      this.#discard(code, reason);
      return;
    }
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
    if (this.bufferedBytes === 0) return;
    this.#shared.memory.add(this);
    this.#shared.handlers.drain(this.#session);
  }

  evict(waiting: WaitingBytes): void {
    this.#isEvicted = true;
    if (this.#state === 'open') this.#shared.handlers.evict(this.#session, waiting);
    this.drop();
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
    this.#endGathering();
    clearTimeout(this.#closeFrame?.timer);
    if (wasOpen) this.#shared.handlers.close(this.#session, code, decoder.decode(reason));
  }

  /**
   * uWS drops a close frame like any other frame while the queue is over its limit. Then the client would not know why
   * it was closed. So the close frame waits here until the client reads again. For the server the socket is closed.
   */
  #linger(code: number, reason: string): void {
    this.#endGathering();
    for (const topic of this.#ws.getTopics()) this.#ws.unsubscribe(toUtf8(topic));
    const timer = setTimeout(() => this.drop(), LINGER_MS);
    timer.unref();
    this.#closeFrame = { code, reason, timer };
    this.#state = 'lingering';
    this.#shared.handlers.close(this.#session, code, reason);
  }

  /** The close frame would wait behind what is to be dropped: only the server knows the code. */
  #discard(code: number, reason: string): void {
    if (this.#state !== 'open') return;
    this.#endGathering();
    this.#state = 'lingering';
    this.#shared.handlers.close(this.#session, code, reason);
    this.drop();
  }

  #isOverLimit(): boolean {
    return this.#ws.getBufferedAmount() > this.#shared.queueBytes;
  }
}

function lengthOf(frame: Frame): number {
  return typeof frame === 'string' ? frame.length : frame.byteLength;
}

/** The index is the number that uWS returns. */
const SEND_STATUS: readonly SendStatus[] = ['queued', 'sent', 'dropped'];

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** Whether a frame is sent as a binary frame. */
export function isBinary(frame: Frame): boolean {
  return typeof frame !== 'string' && ArrayBuffer.isView(frame);
}
