/**
 * One HTTP request of uWebSockets.js and its answer. What it knows of uWS is described here: a request that is
 * dead when the callback has returned, and a response that must not be touched once it has ended or was aborted.
 */

import { STATUS_CODES } from 'node:http';
import { EncodedTexts } from '../protocol/text.ts';
import { formatAddress } from './peer-address.ts';
import { RequestBody } from './request-body.ts';
import type { RequestsUnderWay } from './requests-under-way.ts';
import type { RequestHead, TransportRequest, TransportResponse } from './transport.ts';

/** What is used of uWS's request. */
interface RawRequest {
  /** Lower case. */
  getMethod(): string;
  getUrl(): string;
  /** Undefined when there is no question mark. */
  getQuery(): string | undefined;
  /** The first of this name, or an empty text. */
  getHeader(lowerCaseName: string | ArrayBuffer): string;
  forEach(visit: (lowerCaseName: string, value: string) => void): void;
}

/** What is used of uWS's response. */
interface RawResponse {
  cork(write: () => void): unknown;
  writeStatus(status: string): unknown;
  writeHeader(name: string, value: string): unknown;
  end(body: string | Uint8Array): unknown;
  endWithoutBody(): unknown;
  onAborted(handle: () => void): unknown;
  /** The chunk's memory is dead when the handler has returned. */
  onData(handle: (chunk: ArrayBuffer, isLast: boolean) => void): unknown;
  pause(): void;
  resume(): void;
  getRemoteAddress(): ArrayBuffer;
}

/** What is known of a request. To copy it costs more than the rest of a short request, so it is copied on demand. */
export class UwsRequestHead implements RequestHead {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly #res: RawResponse;
  /** Missing when what is to be known was copied, or the request was answered. */
  #req: RawRequest | undefined;
  #headers: Map<string, string> | undefined;
  #remoteAddress: string | undefined;

  constructor(res: RawResponse, req: RawRequest) {
    this.method = nameMethod(req.getMethod());
    this.path = req.getUrl();
    this.query = req.getQuery() ?? '';
    this.#res = res;
    this.#req = req;
  }

  header(name: string): string | undefined {
    return (this.#req?.getHeader(headerNames.of(name)) ?? this.#headers?.get(name)) || undefined;
  }

  get remoteAddress(): string {
    this.#remoteAddress ??= formatAddress(
      new Uint8Array(this.#req === undefined ? [] : this.#res.getRemoteAddress()),
    );
    return this.#remoteAddress;
  }

  /** Copies what has not been asked for yet: from now on uWS's request is not touched. */
  keep(): void {
    const req = this.#req;
    if (req === undefined) return;
    const headers = new Map<string, string>();
    req.forEach((name) => headers.set(name, req.getHeader(name)));
    this.#headers = headers;
    void this.remoteAddress;
    this.#req = undefined;
  }

  /** Copies nothing: the request has been answered. */
  forget(): void {
    this.#req = undefined;
  }
}

/** A request with its body and the way back. */
export class UwsExchange extends UwsRequestHead implements TransportRequest {
  readonly #res: RawResponse;
  readonly #underWay: RequestsUnderWay;
  readonly #body: RequestBody | undefined;
  #state: 'pending' | 'answered' | 'aborted' = 'pending';

  constructor(res: RawResponse, req: RawRequest, underWay: RequestsUnderWay) {
    super(res, req);
    this.#res = res;
    this.#underWay = underWay;
    if (!this.#announcesBody()) return;
    const body = new RequestBody({
      pause: () => {
        if (this.#state === 'pending') res.pause();
      },
      resume: () => {
        if (this.#state === 'pending') res.resume();
      },
    });
    // What comes before anybody listens is lost, so this cannot wait until the body is asked for.
    res.onData((chunk, isLast) => body.push(new Uint8Array(chunk), isLast));
    this.#body = body;
  }

  async body(maxBytes: number): Promise<Uint8Array> {
    return this.#body?.read(maxBytes) ?? new Uint8Array();
  }

  /** Answers as soon as there is an answer, which never rejects. Call it in the turn of the request. */
  answer(answer: TransportResponse | Promise<TransportResponse>): void {
    if (!('then' in answer) && this.#body === undefined) {
      this.#write(answer);
      return;
    }
    this.#underWay.began();
    this.#res.onAborted(() => {
      this.#state = 'aborted';
      this.#body?.abort();
      this.#underWay.ended();
    });
    void this.#answerLater(answer);
    // Most requests are answered when the promise jobs of this turn are done. uWS lets go of a request after
    // those, and after the ticks queued by them: such a tick is the last chance to copy, and often spares it.
    queueMicrotask(() => process.nextTick(() => this.keep()));
  }

  async #answerLater(answer: TransportResponse | Promise<TransportResponse>): Promise<void> {
    const response = await answer;
    await this.#body?.skip();
    if (this.#state !== 'pending') return;
    this.#res.cork(() => this.#write(response));
    this.#underWay.ended();
  }

  #write(response: TransportResponse): void {
    this.#state = 'answered';
    this.forget();
    writeResponse(this.#res, this.method, response, this.#body?.isComplete);
  }

  #announcesBody(): boolean {
    return (this.header('content-length') ?? '0') !== '0' || this.header('transfer-encoding') !== undefined;
  }
}

const OK = 200;
const NO_CONTENT = 204;
const NOT_MODIFIED = 304;
const NO_HEADERS = {};
const CONTENT_LENGTH = 'content-length';

/** Writes a whole response; the caller has corked it. `keepAlive` is false when the request has not come in whole. */
export function writeResponse(
  res: RawResponse,
  method: string,
  { status, headers = NO_HEADERS, body = '' }: TransportResponse,
  keepAlive = true,
): void {
  // uWS says 200 where nothing was said.
  if (status !== OK) res.writeStatus(`${status} ${STATUS_CODES[status] ?? ''}`);
  for (const name of Object.keys(headers)) {
    // uWS counts the body itself.
    if (name.length !== CONTENT_LENGTH.length || name.toLowerCase() !== CONTENT_LENGTH)
      res.writeHeader(name, headers[name] ?? '');
  }
  // The client is asked to close: if uWS closed, the response could be lost under what is still coming in.
  if (!keepAlive) res.writeHeader('connection', 'close');
  if (status === NO_CONTENT || status === NOT_MODIFIED) {
    res.endWithoutBody();
  } else if (method === 'HEAD') {
    // Told by endWithoutBody, the length would make uWS wait for the body, and drop the next request.
    res.writeHeader(CONTENT_LENGTH, String(Buffer.byteLength(body)));
    res.endWithoutBody();
  } else {
    res.end(body);
  }
}

/** Far more than the house asks for; a user's route may make names up. */
const KEPT_NAMES = 256;
/** Names that were asked for, as uWS reads them: to convert one takes longer than to look for the header. */
const headerNames = new EncodedTexts(KEPT_NAMES, (name) => name);

/** The frequent ones are constants, with which routes are found sooner than with a text made of each request. */
function nameMethod(lowerCase: string): string {
  if (lowerCase === 'get') return 'GET';
  return lowerCase === 'post' ? 'POST' : lowerCase.toUpperCase();
}
