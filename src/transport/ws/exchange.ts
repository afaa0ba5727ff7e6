/** One HTTP request of `node:http` and its response. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { setOwn } from '../../protocol/json/own-property.ts';
import { readHeaderText } from '../common/header-text.ts';
import { announcesBody, RequestBody } from '../common/request-body.ts';
import type { RequestsUnderWay } from '../common/requests-under-way.ts';
import type { EndingConnections } from './ending-connections.ts';
import { NodeResponseSink, type SharedBySinks } from './response-sink.ts';
import { writeHead, writeResponse } from './write-response.ts';
import { jsonError } from '../common/responses.ts';
import type {
  RequestHead,
  ResponseStream,
  TransportRequest,
  TransportResponse,
} from '../common/transport.ts';

/** An IPv6 socket gives an IPv4 address with this before it. */
const MAPPED_PREFIX = '::ffff:';

/** A stream would begin while the client is still sending. */
const BODY_UNREAD = jsonError(413, 'the body is longer than this route reads');

/** A request without its body. */
export class NodeRequestHead implements RequestHead {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly remoteAddress: string;
  readonly #req: IncomingMessage;

  constructor(req: IncomingMessage) {
    const target = readTarget(req.url ?? '/');
    const mark = target.indexOf('?');
    this.method = req.method ?? 'GET';
    this.path = mark === -1 ? target : target.slice(0, mark);
    this.query = mark === -1 ? '' : target.slice(mark + 1);
    this.remoteAddress = readAddress(req.socket.remoteAddress ?? '');
    this.#req = req;
  }

  header(name: string): string | undefined {
    const [value = ''] = this.#req.headersDistinct[name] ?? [];
    return readHeaderText(value) || undefined;
  }

  headerLines(name: string): readonly string[] {
    return (this.#req.headersDistinct[name] ?? []).map(readHeaderText);
  }

  headers(): Record<string, string> {
    const headers: Record<string, string> = {};
    for (const name of Object.keys(this.#req.headersDistinct)) setOwn(headers, name, this.header(name) ?? '');
    return headers;
  }
}

/** What all exchanges of a transport share. */
export interface SharedByExchanges {
  readonly underWay: RequestsUnderWay;
  readonly ending: EndingConnections;
  readonly sinks: SharedBySinks;
  /** How long a client may take nothing of an answer that waits for it. */
  readonly answerMs: number;
}

/** A request with its body and its response. */
export class NodeExchange extends NodeRequestHead implements TransportRequest {
  readonly #res: ServerResponse;
  readonly #shared: SharedByExchanges;
  readonly #connection: Socket;
  readonly #body: RequestBody | undefined;
  #state: 'pending' | 'answered' | 'aborted' = 'pending';

  constructor(req: IncomingMessage, res: ServerResponse, shared: SharedByExchanges) {
    super(req);
    this.#res = res;
    this.#shared = shared;
    this.#connection = req.socket;
    if (announcesBody(this)) this.#body = receiveBody(req);
  }

  async body(maxBytes: number): Promise<Uint8Array> {
    return this.#body?.read(maxBytes) ?? new Uint8Array();
  }

  /** Sends the response as soon as there is one. The promise must never reject. */
  answer(answer: TransportResponse | Promise<TransportResponse>): void {
    if (!('then' in answer) && this.#body === undefined && answer.stream === undefined) {
      this.#write(answer);
      return;
    }
    this.#shared.underWay.began();
    this.#res.on('close', () => this.#closed());
    void this.#answerLater(answer);
  }

  async #answerLater(answer: TransportResponse | Promise<TransportResponse>): Promise<void> {
    const response = await answer;
    await this.#body?.skip();
    if (this.#state !== 'pending') return;
    const { stream } = response;
    if (stream === undefined || this.method === 'HEAD') this.#write(response);
    else if (this.#body?.isComplete === false) this.#write(BODY_UNREAD);
    else this.#stream(response, stream);
    this.#shared.underWay.ended();
  }

  /** A stream behind an earlier response of its connection begins after it. */
  #stream(response: TransportResponse, stream: ResponseStream): void {
    this.#state = 'answered';
    if (this.#res.socket === null) this.#res.once('socket', () => this.#beginStream(response, stream));
    else this.#beginStream(response, stream);
  }

  #beginStream(response: TransportResponse, stream: ResponseStream): void {
    const connection = this.#connection;
    // The client sends nothing more, and is taken for gone.
    if (connection.destroyed || connection.readableEnded) {
      connection.destroy();
      return;
    }
    try {
      writeHead(this.#res, response);
    } catch (error) {
      this.#shared.ending.abandon(this.#res, error);
      return;
    }
    const sink = new NodeResponseSink(this.#res, connection, stream, this.#shared.sinks);
    stream.opened(sink);
    if (sink.isOpen) this.#res.flushHeaders();
  }

  #closed(): void {
    if (this.#state !== 'pending') return;
    this.#state = 'aborted';
    this.#body?.abort();
    this.#shared.underWay.ended();
  }

  #write(response: TransportResponse): void {
    this.#state = 'answered';
    const { socket } = this.#res;
    // `node:http` would cut a client off that is still sending, and it could not read the response.
    if (this.#body?.isComplete === false && socket !== null)
      this.#shared.ending.end(socket, response, this.method);
    else this.#writeWhole(response);
  }

  #writeWhole(response: TransportResponse): void {
    try {
      writeResponse(this.#res, this.method, response);
    } catch (error) {
      this.#shared.ending.abandon(this.#res, error);
      return;
    }
    // An answer behind another one is written when that one has left.
    if (this.#res.socket === null && !this.#res.writableFinished)
      this.#res.once('socket', () => process.nextTick(() => this.#endUnread()));
    else this.#endUnread();
  }

  /** `node:http` waits for ever for a client to read. It ends the connection when nothing moves in it for this time. */
  #endUnread(): void {
    const connection = this.#connection;
    const { answerMs } = this.#shared;
    if (connection.writableLength === 0) return;
    connection.setTimeout(answerMs);
    // Otherwise the next request of the connection, which waits for its answer, would have this deadline.
    this.#res.once('finish', () => {
      if (connection.timeout === answerMs) connection.setTimeout(0);
    });
  }
}

function receiveBody(req: IncomingMessage): RequestBody {
  const body = new RequestBody({ pause: () => req.pause(), resume: () => req.resume() });
  req.on('data', (chunk: Buffer) => body.push(chunk, false));
  req.on('end', () => body.push(new Uint8Array(), true));
  return body;
}

/** The path and the query of a request's target. A proxy may be sent the whole URL. */
function readTarget(url: string): string {
  const target = toUtf8(url);
  return target.startsWith('/') ? target : target.replace(/^https?:\/\/[^/?]*/i, '') || '/';
}

function readAddress(address: string): string {
  return address.startsWith(MAPPED_PREFIX) ? address.slice(MAPPED_PREFIX.length) : address;
}

/** `node:http` reads each byte of a head as one character. */
function toUtf8(text: string): string {
  return /[\u0080-\u00ff]/.test(text) ? Buffer.from(text, 'latin1').toString() : text;
}
