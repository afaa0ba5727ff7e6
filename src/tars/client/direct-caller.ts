/** A caller with its own link, without retries or circuit breaker: for the servants of the platform, and for tests. */

import { startQuietTimer, systemClock, type Clock } from '../../system/clock.ts';
import type { CreateServantLink, LinkError, LinkReply, ServantLink } from '../servant-link.ts';
import { checkOptions } from '../calls/call-options.ts';
import { TarsCallError, type CallRequest, type Caller } from '../calls/caller.ts';
import { RETURN_CODES } from '../wire/return-codes.ts';

/** The deadline of a call, including the time to connect. */
export const DEFAULT_DEADLINE_MS = 3_000;

export interface DirectCallerOptions {
  readonly createLink: CreateServantLink;
  /** `App.Server.Obj@tcp -h HOST -p PORT`, or a name alone, which is looked up in the registry. */
  readonly object: string;
  /** The deadline of a call in milliseconds, including the time to connect. Default 3,000. */
  readonly deadlineMs?: number;
  /** Default: the system's. */
  readonly clock?: Clock;
}

export interface DirectCaller extends Caller {
  /** Drops the connections; calls in flight fail. A later call connects again. */
  close(): void;
}

interface PendingCall {
  readonly func: string;
  readonly timer: unknown;
  readonly resolve: (body: Uint8Array) => void;
  readonly reject: (error: Error) => void;
}

/** Makes a caller that connects at its first call. If it cannot connect, the call's error has that as its `cause`. */
export function createDirectCaller(options: DirectCallerOptions): DirectCaller {
  const { createLink, object, deadlineMs = DEFAULT_DEADLINE_MS, clock = systemClock } = options;
  const pending = new Map<number, PendingCall>();
  const link: ServantLink = createLink(object, {
    reply: ({ requestId, ret, body }: LinkReply) => {
      if (ret === RETURN_CODES.ok) take(requestId)?.resolve(body);
      else fail(requestId, ret, 'the servant answered with an error');
    },
    lost: (requestIds, error) => {
      for (const id of requestIds) fail(id, RETURN_CODES.connectionClosed, error.message, error);
    },
    closed: () => {},
  });
  let lastId = 0;

  return {
    call(request) {
      return new Promise((resolve, reject) => {
        checkOptions(request.options);
        const id = nextId();
        const timeoutMs = request.options.deadlineMs ?? deadlineMs;
        const timer = startQuietTimer(clock, () => expire(id, timeoutMs), timeoutMs);
        pending.set(id, { func: request.func, timer, resolve, reject });
        link.open().then(
          () => send(id, request, timeoutMs),
          (error: LinkError) => fail(id, RETURN_CODES.connectionFailed, error.message, error),
        );
      });
    },
    close() {
      link.close();
      for (const id of pending.keys()) fail(id, RETURN_CODES.connectionClosed, 'the caller was closed');
    },
  };

  function send(
    requestId: number,
    { func, body, oneWay, routeKey, options }: CallRequest,
    timeoutMs: number,
  ): void {
    if (!pending.has(requestId)) return;
    const { context } = options;
    let isSent = false;
    try {
      isSent = link.send({
        requestId,
        func,
        body,
        timeoutMs,
        ...(context === undefined ? {} : { context }),
        ...(routeKey === undefined ? {} : { routeKey }),
        ...(oneWay === undefined ? {} : { oneWay }),
      });
    } catch (error) {
      // It cannot be encoded. The other calls go on.
      take(requestId)?.reject(error as Error);
      return;
    }
    if (!isSent) fail(requestId, RETURN_CODES.connectionFailed, 'no connection takes it now');
    else if (oneWay === true) take(requestId)?.resolve(NO_BYTES);
  }

  function expire(requestId: number, timeoutMs: number): void {
    link.timedOut(requestId);
    fail(requestId, RETURN_CODES.timeout, `no reply in ${timeoutMs} ms`);
  }

  function fail(requestId: number, ret: number, message: string, cause?: unknown): void {
    const call = take(requestId);
    call?.reject(new TarsCallError(call.func, ret, message, cause === undefined ? {} : { cause }));
  }

  function take(requestId: number): PendingCall | undefined {
    const call = pending.get(requestId);
    if (call === undefined) return undefined;
    clock.clearTimeout(call.timer);
    pending.delete(requestId);
    return call;
  }

  function nextId(): number {
    do lastId = lastId === MAX_REQUEST_ID ? 1 : lastId + 1;
    while (pending.has(lastId));
    return lastId;
  }
}

/** Request ids are int32 on the wire. */
const MAX_REQUEST_ID = 2 ** 31 - 1;
const NO_BYTES = new Uint8Array(0);
