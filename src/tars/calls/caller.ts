/** The interface that carries the calls of generated proxies to a servant. Implement it to send them another way. */

/** The options of a call. */
export interface CallOptions {
  /** The deadline of the reply, in milliseconds. Default: that of the caller. */
  readonly deadlineMs?: number;
  /** The request's context. Default: empty. */
  readonly context?: ReadonlyMap<string, string>;
  /** The function may safely run twice, so the caller may retry when it does not know the outcome. Default false. */
  readonly idempotent?: boolean;
}

/** One call, with its arguments encoded. */
export interface CallRequest {
  /** The function's name. */
  readonly func: string;
  /** The arguments as TARS fields; the caller may keep the bytes. */
  readonly body: Uint8Array;
  /** The `routekey` argument as text: calls with one key go to one node. */
  readonly routeKey?: string;
  /** There is no reply: resolve with no bytes when the request was sent. Default false. */
  readonly oneWay?: boolean;
  readonly options: CallOptions;
}

export interface Caller {
  /**
   * Sends a request and resolves to the reply's body.
   * @throws {TarsCallError} (as a rejection) for a reply with a return code other than 0, and when there is no reply.
   */
  call(request: CallRequest): Promise<Uint8Array>;
  /** Told of a reply that does not decode; returns the error for who has called. Default: a `TarsCallError`. */
  undecodable?(request: CallRequest, cause: unknown): TarsCallError;
}

/** A call failed. */
export class TarsCallError extends Error {
  readonly code = 'TARS_CALL';
  override readonly name = 'TarsCallError';
  /** The function's name. */
  readonly func: string;
  /** The return code: the servant's own, or one of `RETURN_CODES`. */
  readonly ret: number;
  constructor(func: string, ret: number, message: string, options?: ErrorOptions) {
    super(`${func}: ${message} (${ret})`, options);
    this.func = func;
    this.ret = ret;
  }
}
