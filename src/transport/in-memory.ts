/**
 * The transport for tests: it behaves as the real one, but has no sockets, and it includes the client side. A client's
 * method returns after the handlers were called, and the client has what the server sends at once, so nothing depends
 * on time. It has no clock: there are no idle timeouts, and a slow client that was closed can read its close frame at
 * any later time.
 */

import { readText, type Frame, type Text } from '../protocol/text.ts';
import { containHandlers, type ContainedHandlers } from './common/contained-handlers.ts';
import { MemorySocket, type InMemoryClient } from './in-memory-socket.ts';
import { MemorySink, type StreamClient } from './in-memory-stream.ts';
import { RequestBody } from './common/request-body.ts';
import { REQUEST_GRACE_MS, RequestsUnderWay } from './common/requests-under-way.ts';
import { jsonError } from './common/responses.ts';
import type {
  CreateTransport,
  ListenAddress,
  RequestHead,
  Transport,
  TransportOptions,
  TransportResponse,
} from './common/transport.ts';

export interface ConnectOptions {
  /** Default `/`. */
  readonly path?: string;
  /** Without the `?`. Default empty. */
  readonly query?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface RequestOptions extends ConnectOptions {
  /** Default `GET`. */
  readonly method?: string;
  readonly body?: string | Uint8Array;
  /** True if `body` is only the first part of the body and the rest is never sent. */
  readonly isUnfinished?: boolean;
  /** When it is aborted, the client disconnects. */
  readonly signal?: AbortSignal;
}

/** A response as a client sees it. */
export interface ClientResponse {
  readonly status: number;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The server refused a handshake with a response. */
export class HandshakeRefusedError extends Error {
  readonly code = 'HANDSHAKE_REFUSED';
  readonly response: ClientResponse;
  constructor(response: ClientResponse) {
    super(`the handshake was refused with ${response.status}`);
    this.response = response;
  }
}

export interface InMemoryTransport {
  /** Give this to the server. The client side uses the transport that was made last. */
  readonly create: CreateTransport;
  /**
   * Opens a socket. Rejects if the transport does not listen.
   * @throws {HandshakeRefusedError} with the server's response.
   */
  readonly connect: (options?: ConnectOptions) => Promise<InMemoryClient>;
  /**
   * Sends a request, and reads the response to its end. Rejects if the transport does not listen, and when the request is
   * aborted.
   */
  readonly request: (options?: RequestOptions) => Promise<ClientResponse>;
  /** Sends a request, and resolves when the head of the response is there. Its body is streamed. */
  readonly stream: (options?: RequestOptions) => Promise<StreamClient>;
}

/** Makes a transport without sockets, and its client side. */
export function createInMemoryTransport(): InMemoryTransport {
  let latest: ClientSide | undefined;
  function reach(): ClientSide {
    if (latest?.isListening !== true) throw new Error('nothing listens on the in-memory transport');
    return latest;
  }
  return {
    create: (handlers, options) => {
      const transport = new MemoryTransport(containHandlers(handlers), options);
      latest = transport;
      return transport;
    },
    connect: async (options = {}) => reach().connect(options),
    request: async (options = {}) => reach().request(options),
    stream: async (options = {}) => reach().stream(options),
  };
}

/** What the client side needs of a transport; it does not depend on the type of the sessions. */
interface ClientSide {
  readonly isListening: boolean;
  connect(options: ConnectOptions): InMemoryClient;
  request(options: RequestOptions): Promise<ClientResponse>;
  stream(options: RequestOptions): Promise<StreamClient>;
}

/** A response whose head the client has. `sink` is set if it is streamed. */
interface Begun {
  readonly response: TransportResponse;
  readonly sink: MemorySink | undefined;
}

/** The port that is given for port 0. Its value has no meaning: there are no ports. */
const ANY_PORT = 1;

class MemoryTransport<Session> implements Transport, ClientSide {
  isListening = false;
  readonly #handlers: ContainedHandlers<Session>;
  readonly #options: TransportOptions;
  readonly #sockets = new Set<MemorySocket<Session>>();
  readonly #sinks = new Set<MemorySink>();
  readonly #requests = new RequestsUnderWay();
  readonly #dropping = new AbortController();
  #closed: Promise<void> | undefined;

  constructor(handlers: ContainedHandlers<Session>, options: TransportOptions) {
    this.#handlers = handlers;
    this.#options = options;
  }

  listen({ host, port }: ListenAddress): Promise<ListenAddress> {
    this.isListening = true;
    return Promise.resolve({ host, port: port === 0 ? ANY_PORT : port });
  }

  publish(topic: Text, frame: Frame): void {
    const name = readText(topic);
    for (const socket of this.#sockets) {
      if (socket.topics.has(name)) socket.send(frame);
    }
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    this.isListening = false;
    await this.#requests.none(REQUEST_GRACE_MS);
    for (const socket of this.#sockets) socket.drop('');
    for (const sink of this.#sinks) sink.terminate();
    this.#dropping.abort(new Error('the transport has closed'));
  }

  connect(options: ConnectOptions): InMemoryClient {
    const outcome = this.#handlers.upgrade(createHead('GET', options));
    if (!outcome.accept) throw new HandshakeRefusedError(toClientResponse('GET', outcome.response));
    const { session, subprotocol = '' } = outcome;
    const socket: MemorySocket<Session> = new MemorySocket(
      { session, subprotocol },
      this.#handlers,
      this.#options,
      () => this.#sockets.delete(socket),
    );
    this.#sockets.add(socket);
    this.#handlers.open(session, socket);
    return socket.client;
  }

  async request(options: RequestOptions): Promise<ClientResponse> {
    const { method = 'GET' } = options;
    const { response, sink } = await this.#begin(options);
    if (sink === undefined) return this.#write(method, response);
    if ((await sink.ended) === 'broken') throw new Error('the response was cut off');
    return { ...this.#write(method, response), body: sink.received.whole };
  }

  async stream(options: RequestOptions): Promise<StreamClient> {
    const { method = 'GET' } = options;
    const { response, sink } = await this.#begin(options);
    if (sink === undefined) throw new Error(`the response is not streamed: its status is ${response.status}`);
    const { status, headers } = this.#write(method, response);
    return {
      status,
      headers,
      takeUntil: (text) => sink.received.takeUntil(text),
      ended: sink.ended,
      abort: () => sink.terminate(),
      pause: () => sink.pause(),
      resume: () => sink.resume(),
    };
  }

  #begin(options: RequestOptions): Promise<Begun> {
    const { method = 'GET', body: sent = '', isUnfinished = false } = options;
    const signal = AbortSignal.any([this.#dropping.signal, ...(options.signal ? [options.signal] : [])]);
    // Everything that the client sends is here already: there is nothing to pause.
    const body = new RequestBody({ pause() {}, resume() {} });
    const bytes = typeof sent === 'string' ? Buffer.from(sent) : sent;
    body.push(bytes, !isUnfinished);
    const head = createHead(method, options, bytes.byteLength + (isUnfinished ? 1 : 0));
    const gone = new Promise<never>((_resolve, reject) => {
      signal.addEventListener('abort', () => {
        body.abort();
        reject(signal.reason);
      });
    });
    this.#requests.began();
    const answer = this.#handlers.request({ ...head, body: (maxBytes) => body.read(maxBytes) });
    return Promise.race([this.#respond(method, answer, body, signal), gone]).finally(() =>
      this.#requests.ended(),
    );
  }

  async #respond(
    method: string,
    answer: TransportResponse | Promise<TransportResponse>,
    body: RequestBody,
    signal: AbortSignal,
  ): Promise<Begun> {
    const response = await answer;
    await body.skip();
    const { stream } = response;
    if (stream === undefined || method === 'HEAD' || signal.aborted) return { response, sink: undefined };
    if (!body.isComplete)
      return { response: jsonError(413, 'the body is longer than this route reads'), sink: undefined };
    const sink: MemorySink = new MemorySink(stream, this.#options, () => this.#sinks.delete(sink));
    this.#sinks.add(sink);
    signal.addEventListener('abort', () => sink.terminate());
    stream.opened(sink);
    return { response, sink };
  }

  #write(method: string, response: TransportResponse): ClientResponse {
    try {
      return toClientResponse(method, response);
    } catch (error) {
      this.#handlers.failed(error);
      throw new Error('the response could not be written', { cause: error });
    }
  }
}

function createHead(
  method: string,
  { path = '/', query = '', headers = {} }: ConnectOptions,
  bodyBytes = 0,
): RequestHead {
  const sent = new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  if (bodyBytes > 0) sent.set('content-length', String(bodyBytes));
  return {
    method: method.toUpperCase(),
    path,
    query,
    remoteAddress: '127.0.0.1',
    header: (name) => sent.get(name) || undefined,
    headers: () => Object.fromEntries(sent),
    headerLines: (name) => [sent.get(name) ?? []].flat(),
  };
}

function toClientResponse(
  method: string,
  { status, headers = {}, body = '', stream }: TransportResponse,
): ClientResponse {
  const seen: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) seen[name.toLowerCase()] = value;
  const mayHaveBody = status !== 204 && status !== 304;
  if (mayHaveBody && stream === undefined) seen['content-length'] = String(Buffer.byteLength(body));
  const text = typeof body === 'string' ? body : Buffer.from(body).toString();
  return { status, headers: seen, body: mayHaveBody && method !== 'HEAD' ? text : '' };
}
