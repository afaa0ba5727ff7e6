/** One TCP connection to a servant: sends requests, receives replies and tells its end. It does not reconnect. */

import type { Socket } from 'node:net';
import { LinkError, type LinkReply, type LinkRequest } from '../servant-link.ts';
import { FrameSplitter } from '../wire/frame-splitter.ts';
import { PACKET_TYPE, ReplyHead, RequestPacket } from '../wire/packets.ts';
import { WriteBatch } from '../write-batch.ts';
import { formatEndpoint, type Endpoint } from './endpoint.ts';
import { toLoss, toSilence } from './link-failure.ts';

/** A connection with more unsent bytes than this takes no further requests. */
const MAX_UNSENT_BYTES = 1024 * 1024;
/** This many time-outs in a row, with no byte received since the first of those requests was sent, end a connection. */
const MAX_SILENT_TIMEOUTS = 3;
/** The deadline is an int32 in the request. */
const MAX_TIMEOUT_MS = 2 ** 31 - 1;

/** The callbacks of a connection. They are never called from within one of its methods. */
export interface ConnectionListener {
  /** `isExpected` is false if the request was not sent here, or has timed out. */
  replied(reply: LinkReply, isExpected: boolean): void;
  /** It takes requests again after it has refused one. */
  drained(): void;
  /** It has ended; these requests have no reply. */
  ended(requestIds: readonly number[], error: LinkError): void;
}

export class Connection {
  readonly #socket: Socket;
  readonly #endpoint: Endpoint;
  readonly #listener: ConnectionListener;
  readonly #splitter: FrameSplitter;
  readonly #batch: WriteBatch;
  /** By request id: the value of `#reads` when the request was sent. */
  readonly #pending = new Map<number, number>();
  /** `ending`: it takes no requests any more, and the listener will be called. */
  #state: 'open' | 'ending' | 'over' = 'open';
  #hasRefused = false;
  #reads = 0;
  #silentTimeouts = 0;

  /** @param socket A connected socket without other listeners. */
  constructor(socket: Socket, endpoint: Endpoint, maxFrameBytes: number, listener: ConnectionListener) {
    this.#socket = socket;
    this.#endpoint = endpoint;
    this.#listener = listener;
    this.#splitter = new FrameSplitter(maxFrameBytes);
    this.#batch = new WriteBatch(socket);
    socket.on('data', (chunk) => this.#receive(chunk));
    socket.on('drain', () => this.#drained());
    socket.on('end', () => this.#fail(toLoss(endpoint, 'was closed by the servant')));
    socket.on('error', (cause) => this.#fail(toLoss(endpoint, 'broke', cause)));
    socket.on('close', () => this.#fail(toLoss(endpoint, 'is closed')));
    // An idle connection does not keep the process alive; a call that waits for a reply does.
    socket.unref();
  }

  get isOpen(): boolean {
    return this.#state === 'open';
  }

  /** No call waits for a reply. */
  get isIdle(): boolean {
    return this.#pending.size === 0;
  }

  has(requestId: number): boolean {
    return this.#pending.has(requestId);
  }

  /**
   * False when the connection has ended, or has too much unsent data: nothing was sent.
   * @throws {TarsEncodeError} for a request that cannot be encoded.
   */
  send(servant: string, request: LinkRequest): boolean {
    if (this.#state !== 'open') return false;
    if (this.#batch.unsentBytes > MAX_UNSENT_BYTES) {
      this.#hasRefused = true;
      return false;
    }
    this.#batch.add(RequestPacket.writeFrame, toPacket(servant, request));
    if (request.oneWay === true) return true;
    if (this.#pending.size === 0) this.#socket.ref();
    this.#pending.set(request.requestId, this.#reads);
    return true;
  }

  /** The caller does not wait for this request any more. */
  timedOut(requestId: number): void {
    const readsBefore = this.#pending.get(requestId);
    if (readsBefore === undefined) return;
    this.#forget(requestId);
    if (readsBefore !== this.#reads) return;
    this.#silentTimeouts += 1;
    if (this.#silentTimeouts < MAX_SILENT_TIMEOUTS || this.#state !== 'open') return;
    this.#state = 'ending';
    process.nextTick(() => this.#fail(toSilence(this.#endpoint)));
  }

  /** The caller does not wait for this request any more, and its outcome does not count. */
  forget(requestId: number): void {
    this.#forget(requestId);
  }

  /** Drops the connection without calling the listener; returns the requests that have no reply. */
  drop(): readonly number[] {
    this.#state = 'over';
    this.#socket.removeAllListeners();
    // Without a listener the socket would throw its errors.
    this.#socket.on('error', ignore);
    this.#socket.destroy();
    const ids = [...this.#pending.keys()];
    this.#pending.clear();
    return ids;
  }

  #receive(chunk: Uint8Array): void {
    this.#reads += 1;
    this.#silentTimeouts = 0;
    let packets: readonly Uint8Array[] = [];
    try {
      packets = this.#splitter.push(chunk);
    } catch (cause) {
      this.#refuse(cause);
    }
    for (const packet of packets) {
      const reply = this.#decode(packet);
      // The listener may have dropped the connection at the reply before.
      if (reply === undefined || this.#state !== 'open') return;
      this.#listener.replied(reply, this.#forget(reply.requestId));
    }
  }

  #decode(packet: Uint8Array): LinkReply | undefined {
    try {
      return decodeReply(packet, this.#endpoint);
    } catch (cause) {
      this.#refuse(cause);
      return undefined;
    }
  }

  #refuse(cause: unknown): void {
    const message = `what ${formatEndpoint(this.#endpoint)} sent is no reply`;
    this.#fail(new LinkError('undecodable', message, { cause }));
  }

  /** Whether a caller waited for the request. */
  #forget(requestId: number): boolean {
    if (!this.#pending.delete(requestId)) return false;
    if (this.#pending.size === 0) this.#socket.unref();
    return true;
  }

  #drained(): void {
    if (!this.#hasRefused) return;
    this.#hasRefused = false;
    this.#listener.drained();
  }

  #fail(error: LinkError): void {
    if (this.#state !== 'over') this.#listener.ended(this.drop(), error);
  }
}

const NO_TEXTS = new Map<string, string>();

function toPacket(servant: string, request: LinkRequest): RequestPacket {
  const { requestId, func, body, timeoutMs, context, oneWay } = request;
  return {
    packetType: oneWay === true ? PACKET_TYPE.oneWay : PACKET_TYPE.normal,
    requestId,
    servant,
    func,
    body,
    timeoutMs: Math.min(Math.ceil(timeoutMs), MAX_TIMEOUT_MS),
    context: (context ?? NO_TEXTS) as Map<string, string>,
    status: NO_TEXTS,
  };
}

function decodeReply(packet: Uint8Array, endpoint: Endpoint): LinkReply {
  const { requestId, ret, body, description } = ReplyHead.decode(packet);
  return description === ''
    ? { requestId, ret, body, endpoint }
    : { requestId, ret, body, endpoint, description };
}

function ignore(): void {}
