/**
 * What carries bytes between clients and the server: the interface that uWebSockets.js and the in-memory
 * transport of tests both keep. It knows no rooms, no commands and no actors.
 */

import type { Frame, Text } from '../protocol/text.ts';

/** What a frame was to a socket's send queue. */
export type SendStatus =
  /** Handed to the operating system. */
  | 'sent'
  /** Waits in the send queue; `drain` follows. */
  | 'queued'
  /** Lost: the send queue is over its limit, and `overflow` follows; or the socket has closed. */
  | 'dropped';

/** Makes one frame of several. */
export type JoinFrames = (frames: readonly Frame[]) => Frame;

/** One open WebSocket. After it has closed every method is harmless and does nothing. */
export interface Socket {
  readonly isOpen: boolean;
  /** A `Uint8Array` leaves as a binary frame, everything else as a text frame. */
  send(frame: Frame): SendStatus;
  /**
   * Sends a frame that may wait for others of this turn, to leave with them in one packet; frames that were given the same
   * `join` in a row leave as one frame. It keeps its place before whatever is sent, published or closed later. `drain` of
   * the handlers tells when it has to wait in the send queue.
   */
  sendSoon(frame: Frame, join?: JoinFrames): void;
  /** Adds the socket to a topic's receivers. */
  subscribe(topic: string): void;
  unsubscribe(topic: string): void;
  /**
   * Says goodbye with a close frame; `close` of the handlers runs before this returns. A client whose send
   * queue is over its limit gets what is queued and then the code when it reads again, for a while.
   * The reason is at most 123 bytes of UTF-8.
   */
  close(code: number, reason: string): void;
  /** Drops the socket without a word; `close` of the handlers runs with code 1006. */
  terminate(): void;
  /** Bytes waiting in the send queue. */
  readonly bufferedBytes: number;
}

/** What is known of a request before its body. It can be asked until the request is answered, in later turns too. */
export interface RequestHead {
  /** Upper case. */
  readonly method: string;
  /** The path as sent, still percent-encoded, without the query. */
  readonly path: string;
  /** The query as sent, without the `?`. */
  readonly query: string;
  /** A header by its lower-case name, the first of that name; `undefined` when it is absent or empty. */
  header(name: string): string | undefined;
  /** The peer's address as text. */
  readonly remoteAddress: string;
}

export interface TransportRequest extends RequestHead {
  /**
   * Reads the body, once.
   * @throws {BodyTooLargeError} when it is longer than `maxBytes`.
   * @throws {RequestAbortedError} when the client goes away first.
   */
  body(maxBytes: number): Promise<Uint8Array>;
}

export interface TransportResponse {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Left out or empty: a response without a body. For HEAD only its length is sent. */
  readonly body?: string | Uint8Array;
}

/** The body of a request is longer than its route takes. */
export class BodyTooLargeError extends Error {
  readonly code = 'BODY_TOO_LARGE';
  readonly maxBytes: number;
  constructor(maxBytes: number) {
    super(`the body is longer than ${maxBytes} bytes`);
    this.maxBytes = maxBytes;
  }
}

/** The client went away before its request was read. */
export class RequestAbortedError extends Error {
  readonly code = 'REQUEST_ABORTED';
  constructor() {
    super('the client went away');
  }
}

/** The address could not be listened on. */
export class ListenError extends Error {
  readonly code = 'LISTEN_FAILED';
  constructor(host: string, port: number) {
    super(
      `cannot listen on ${host}:${port}: the port is in use, needs more rights, or the address is not this machine's`,
    );
  }
}

/**
 * The answer to a handshake: `accept` with what belongs to this socket from now on, and the sub-protocol that is spoken, if
 * one was agreed on; or a response that refuses.
 */
export type UpgradeOutcome<Session> =
  | { readonly accept: true; readonly session: Session; readonly subprotocol?: string | undefined }
  | { readonly accept: false; readonly response: TransportResponse };

/** What the server does with what happens on the transport. `Session` is the server's own object of a socket. */
export interface TransportHandlers<Session> {
  /** A WebSocket handshake. */
  upgrade(request: RequestHead): UpgradeOutcome<Session>;
  open(session: Session, socket: Socket): void;
  /** A text frame as a string, or a binary frame as bytes that are valid during the call. */
  message(session: Session, frame: string | Uint8Array): void;
  /**
   * The send queue got shorter, or was found to hold something a while after a publication; `bufferedBytes` of the
   * socket tells how much.
   */
  drain(session: Session): void;
  /**
   * A frame was dropped, since the send queue is over its limit: called once for a socket, after the call that
   * dropped it. The socket may be closed right here.
   */
  overflow(session: Session): void;
  /** Called exactly once for each socket that was open; 1005 for a close without a code, 1006 for none at all. */
  close(session: Session, code: number, reason: string): void;
  /** Any other request. A rejected promise is answered with 500. */
  request(request: TransportRequest): TransportResponse | Promise<TransportResponse>;
  /** A handler threw. The transport has contained it; this is for the log. */
  failed(error: unknown): void;
}

export interface TransportOptions {
  /** Longest frame a client may send, in bytes; a longer one costs the socket (1006 at both ends). */
  readonly maxFrameBytes: number;
  /** Longest send queue of a socket, in bytes; past it frames are dropped and `overflow` is called. */
  readonly sendQueueBytes: number;
  /** Seconds of silence, pings unanswered, after which a socket is dropped: 8 to 960, or 0 for never. */
  readonly idleTimeoutSeconds: number;
}

export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

export interface Transport {
  /**
   * Starts to listen and resolves to the address, with the real port where 0 was asked for.
   * @throws {ListenError}
   */
  listen(address: ListenAddress): Promise<ListenAddress>;
  /** Sends a frame to all sockets subscribed to a topic. */
  publish(topic: Text, frame: Frame): void;
  /** Stops listening, waits up to 5 seconds for requests under way, drops what is left, and resolves. */
  close(): Promise<void>;
}

/** Makes a transport; the server is given one of these. */
export type CreateTransport = <Session>(
  handlers: TransportHandlers<Session>,
  options: TransportOptions,
) => Transport;
