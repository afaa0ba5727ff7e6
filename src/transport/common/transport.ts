/**
 * The interface of a transport, which carries bytes between clients and the server. Those on uWebSockets.js and on `ws`,
 * and the in-memory one for tests, implement it. It knows no rooms, no commands and no actors.
 */

import type { Frame, Text } from '../../protocol/text.ts';
import type { SocketSource } from '../../system/socket-source.ts';

/** What happened to a frame that was given to a socket. */
export type SendStatus =
  /** The operating system has it, or gets it at the end of this turn of the event loop. */
  | 'sent'
  /** It waits in the send queue; `drain` follows. */
  | 'queued'
  /** It is lost: the send queue is over its limit and `overflow` follows, or the socket is closed. */
  | 'dropped';

/** Joins several frames into one. */
export type JoinFrames = (frames: readonly Frame[]) => Frame;

/** One WebSocket. When it is closed, every method does nothing and does not throw. */
export interface Socket {
  readonly isOpen: boolean;
  /** A `Uint8Array` is sent as a binary frame, everything else as a text frame. */
  send(frame: Frame): SendStatus;
  /**
   * Sends a frame at the end of this turn of the event loop, together with the other frames of the turn, in one system
   * call. Frames in a row with the same `join` are joined into one frame. The order is kept: everything that is sent,
   * published or closed later comes after this frame. The handler `drain` is called if the frame waits in the send queue.
   */
  sendSoon(frame: Frame, join?: JoinFrames): void;
  /**
   * Runs `work` as if a frame of the client was being handled: what the socket is sent meanwhile leaves in as few system
   * calls. Absent: that makes no difference.
   */
  together?(work: () => void): void;
  /** Adds the socket to the subscribers of a topic. */
  subscribe(topic: string): void;
  unsubscribe(topic: string): void;
  /**
   * Closes the socket with a close frame. The handler `close` is called before this returns. If the send queue is over
   * its limit, the queued frames and the close frame wait until the client reads again; a transport may stop waiting
   * after some time.
   * @param reason At most 123 bytes of UTF-8.
   */
  close(code: number, reason: string): void;
  /** Drops the socket without a close frame. The handler `close` is called with code 1006. */
  terminate(): void;
  /** Bytes that wait in the send queue. */
  readonly bufferedBytes: number;
}

/** A request without its body. It can be read until the request is answered, also in later turns of the event loop. */
export interface RequestHead {
  /** Upper case. */
  readonly method: string;
  /** The path as the client sent it: percent-encoded, without the query. */
  readonly path: string;
  /** The query as the client sent it, without the `?`. */
  readonly query: string;
  /** The first header with this name (in lower case); `undefined` when it is absent or empty. */
  header(name: string): string | undefined;
  /** All headers by their names (in lower case); of several with one name, one. */
  headers(): Readonly<Record<string, string>>;
  /** The values of all headers with this name (in lower case), in the order in which they came. */
  headerLines(name: string): readonly string[];
  /** The IP address of the client, or of the last trusted proxy before it that told none. */
  readonly remoteAddress: string;
}

export interface TransportRequest extends RequestHead {
  /**
   * Reads the whole body. It can be called once only.
   * @throws {BodyTooLargeError} when the body is longer than `maxBytes`.
   * @throws {RequestAbortedError} when the client disconnects before the body is complete.
   */
  body(maxBytes: number): Promise<Uint8Array>;
}

export interface TransportResponse {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** If it is absent or empty, the response has no body. For HEAD only the length of the body is sent. */
  readonly body?: string | Uint8Array;
  /**
   * In place of a body: it is sent in chunks, until the server or the client ends it. The answer to HEAD, and to a request
   * whose body was not read to its end, has none.
   */
  readonly stream?: ResponseStream;
}

/** A part of a body. The memory of a `Uint8Array` must not change after the call. */
export type Chunk = string | Uint8Array;

/** The server's object for one streamed response. `opened` is called once and first; the others only after it. */
export interface ResponseStream {
  /** A chunk that means nothing to the client, wherever it stands between chunks: a transport may need to send something. */
  readonly filler: string;
  /** The transport has the status and the headers. They leave with the first chunk, or when this returns. */
  opened(sink: ResponseSink): void;
  /** The send queue became shorter. Read `bufferedBytes` of the sink to know its length. */
  drained(): void;
  /**
   * A chunk was dropped because the send queue is over its limit. It is called once for a sink, and never inside the call
   * that dropped the chunk. It may end the response.
   */
  overflowed(): void;
  /** Too much waits for all clients, and most of it in this response: the connection is dropped after this call. */
  evicted?(waiting: WaitingBytes): void;
  /** Called exactly once: the response has ended, or the client is gone. */
  closed(): void;
}

/** What waits to be sent, in bytes. */
export interface WaitingBytes {
  /** To one client. */
  readonly own: number;
  /** To all clients together. */
  readonly all: number;
}

/** Where the chunks of one response go. When it is closed, every method does nothing and does not throw. */
export interface ResponseSink {
  readonly isOpen: boolean;
  /** Sends a chunk at once. */
  write(chunk: Chunk): SendStatus;
  /**
   * Ends the response behind the chunks that wait. The client gets them when it reads, for a time that the transport
   * limits. `closed` of the stream is called before this returns.
   * @param last One more chunk, which is sent in any case.
   */
  end(last?: Chunk): void;
  /** Drops the connection. `closed` of the stream is called before this returns. */
  terminate(): void;
  /** Bytes that wait in the send queue. A transport that does not know how much of a chunk has left counts the whole chunk. */
  readonly bufferedBytes: number;
}

/** The body of a request is longer than its route allows. */
export class BodyTooLargeError extends Error {
  readonly code = 'BODY_TOO_LARGE';
  readonly maxBytes: number;
  constructor(maxBytes: number) {
    super(`the body is longer than ${maxBytes} bytes`);
    this.maxBytes = maxBytes;
  }
}

/** The client disconnected before its request was read. */
export class RequestAbortedError extends Error {
  readonly code = 'REQUEST_ABORTED';
  constructor() {
    super('the client went away');
  }
}

/** The server cannot listen on the address. */
export class ListenError extends Error {
  readonly code = 'LISTEN_FAILED';
  constructor(host: string, port: number) {
    super(
      `cannot listen on ${host}:${port}: the port is in use, needs more rights, or the address is not this machine's`,
    );
  }
}

/**
 * The answer to a handshake: either it is accepted, with the server's object for the socket and the sub-protocol (if one
 * was chosen), or it is refused with a response.
 */
export type UpgradeOutcome<Session> =
  | { readonly accept: true; readonly session: Session; readonly subprotocol?: string | undefined }
  | { readonly accept: false; readonly response: TransportResponse };

/** The functions of the server that the transport calls. `Session` is the server's own object for a socket. */
export interface TransportHandlers<Session> {
  /** Accepts or refuses a WebSocket handshake. */
  upgrade(request: RequestHead): UpgradeOutcome<Session>;
  open(session: Session, socket: Socket): void;
  /** A frame was received: a text frame is a string; a binary frame is bytes, which are valid during the call only. */
  message(session: Session, frame: string | Uint8Array): void;
  /**
   * The send queue became shorter, or a regular check found that it is not empty. Read `bufferedBytes` of the socket to
   * know its length.
   */
  drain(session: Session): void;
  /**
   * A frame was dropped because the send queue is over its limit. It is called once for a socket, and never inside the
   * call that dropped the frame. It may close the socket.
   */
  overflow(session: Session): void;
  /**
   * Too much waits for all clients (`sendMemoryBytes`), and most of it for this one: what waits is dropped with the
   * connection after this call, so that the client sees 1006. If the call closes the socket, `close` has its code and reason.
   */
  evict?(session: Session, waiting: WaitingBytes): void;
  /**
   * Called exactly once for each socket that was open. The code is 1005 for a close frame without a code, and 1006 if
   * there was no close frame.
   */
  close(session: Session, code: number, reason: string): void;
  /** Answers any other request. If it throws or rejects, the response is 500. */
  request(request: TransportRequest): TransportResponse | Promise<TransportResponse>;
  /** A handler threw. The transport has caught the error and goes on; this is for the log. */
  failed(error: unknown): void;
  /** A socket was closed when it was accepted, because there were `maxSockets`. */
  crowded?(): void;
}

/** A certificate and its key: the files, and what is in them (PEM). */
export interface Certificate {
  readonly certFile: string;
  readonly keyFile: string;
  readonly cert: Uint8Array;
  readonly key: Uint8Array;
}

export interface TransportOptions {
  /**
   * Longest frame that a client may send, in bytes. A longer one closes the socket. The server sees code 1006; the client
   * sees 1009 where the transport tells why, and else 1006.
   */
  readonly maxFrameBytes: number;
  /** Longest send queue of a socket or a streamed response, in bytes. Above it, frames are dropped and `overflow` is called. */
  readonly sendQueueBytes: number;
  /**
   * What may wait in the send queues of all sockets and streamed responses together, in bytes. Above it, those with the longest
   * queues are dropped; it is looked at now and then. 0 and the default: no limit.
   */
  readonly sendMemoryBytes?: number;
  /** A socket that sends nothing for so many seconds, not even a pong, is dropped: 8 to 960, or 0 for never. */
  readonly idleTimeoutSeconds: number;
  /**
   * How many sockets may be open at a time, WebSocket or HTTP. A further one is closed when it is accepted, before
   * anything is read from it. Default: no limit.
   */
  readonly maxSockets?: number;
  /** With it, all connections are encrypted by TLS. */
  readonly certificate?: Certificate | undefined;
}

/** The request line and the headers of a request may take so many bytes. A longer head is refused with 431. */
export const MAX_HEAD_BYTES = 16 * 1024;

/** The limits of an idle timeout, in seconds. uWebSockets.js ends the process with any other. */
const MIN_IDLE_SECONDS = 8;
const MAX_IDLE_SECONDS = 960;

/** @throws {RangeError} for an idle timeout that transports do not support. */
export function checkIdleTimeout(seconds: number): void {
  if (seconds === 0 || (seconds >= MIN_IDLE_SECONDS && seconds <= MAX_IDLE_SECONDS)) return;
  throw new RangeError(
    `the idle timeout must be 0 or ${MIN_IDLE_SECONDS} to ${MAX_IDLE_SECONDS} seconds, and is ${seconds}`,
  );
}

export interface ListenAddress {
  readonly host: string;
  readonly port: number;
  /**
   * Other processes have the same port: the system spreads the connections (true), or another process hands them on.
   * A transport can do one of the two. Default: the port is this transport's alone.
   */
  readonly shared?: true | SocketSource | undefined;
}

export interface Transport {
  /**
   * Starts to listen. Resolves to the address; if the given port was 0, it has the port that was chosen.
   * @throws {ListenError}
   */
  listen(address: ListenAddress): Promise<ListenAddress>;
  /** Takes no new connections any more. Those that are open stay. Needed by workers only. */
  stopListening?(): void;
  /**
   * Shows another certificate to new connections. Those that are open stay as they are. Absent: it needs a new transport.
   * @throws {Error} (as a rejection) if it cannot be used; the one before stays.
   */
  useCertificate?(certificate: Certificate): Promise<void>;
  /** Sends a frame to all sockets that are subscribed to a topic. */
  publish(topic: Text, frame: Frame): void;
  /**
   * Stops listening, waits up to 5 seconds for unanswered requests, drops all connections, those of streamed responses
   * too, and resolves.
   */
  close(): Promise<void>;
}

/** `auto` is uWebSockets.js where it can be used, and else `ws`. */
export type TransportSetting = 'auto' | 'uws' | 'ws';

/** Makes a transport. The server gets such a function and calls it with its handlers. */
export type CreateTransport = <Session>(
  handlers: TransportHandlers<Session>,
  options: TransportOptions,
) => Transport;
