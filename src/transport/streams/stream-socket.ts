/**
 * A streamed response as the socket of a session: what the client says comes by requests of its own, and the last message
 * takes the place of a close frame. What is sent in a turn of the event loop leaves in one chunk.
 */

import type { Frame } from '../../protocol/text.ts';
import type { PendingSends } from '../common/pending-sends.ts';
import type { Topics } from '../common/topics.ts';
import { JoinedFrames } from '../common/joined-frames.ts';
import type {
  JoinFrames,
  ResponseSink,
  ResponseStream,
  SendStatus,
  Socket,
  WaitingBytes,
} from '../common/transport.ts';
import type { SocketSession } from '../socket-session.ts';
import { formatDisconnect, type StreamFormat } from './stream-format.ts';

/** With so many bytes pending, a stream does not wait for the end of the turn. */
const FLUSH_BYTES = 64 * 1024;

/** As of a WebSocket that ended without a close frame. */
const ABNORMAL = 1006;

/** What all streams share. */
export interface SharedByStreams {
  readonly topics: Topics<StreamSocket>;
  readonly pendingSends: PendingSends;
  /** Called when a stream has opened, and may refuse it. */
  opened(stream: StreamSocket): StreamRefusal | undefined;
  closed(stream: StreamSocket): void;
}

/** Why a stream is ended at its beginning. */
export interface StreamRefusal {
  readonly code: number;
  readonly reason: string;
}

/** A client that asks for a stream. */
export interface NewStream {
  /** The secret name of the stream. */
  readonly id: string;
  readonly session: SocketSession;
  readonly format: StreamFormat;
  /** The first frame of the client. */
  readonly first: string;
}

export class StreamSocket implements Socket, ResponseStream {
  readonly id: string;
  readonly format: StreamFormat;
  readonly #session: SocketSession;
  readonly #first: string;
  readonly #shared: SharedByStreams;
  readonly #topics = new Set<string>();
  /** Set while the stream is open. */
  #sink: ResponseSink | undefined;
  /** Encoded frames that are not written yet, in order. */
  #pending: Buffer[] = [];
  #pendingBytes = 0;
  /** Frames behind those, which are to be joined into one. */
  #joining: JoinedFrames | undefined;
  #isInPendingSends = false;
  /** What waits is dropped when it closes. */
  #isEvicted = false;
  /** The session knows that bytes wait in the send queue. */
  #isCongestionTold = false;

  constructor({ id, session, format, first }: NewStream, shared: SharedByStreams) {
    this.id = id;
    this.format = format;
    this.#session = session;
    this.#first = first;
    this.#shared = shared;
  }

  get filler(): string {
    return this.format.filler;
  }

  get isOpen(): boolean {
    return this.#sink !== undefined;
  }

  get bufferedBytes(): number {
    return this.#sink?.bufferedBytes ?? 0;
  }

  opened(sink: ResponseSink): void {
    const { beginning } = this.format;
    if (beginning !== '') sink.write(beginning);
    const refusal = this.#shared.opened(this);
    if (refusal !== undefined) {
      sink.end(this.format.encode(formatDisconnect(refusal.code, refusal.reason)));
      return;
    }
    this.#sink = sink;
    this.#session.opened(this);
    this.received(this.#first);
  }

  /** A frame of the client has come, by a request of its own. */
  received(frame: string): void {
    if (this.isOpen) this.#session.received(frame);
  }

  drained(): void {
    if (!this.isOpen) return;
    this.#isCongestionTold = this.bufferedBytes > 0;
    this.#session.drained();
  }

  overflowed(): void {
    if (this.isOpen) this.#session.overflowed();
  }

  evicted(waiting: WaitingBytes): void {
    this.#isEvicted = true;
    if (this.isOpen) this.#session.evicted?.(waiting);
  }

  closed(): void {
    this.#ended(ABNORMAL, '');
  }

  send(frame: Frame): SendStatus {
    if (!this.isOpen) return 'dropped';
    const status = this.push(this.format.encode(frame));
    if (status === 'queued') this.#isCongestionTold = true;
    return status;
  }

  /** Sends a frame that is encoded in the format of this stream. */
  push(bytes: Buffer): SendStatus {
    if (!this.isOpen) return 'dropped';
    if (this.#joining !== undefined) this.#endJoining();
    return this.#push(bytes);
  }

  sendSoon(frame: Frame, join?: JoinFrames): void {
    if (!this.isOpen) return;
    if (join === undefined) {
      this.push(this.format.encode(frame));
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
    this.#write();
    if (!this.isOpen || this.bufferedBytes === 0 || this.#isCongestionTold) return;
    this.#isCongestionTold = true;
    this.#session.drained();
  }

  subscribe(topic: string): void {
    if (!this.isOpen) return;
    this.#topics.add(topic);
    this.#shared.topics.subscribe(topic, this);
  }

  unsubscribe(topic: string): void {
    this.#topics.delete(topic);
    this.#shared.topics.unsubscribe(topic, this);
  }

  close(code: number, reason: string): void {
    if (this.#isEvicted) {
      // The last message would wait behind what is dropped now.
      this.#ended(code, reason);
      return;
    }
    this.#write();
    const sink = this.#sink;
    // The session is told first: the end of the response is not the end of a broken stream.
    this.#ended(code, reason);
    sink?.end(this.format.encode(formatDisconnect(code, reason)));
  }

  terminate(): void {
    this.#write();
    const sink = this.#sink;
    this.#ended(ABNORMAL, '');
    sink?.terminate();
  }

  #push(bytes: Buffer): SendStatus {
    this.#pending.push(bytes);
    this.#pendingBytes += bytes.length;
    if (this.#pendingBytes >= FLUSH_BYTES) this.#write();
    else this.#flushAtTurnEnd();
    return this.bufferedBytes > 0 ? 'queued' : 'sent';
  }

  #endJoining(): void {
    const joining = this.#joining;
    if (joining === undefined) return;
    this.#joining = undefined;
    this.#push(this.format.encode(joining.toFrame()));
  }

  #flushAtTurnEnd(): void {
    if (this.#isInPendingSends) return;
    this.#isInPendingSends = true;
    this.#shared.pendingSends.add(this);
  }

  #write(): void {
    if (this.#joining !== undefined) this.#endJoining();
    const [first, ...more] = this.#pending;
    if (first === undefined) return;
    const bytes = more.length === 0 ? first : Buffer.concat(this.#pending, this.#pendingBytes);
    this.#pending = [];
    this.#pendingBytes = 0;
    this.#sink?.write(bytes);
  }

  #ended(code: number, reason: string): void {
    if (!this.isOpen) return;
    this.#sink = undefined;
    this.#joining = undefined;
    this.#pending = [];
    for (const topic of this.#topics) this.#shared.topics.unsubscribe(topic, this);
    this.#topics.clear();
    this.#shared.closed(this);
    this.#session.closed(code, reason);
  }
}
