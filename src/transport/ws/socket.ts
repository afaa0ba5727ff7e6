/**
 * One WebSocket of `ws`. That library reads what comes in and closes the socket; frames are built here, once for all
 * subscribers, and what a socket is sent in a turn of the event loop leaves in one write.
 */

import type { Socket as RawSocket } from 'node:net';
import { WebSocket } from 'ws';
import type { Frame } from '../../protocol/text.ts';
import type { ContainedHandlers } from '../common/contained-handlers.ts';
import type { PendingSends } from '../common/pending-sends.ts';
import { JoinedFrames } from '../common/joined-frames.ts';
import type { SendMemory, SendQueue } from '../common/send-memory.ts';
import type { JoinFrames, SendStatus, Socket, WaitingBytes } from '../common/transport.ts';
import { encodeFrame, encodePong, type FrameJoiner } from './frames.ts';
import type { Topics } from '../common/topics.ts';

/** With so many bytes pending, a socket does not wait for the end of the turn. */
const FLUSH_BYTES = 64 * 1024;

/** RFC 6455: a close frame without a code, and no close frame. */
const NO_CODE = 1005;
const ABNORMAL = 1006;

const NOTHING = Buffer.alloc(0);

/** What all sockets of a transport share. */
export interface SharedBySockets<Session> {
  readonly handlers: ContainedHandlers<Session>;
  readonly queueBytes: number;
  readonly topics: Topics<WsSocket<Session>>;
  readonly pendingSends: PendingSends;
  readonly joiner: FrameJoiner;
  /** Is told of sockets for which something waits. */
  readonly memory: SendMemory;
}

/** A socket of `ws` that tells of a close frame when it is read: `ws` itself tells when the connection is gone. */
export class ClosingWebSocket extends WebSocket {
  onCloseFrame: ((code: number, reason: string) => void) | undefined;

  /** `ws` calls this too: for a close frame of the client with what is in it, and for a mistake of the client with a code alone. */
  override close(code?: number, reason?: string | Buffer): void {
    super.close(code, reason);
    if (code === undefined || reason !== undefined)
      this.onCloseFrame?.(code ?? NO_CODE, reason?.toString() ?? '');
  }
}

export class WsSocket<Session> implements Socket, SendQueue {
  readonly #ws: ClosingWebSocket;
  /** Below `ws`. Frames are written here; `ws` itself writes pings and the close frame only. */
  readonly #raw: RawSocket;
  readonly #session: Session;
  readonly #shared: SharedBySockets<Session>;
  readonly #topics = new Set<string>();
  #isOpen = true;
  /** Frames that are not written yet, in order. */
  #pending: Buffer[] = [];
  #pendingBytes = 0;
  /** Frames behind those, which are to be joined into one. */
  #joining: JoinedFrames | undefined;
  #isInPendingSends = false;
  /** Bytes wait in the send queue, and its end is awaited. */
  #isCongested = false;
  /** The session knows that bytes wait in the send queue. */
  #isCongestionTold = false;
  #hasOverflowed = false;
  /** What waits is dropped when it closes. */
  #isEvicted = false;
  /** How many bytes had come in at the last {@link checkIdle}, and how many checks found no more. */
  #bytesSeen = 0;
  #idleChecks = 0;

  constructor(ws: ClosingWebSocket, raw: RawSocket, session: Session, shared: SharedBySockets<Session>) {
    this.#ws = ws;
    this.#raw = raw;
    this.#session = session;
    this.#shared = shared;
    const { handlers } = shared;
    ws.on('message', (data: Buffer, isBinary: boolean) => {
      if (this.#isOpen) handlers.message(session, isBinary ? data : data.toString());
    });
    // The client broke the protocol, or its message is too long: `ws` closes the socket.
    ws.on('error', (error) => this.#ended(ABNORMAL, error.message));
    // Pongs wait in the send queue with all other frames, so that it bounds them.
    ws.on('ping', (payload) => this.push(encodePong(payload)));
    ws.onCloseFrame = (code, reason) => this.#ended(code, reason);
    // The client is gone without a close frame. What waits for it would keep the connection.
    raw.on('end', () => this.terminate());
    ws.on('close', (code, reason) => this.#ended(code, reason.toString()));
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  get bufferedBytes(): number {
    return this.#isOpen ? this.#raw.writableLength : 0;
  }

  get heldBytes(): number {
    return this.#raw.destroyed ? 0 : this.#raw.writableLength;
  }

  evict(waiting: WaitingBytes): void {
    this.#isEvicted = true;
    if (this.#isOpen) this.#shared.handlers.evict(this.#session, waiting);
    this.drop();
  }

  send(frame: Frame): SendStatus {
    if (!this.#isOpen) return 'dropped';
    const status = this.push(encodeFrame(frame));
    if (status === 'queued') this.#isCongestionTold = true;
    return status;
  }

  /** Sends a frame of {@link encodeFrame}. */
  push(frame: Buffer): SendStatus {
    if (!this.#isOpen) return 'dropped';
    if (this.#joining !== undefined) this.#endJoining();
    return this.#push(frame);
  }

  sendSoon(frame: Frame, join?: JoinFrames): void {
    if (!this.#isOpen) return;
    if (join === undefined) {
      this.push(encodeFrame(frame));
      return;
    }
    if (this.#joining !== undefined && this.#joining.join !== join) this.#endJoining();
    if (this.#joining === undefined) {
      this.#joining = new JoinedFrames(join, frame);
      this.#flushAtTurnEnd();
    } else {
      this.#joining.add(frame);
    }
  }

  /** Writes the pending frames. Called at the end of a turn. */
  flush(): void {
    this.#isInPendingSends = false;
    if (!this.#isOpen) return;
    this.#write();
    if (this.#isCongested && !this.#isCongestionTold) {
      this.#isCongestionTold = true;
      this.#shared.handlers.drain(this.#session);
    }
  }

  subscribe(topic: string): void {
    if (!this.#isOpen) return;
    this.#topics.add(topic);
    this.#shared.topics.subscribe(topic, this);
  }

  unsubscribe(topic: string): void {
    this.#topics.delete(topic);
    this.#shared.topics.unsubscribe(topic, this);
  }

  /** The frames that wait leave before the close frame. `ws` drops a client that does not answer within 30 seconds. */
  close(code: number, reason: string): void {
    if (!this.#isOpen) return;
    if (this.#isEvicted) {
      // The close frame would wait behind what is to be dropped: only the server knows the code.
      this.#ended(code, reason);
      return;
    }
    this.#write();
    this.#ws.close(code, reason);
    this.#ended(code, reason);
  }

  terminate(): void {
    if (this.#isOpen) this.drop();
  }

  /** Terminates the socket, also if it is closing. */
  drop(): void {
    if (this.#isOpen) this.#write();
    this.#ws.terminate();
    this.#ended(ABNORMAL, '');
  }

  /** Called at regular intervals: pings a client from which nothing came since the last call, and drops it after four. */
  checkIdle(): void {
    const { bytesRead } = this.#raw;
    if (bytesRead !== this.#bytesSeen) {
      this.#bytesSeen = bytesRead;
      this.#idleChecks = 0;
      return;
    }
    this.#idleChecks += 1;
    if (this.#idleChecks >= IDLE_CHECKS) this.drop();
    else if (this.#idleChecks === 1 && this.#ws.readyState === WebSocket.OPEN) this.#ws.ping();
  }

  #push(frame: Buffer): SendStatus {
    const { queueBytes } = this.#shared;
    const waiting = this.#raw.writableLength;
    if (waiting > 0 && waiting + this.#pendingBytes > queueBytes) {
      this.#overflow();
      return 'dropped';
    }
    this.#pending.push(frame);
    this.#pendingBytes += frame.length;
    if (this.#pendingBytes >= FLUSH_BYTES) this.#write();
    // At its end, the session is also told that bytes wait.
    if (this.#pendingBytes > 0 || !this.#isCongestionTold) this.#flushAtTurnEnd();
    return this.#raw.writableLength > 0 ? 'queued' : 'sent';
  }

  #endJoining(): void {
    const joining = this.#joining;
    if (joining === undefined) return;
    this.#joining = undefined;
    this.#push(encodeFrame(joining.toFrame()));
  }

  #flushAtTurnEnd(): void {
    if (this.#isInPendingSends) return;
    this.#isInPendingSends = true;
    this.#shared.pendingSends.add(this);
  }

  #write(): void {
    if (this.#joining !== undefined) this.#endJoining();
    const frames = this.#pending;
    if (frames.length === 0) return;
    const bytes = this.#pendingBytes;
    this.#pending = [];
    this.#pendingBytes = 0;
    // A client that has closed reads no more.
    if (this.#ws.readyState !== WebSocket.OPEN) return;
    this.#raw.write(this.#shared.joiner.join(frames, bytes));
    if (this.#raw.writableLength > 0) this.#awaitDrain();
  }

  /** Node.js tells of an empty queue only when it was long; nothing, written at its end, is told of always. */
  #awaitDrain(): void {
    if (this.#isCongested) return;
    this.#isCongested = true;
    this.#shared.memory.add(this);
    this.#raw.write(NOTHING, () => {
      this.#isCongested = false;
      if (!this.#isOpen) return;
      if (this.#raw.writableLength > 0) this.#awaitDrain();
      else this.#isCongestionTold = false;
      this.#shared.handlers.drain(this.#session);
    });
  }

  #overflow(): void {
    if (this.#hasOverflowed) return;
    this.#hasOverflowed = true;
    setImmediate(() => {
      if (this.#isOpen) this.#shared.handlers.overflow(this.#session);
    });
  }

  /** The socket is closed for the server: at once when the server closes it, else when `ws` tells. */
  #ended(code: number, reason: string): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#pending = [];
    for (const topic of this.#topics) this.#shared.topics.unsubscribe(topic, this);
    this.#topics.clear();
    this.#shared.handlers.close(this.#session, code, reason);
  }
}

/** How many checks without a byte from the client end it. */
export const IDLE_CHECKS = 4;
