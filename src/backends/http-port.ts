/** Requests to backends of users, as the parts that ask see them. `http-pool.ts` sends them. */

export interface HttpRequest {
  /** Values are sent as UTF-8. They must have no control characters except tabs. */
  readonly headers: Readonly<Record<string, string>>;
  /** A text is sent as UTF-8. */
  readonly body: string | Uint8Array;
  /** Ends the request, and its connection. It must carry the deadline of the request: the port has none. */
  readonly signal: AbortSignal;
}

export interface HttpAnswer {
  /** Any status. A redirect is not followed. */
  readonly status: number;
  readonly body: string;
}

export interface HttpPort {
  /** Sends a `POST`. Rejects with an `HttpError`, or with the reason of the signal once it is aborted. */
  post(url: string, request: HttpRequest): Promise<HttpAnswer>;
  /** The same for who needs the status alone: it resolves when that is there, whatever the body of the answer is. */
  tell(url: string, request: HttpRequest): Promise<number>;
}

/** Why there is no answer. */
export type HttpFailure =
  /** No connection: refused, no such name, TLS not trusted. */
  | 'unreachable'
  /** The connection ended before the answer was complete, or what came is no HTTP. */
  | 'lost'
  /** The body is over the limit of the port. */
  | 'tooLong'
  /** The body is not UTF-8. */
  | 'unreadable';

export class HttpError extends Error {
  override readonly name = 'HttpError';
  readonly code: HttpFailure;

  constructor(code: HttpFailure, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
