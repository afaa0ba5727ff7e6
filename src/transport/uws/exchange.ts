/**
 * One HTTP request of uWebSockets.js (uWS) and its response. It handles two properties of uWS: a request can be read
 * only until the callback returns, and a response must not be used after it has ended or was aborted.
 */

import { STATUS_CODES } from 'node:http';
import { setOwn } from '../../protocol/json/own-property.ts';
import { EncodedTexts } from '../../protocol/text.ts';
import { formatAddress } from './peer-address.ts';
import { toUtf8 } from './texts.ts';
import { UwsResponseSink, type RawStream, type SharedBySinks } from './response-sink.ts';
import { readHeaderText } from '../common/header-text.ts';
import { announcesBody, RequestBody } from '../common/request-body.ts';
import type { RequestsUnderWay } from '../common/requests-under-way.ts';
import { jsonError } from '../common/responses.ts';
import type {
  RequestHead,
  ResponseStream,
  TransportRequest,
  TransportResponse,
} from '../common/transport.ts';

/** The part of uWS's request that is used here. */
interface RawRequest {
  /** Lower case. */
  getMethod(): string;
  getUrl(): string;
  /** Undefined if the URL has no question mark. */
  getQuery(): string | undefined;
  /** The first header with this name, or an empty text. */
  getHeader(lowerCaseName: string | ArrayBuffer): string;
  forEach(visit: (lowerCaseName: string, value: string) => void): void;
}

/** The part of uWS's response that is used here. */
interface RawResponse extends RawStream {
  writeStatus(status: string): unknown;
  writeHeader(name: string, value: string): unknown;
  end(body?: string | Uint8Array, close?: boolean): unknown;
  endWithoutBody(): unknown;
  /** Closes the socket at once. Throws when the response has ended. */
  close(): unknown;
  onAborted(handle: () => void): unknown;
  /** The chunk's memory is valid only until the handler returns. */
  onData(handle: (chunk: ArrayBuffer, isLast: boolean) => void): unknown;
  getRemoteAddress(): ArrayBuffer;
}

/** A request without its body. Its data is copied late: for a short request, copying takes longer than all the rest. */
export class UwsRequestHead implements RequestHead {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly #res: RawResponse;
  /** Undefined when the data was copied or the request was answered. */
  #req: RawRequest | undefined;
  #headers: Map<string, string> | undefined;
  /** The values of those that came more than once. */
  #repeated: Map<string, string[]> | undefined;
  #remoteAddress: string | undefined;

  constructor(res: RawResponse, req: RawRequest) {
    this.method = nameMethod(req.getMethod());
    this.path = req.getUrl();
    this.query = req.getQuery() ?? '';
    this.#res = res;
    this.#req = req;
  }

  header(name: string): string | undefined {
    const value = this.#req?.getHeader(headerNames.of(name)) ?? this.#headers?.get(name) ?? '';
    return value === '' ? undefined : readHeaderText(value);
  }

  headers(): Record<string, string> {
    const headers: Record<string, string> = {};
    const req = this.#req;
    req?.forEach((name) => setOwn(headers, name, readHeaderText(req.getHeader(name))));
    for (const [name, value] of this.#headers ?? []) setOwn(headers, name, readHeaderText(value));
    return headers;
  }

  headerLines(name: string): readonly string[] {
    const repeated = this.#req === undefined ? this.#repeated : findRepeated(this.#req);
    return repeated?.get(name)?.map(readHeaderText) ?? [this.header(name) ?? []].flat();
  }

  get remoteAddress(): string {
    this.#remoteAddress ??= formatAddress(
      new Uint8Array(this.#req === undefined ? [] : this.#res.getRemoteAddress()),
    );
    return this.#remoteAddress;
  }

  /** Copies the headers and the address. After this, uWS's request is not used any more. */
  keep(): void {
    const req = this.#req;
    if (req === undefined) return;
    const headers = new Map<string, string>();
    let lines = 0;
    req.forEach((name) => {
      lines += 1;
      headers.set(name, req.getHeader(name));
    });
    this.#headers = headers;
    if (lines > headers.size) this.#repeated = findRepeated(req);
    void this.remoteAddress;
    this.#req = undefined;
  }

  /** The request was answered: its data is not needed any more. */
  forget(): void {
    this.#req = undefined;
  }
}

/** The values of the headers that came more than once. */
function findRepeated(req: RawRequest): Map<string, string[]> {
  const all = new Map<string, string[]>();
  req.forEach((name, value) => {
    const values = all.get(name);
    if (values === undefined) all.set(name, [value]);
    else values.push(value);
  });
  for (const [name, values] of all) if (values.length < 2) all.delete(name);
  return all;
}

/** A request with its body and its response. */
export class UwsExchange extends UwsRequestHead implements TransportRequest {
  readonly #res: RawResponse;
  readonly #underWay: RequestsUnderWay;
  readonly #failed: (error: unknown) => void;
  readonly #sinks: SharedBySinks;
  readonly #body: RequestBody | undefined;
  #state: 'pending' | 'answered' | 'aborted' = 'pending';
  /** Set if the response is streamed. */
  #sink: UwsResponseSink | undefined;

  /** @param failed Is told of a response that cannot be written. It must not throw. */
  constructor(
    res: RawResponse,
    req: RawRequest,
    underWay: RequestsUnderWay,
    failed: (error: unknown) => void,
    sinks: SharedBySinks,
  ) {
    super(res, req);
    this.#res = res;
    this.#underWay = underWay;
    this.#failed = failed;
    this.#sinks = sinks;
    if (!announcesBody(this)) return;
    const body = new RequestBody({
      pause: () => {
        if (this.#state === 'pending') res.pause();
      },
      resume: () => {
        if (this.#state === 'pending') res.resume();
      },
    });
    // uWS drops chunks that arrive before there is a listener, so this must not wait until the body is read.
    res.onData((chunk, isLast) => body.push(new Uint8Array(chunk), isLast));
    this.#body = body;
  }

  async body(maxBytes: number): Promise<Uint8Array> {
    return this.#body?.read(maxBytes) ?? new Uint8Array();
  }

  /** Sends the response as soon as there is one. Call it in the turn of the request, with a promise that never rejects. */
  answer(answer: TransportResponse | Promise<TransportResponse>): void {
    if (!('then' in answer) && this.#body === undefined && answer.stream === undefined) {
      this.#write(answer);
      return;
    }
    this.#underWay.began();
    this.#res.onAborted(() => this.#aborted());
    void this.#answerLater(answer);
    // Most requests are answered in the promise jobs of this turn, and then nothing is copied. The request stays valid
    // during these jobs and the ticks that they queue, so such a tick is the latest time to copy.
    queueMicrotask(() => process.nextTick(() => this.keep()));
  }

  async #answerLater(answer: TransportResponse | Promise<TransportResponse>): Promise<void> {
    const response = await answer;
    await this.#body?.skip();
    if (this.#state !== 'pending') return;
    const { stream } = response;
    if (stream === undefined || this.method === 'HEAD') this.#res.cork(() => this.#write(response));
    else if (this.#body?.isComplete === false) this.#res.cork(() => this.#write(BODY_UNREAD));
    else this.#stream(response, stream);
    this.#underWay.ended();
  }

  #aborted(): void {
    this.#sink?.closed();
    if (this.#state !== 'pending') return;
    this.#state = 'aborted';
    this.#body?.abort();
    this.#underWay.ended();
  }

  #stream(response: TransportResponse, stream: ResponseStream): void {
    this.#state = 'answered';
    this.forget();
    let isWritten = false;
    this.#res.cork(() => {
      isWritten = succeeds(this.#res, () => writeHead(this.#res, response), this.#failed);
    });
    if (!isWritten) return;
    this.#sink = new UwsResponseSink(this.#res, stream, this.#sinks);
    stream.opened(this.#sink);
    this.#sink.sendHead();
  }

  #write(response: TransportResponse): void {
    this.#state = 'answered';
    this.forget();
    const then = this.#body?.isComplete === false ? 'ask to end' : 'keep';
    writeResponse(this.#res, this.method, response, this.#failed, then);
  }
}

/** A stream would begin while the client is still sending. */
const BODY_UNREAD = jsonError(413, 'the body is longer than this route reads');

const OK = 200;
const NO_CONTENT = 204;
const NOT_MODIFIED = 304;
const NO_HEADERS = {};
const CONTENT_LENGTH = 'content-length';

type Then = 'keep' | 'ask to end' | 'end';

/**
 * Writes a whole response. The caller has corked it. It never throws, which would end the process: a response that
 * cannot be written closes the socket.
 * @param failed Is told of such a response. It must not throw.
 * @param then What becomes of the socket. `ask to end`: the request was not received completely; if uWS ended the socket
 * while the client is still sending, the response could be lost. `end`: for a request without a body.
 */
export function writeResponse(
  res: RawResponse,
  method: string,
  response: TransportResponse,
  failed: (error: unknown) => void,
  then: Then,
): void {
  succeeds(res, () => writeParts(res, method, response, then), failed);
}

/** Writes, and closes the socket when it throws. */
function succeeds(res: RawResponse, write: () => void, failed: (error: unknown) => void): boolean {
  try {
    write();
    return true;
  } catch (error) {
    failed(error);
    closeUnlessEnded(res);
    return false;
  }
}

function closeUnlessEnded(res: RawResponse): void {
  try {
    res.close();
  } catch {
    // The response has ended.
  }
}

function writeParts(res: RawResponse, method: string, response: TransportResponse, then: Then): void {
  const { status, body = '', stream } = response;
  writeHead(res, response);
  if (then === 'ask to end') res.writeHeader('connection', 'close');
  if (status === NO_CONTENT || status === NOT_MODIFIED) {
    res.endWithoutBody();
  } else if (method === 'HEAD') {
    // If endWithoutBody got the length, uWS would wait for the body and drop the next request.
    if (stream === undefined) res.writeHeader(CONTENT_LENGTH, String(Buffer.byteLength(body)));
    res.endWithoutBody();
  } else {
    res.end(toUtf8(body), then === 'end');
  }
}

/** Writes the status and the headers. */
function writeHead(res: RawResponse, { status, headers = NO_HEADERS }: TransportResponse): void {
  // uWS writes the status 200 by itself.
  if (status !== OK) res.writeStatus(`${status} ${STATUS_CODES[status] ?? ''}`);
  for (const name of Object.keys(headers)) {
    // uWS writes the length by itself.
    if (name.length !== CONTENT_LENGTH.length || name.toLowerCase() !== CONTENT_LENGTH)
      res.writeHeader(name, headers[name] ?? '');
  }
}

/** Much more than this server's own routes read; a limit is needed because a user's route may read any name. */
const KEPT_NAMES = 256;
/** Header names encoded for uWS. Encoding a name takes longer than finding the header. */
const headerNames = new EncodedTexts(KEPT_NAMES, (name) => name);

/** Constants for the frequent methods: a route is found faster with them than with a new string for each request. */
function nameMethod(lowerCase: string): string {
  if (lowerCase === 'get') return 'GET';
  return lowerCase === 'post' ? 'POST' : lowerCase.toUpperCase();
}
