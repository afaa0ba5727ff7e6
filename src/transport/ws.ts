/**
 * The transport on `node:http` and `ws`, which runs on every Node.js. `ws` answers handshakes, reads frames and closes
 * sockets; what leaves is written by `ws/socket.ts`.
 */

import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerOptions,
  type ServerResponse,
} from 'node:http';
import { createServer as createSecureServer, type Server as SecureServer } from 'node:https';
import type { AddressInfo, Socket as RawSocket } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { Frame, Text } from '../protocol/text.ts';
import type { SocketSource } from '../system/socket-source.ts';
import { containHandlers, type ContainedHandlers } from './common/contained-handlers.ts';
import { PendingSends } from './common/pending-sends.ts';
import { announcesBody } from './common/request-body.ts';
import { REQUEST_GRACE_MS, RequestsUnderWay } from './common/requests-under-way.ts';
import { jsonError } from './common/responses.ts';
import {
  checkIdleTimeout,
  ListenError,
  MAX_HEAD_BYTES,
  type Certificate,
  type CreateTransport,
  type ListenAddress,
  type Transport,
  type TransportOptions,
} from './common/transport.ts';
import { NodeExchange, NodeRequestHead, type SharedByExchanges } from './ws/exchange.ts';
import { encodeFrame, FrameJoiner } from './ws/frames.ts';
import { countPieces, HTTP_DEADLINES, type HttpDeadlines } from './ws/deadlines.ts';
import { EndingConnections } from './ws/ending-connections.ts';
import { isHandshake, refuseHandshake, refuseRequest, serveWithoutUpgrade } from './ws/refusals.ts';
import type { SharedBySinks } from './ws/response-sink.ts';
import { ClosingWebSocket, IDLE_CHECKS, WsSocket, type SharedBySockets } from './ws/socket.ts';
import { SendMemory } from './common/send-memory.ts';
import { Topics } from './common/topics.ts';

/** A proxy keeps a connection for about a minute, and must not find it closed. */
const KEEP_ALIVE_MS = 75_000;
/** Connections that may wait to be accepted. A crowd that connects again at once is not refused. */
const BACKLOG = 4_096;

/**
 * A request that asks for an upgrade and has a body is read by newer versions of Node.js as any other; they lose what
 * follows a head without a body, and older versions know no such choice. So the others go to `upgrade`.
 */
const HTTP_OPTIONS: ServerOptions & { shouldUpgradeCallback: (req: IncomingMessage) => boolean } = {
  maxHeaderSize: MAX_HEAD_BYTES,
  keepAliveTimeout: KEEP_ALIVE_MS,
  // It is answered here, with an error of ours.
  requireHostHeader: false,
  shouldUpgradeCallback: (req) => isHandshake(req) || !announcesBody(new NodeRequestHead(req)),
};

/**
 * Makes the transport.
 * @throws {RangeError} for an idle timeout that is not supported.
 */
export const createWsTransport: CreateTransport = (handlers, options) =>
  wsTransportWith(HTTP_DEADLINES)(handlers, options);

/** Makes transports with other deadlines. */
export function wsTransportWith(deadlines: HttpDeadlines): CreateTransport {
  return (handlers, options) => {
    checkIdleTimeout(options.idleTimeoutSeconds);
    return new WsTransport(containHandlers(handlers), options, deadlines);
  };
}

/** How long a client may take to agree on a key, in milliseconds. */
const TLS_HANDSHAKE_MS = 10_000;

function createHttp(
  certificate: Certificate | undefined,
  { headMs, requestMs, checkMs }: HttpDeadlines,
): Server | SecureServer {
  const options = {
    ...HTTP_OPTIONS,
    headersTimeout: headMs,
    requestTimeout: requestMs,
    connectionsCheckingInterval: checkMs,
  };
  if (certificate === undefined) return createServer(options);
  const { cert, key } = certificate;
  const server = createSecureServer({
    ...options,
    cert: Buffer.from(cert),
    key: Buffer.from(key),
    handshakeTimeout: TLS_HANDSHAKE_MS,
  });
  // A client that speaks no TLS, or does not trust the certificate.
  server.on('tlsClientError', (_, socket) => socket.destroy());
  return server;
}

class WsTransport<Session> implements Transport {
  readonly #handlers: ContainedHandlers<Session>;
  readonly #http: Server | SecureServer;
  readonly #handshakes: WebSocketServer;
  /** All that are not gone, closing ones included. */
  readonly #sockets = new Set<WsSocket<Session>>();
  readonly #requests = new RequestsUnderWay();
  readonly #streams: SharedBySinks;
  readonly #memory: SendMemory;
  readonly #ending: EndingConnections;
  readonly #exchanges: SharedByExchanges;
  readonly #shared: SharedBySockets<Session>;
  readonly #idleCheck: NodeJS.Timeout | undefined;
  /** The sub-protocol that the server has chosen for a handshake. */
  readonly #subprotocols = new WeakMap<IncomingMessage, string>();
  #closed: Promise<void> | undefined;
  /** Where connections come from, if not from a listening socket of its own. */
  #source: SocketSource | undefined;

  constructor(handlers: ContainedHandlers<Session>, options: TransportOptions, deadlines: HttpDeadlines) {
    this.#handlers = handlers;
    const pieces = countPieces(options.maxFrameBytes);
    this.#ending = new EndingConnections(handlers.failed);
    this.#memory = new SendMemory(options.sendMemoryBytes ?? 0);
    this.#shared = shareBySockets(handlers, options.sendQueueBytes, this.#memory);
    this.#streams = { queueBytes: options.sendQueueBytes, sinks: new Set(), memory: this.#memory };
    this.#exchanges = {
      underWay: this.#requests,
      ending: this.#ending,
      sinks: this.#streams,
      answerMs: deadlines.answerMs,
    };
    this.#handshakes = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      perMessageDeflate: false,
      maxPayload: options.maxFrameBytes,
      maxFragments: pieces,
      maxBufferedChunks: pieces,
      WebSocket: ClosingWebSocket,
      autoPong: false,
      handleProtocols: (_offered, req) => this.#subprotocols.get(req) ?? false,
    });
    this.#handshakes.on('wsClientError', ({ message }, socket) =>
      this.#ending.end(socket, jsonError(400, message)),
    );
    this.#http = createHttp(options.certificate, deadlines);
    this.#http.maxHeadersCount = 0;
    if (options.maxSockets !== undefined) this.#http.maxConnections = options.maxSockets;
    this.#http.on('drop', () => handlers.crowded());
    this.#http.on('request', (req, res) => this.#request(req, res));
    this.#http.on('checkExpectation', (req, res) => this.#request(req, res));
    this.#http.on('upgrade', (req, socket, head) =>
      this.#ending.afterAnswers(socket, () => this.#upgrade(req, socket, head)),
    );
    this.#http.on('connect', (_req, socket) =>
      this.#ending.afterAnswers(socket, () =>
        this.#ending.end(socket, jsonError(405, 'this server is no proxy')),
      ),
    );
    this.#http.on('clientError', (error, socket) => this.#ending.endBadBytes(error, socket));
    if (options.idleTimeoutSeconds > 0) {
      const everyMs = (options.idleTimeoutSeconds * 1_000) / IDLE_CHECKS;
      this.#idleCheck = setInterval(() => this.#checkIdle(), everyMs).unref();
    }
  }

  listen({ host, port, shared }: ListenAddress): Promise<ListenAddress> {
    if (typeof shared === 'object') return Promise.resolve(this.#listenBy(shared, host));
    return new Promise((resolve, reject) => {
      this.#http.once('error', () => reject(new ListenError(host, port)));
      this.#http.listen({ host, port, exclusive: true, backlog: BACKLOG }, () => {
        const { port: chosen } = this.#http.address() as AddressInfo;
        resolve({ host, port: chosen });
      });
    });
  }

  stopListening(): void {
    if (this.#source === undefined) this.#http.close();
    else this.#source.close();
  }

  async useCertificate({ cert, key }: Certificate): Promise<void> {
    if ('setSecureContext' in this.#http)
      this.#http.setSecureContext({ cert: Buffer.from(cert), key: Buffer.from(key) });
  }

  publish(topic: Text, frame: Frame): void {
    const subscribers = this.#shared.topics.of(topic);
    if (subscribers === undefined) return;
    const bytes = encodeFrame(frame);
    for (const socket of subscribers) socket.push(bytes);
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  /** The connections come from another process. Their deadlines run from when a server listens. */
  #listenBy(source: SocketSource, host: string): ListenAddress {
    this.#source = source;
    this.#http.emit('listening');
    let open = 0;
    source.open((socket) => {
      if (open >= (this.#http.maxConnections ?? Infinity)) {
        socket.destroy();
        this.#handlers.crowded();
        return;
      }
      open += 1;
      socket.once('close', () => (open -= 1));
      this.#http.emit('connection', socket);
    });
    return { host, port: source.port };
  }

  async #close(): Promise<void> {
    this.#source?.close();
    clearInterval(this.#idleCheck);
    this.#memory.close();
    const stopped = new Promise<void>((resolve) => {
      this.#http.close(() => resolve());
    });
    await this.#requests.none(REQUEST_GRACE_MS);
    this.#shared.pendingSends.flushAll();
    for (const socket of this.#sockets) socket.drop();
    for (const sink of this.#streams.sinks) sink.terminate();
    this.#ending.destroy();
    this.#http.closeAllConnections();
    await stopped;
  }

  #request(req: IncomingMessage, res: ServerResponse): void {
    this.#ending.noteRequest(req, res);
    const exchange = new NodeExchange(req, res, this.#exchanges);
    exchange.answer(refuseRequest(req) ?? this.#handlers.request(exchange));
  }

  #upgrade(req: IncomingMessage, socket: Duplex, head: Buffer): void {
    if (!isHandshake(req)) {
      serveWithoutUpgrade(this.#http, req, socket, head);
      return;
    }
    socket.on('error', () => socket.destroy());
    const refusal = refuseHandshake(req);
    const outcome =
      refusal === undefined
        ? this.#handlers.upgrade(new NodeRequestHead(req))
        : ({ accept: false, response: refusal } as const);
    if (!outcome.accept) {
      this.#ending.end(socket, outcome.response);
      return;
    }
    const { session, subprotocol } = outcome;
    if (subprotocol !== undefined) this.#subprotocols.set(req, subprotocol);
    this.#handshakes.handleUpgrade(req, socket, head, (ws) =>
      this.#open(ws as ClosingWebSocket, socket as RawSocket, session),
    );
  }

  #open(ws: ClosingWebSocket, raw: RawSocket, session: Session): void {
    const socket = new WsSocket(ws, raw, session, this.#shared);
    this.#sockets.add(socket);
    ws.on('close', () => this.#sockets.delete(socket));
    this.#handlers.open(session, socket);
  }

  #checkIdle(): void {
    for (const socket of this.#sockets) socket.checkIdle();
  }
}

function shareBySockets<Session>(
  handlers: ContainedHandlers<Session>,
  queueBytes: number,
  memory: SendMemory,
): SharedBySockets<Session> {
  const joiner = new FrameJoiner();
  // What the sockets of a turn have said leaves behind it, when all of them were read.
  const pendingSends = new PendingSends((flush) => {
    setImmediate(() => {
      flush();
      joiner.clear();
    });
  });
  return { handlers, queueBytes, topics: new Topics(), pendingSends, joiner, memory };
}
