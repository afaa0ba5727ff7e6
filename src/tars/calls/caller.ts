/** What carries the calls of generated proxies to a servant. Implement it to send them some other way. */

/** What a call may be told besides its arguments. */
export interface CallOptions {
  /** How long the reply may take, in milliseconds. Default: the caller's own. */
  readonly deadlineMs?: number;
  /** Sent along as the request's context. Default: empty. */
  readonly context?: ReadonlyMap<string, string>;
  /** Calling twice does no harm: the caller may try again when it does not know what became of a call. Default false. */
  readonly idempotent?: boolean;
}

/** One call, with its arguments encoded. */
export interface CallRequest {
  /** The function's name. */
  readonly func: string;
  /** The arguments as TARS fields; who carries the call may keep it. */
  readonly body: Uint8Array;
  /** The `routekey` argument as text: calls with one key go to one node. */
  readonly routeKey?: string;
  /** Nobody waits for a reply: resolve with no bytes once the request is on its way. Default false. */
  readonly oneWay?: boolean;
  readonly options: CallOptions;
}

export interface Caller {
  /**
   * Sends a request and resolves to the reply's body.
   * @throws {TarsCallError} (as a rejection) for a reply with another return code than 0, and when there is none.
   */
  call(request: CallRequest): Promise<Uint8Array>;
}

/** A call has no result. */
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
