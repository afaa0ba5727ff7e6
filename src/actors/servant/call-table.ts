/** The calls of one servant's proxy: those in flight by their id, those waiting in order. When a call may go is the chart's. */

import type { RpcFailure } from '../../protocol/rpc-errors.ts';
import type { LinkReply, LinkRequest } from '../../tars/servant-link.ts';

/** How a call ended. A reply may carry the servant's own return code. */
export type ServantOutcome =
  | { readonly type: 'reply'; readonly reply: LinkReply }
  /** The request is on its way, and no reply will come. */
  | { readonly type: 'sent' }
  /** `cause` is for the log. */
  | { readonly type: 'failed'; readonly failure: RpcFailure; readonly cause?: unknown };

/** One call, from the moment it is asked for until it is settled, through all its attempts. */
export interface ProxyCall {
  readonly request: Omit<LinkRequest, 'requestId' | 'timeoutMs'>;
  /** When nobody waits any more, in milliseconds since 1970. */
  readonly deadlineAt: number;
  /** Calling twice does no harm. */
  readonly idempotent: boolean;
  readonly settle: (outcome: ServantOutcome) => void;
  /** Attempts that were sent. */
  attempts: number;
  /** Of the attempt in flight, while one is. */
  requestId?: number | undefined;
  /** Of the deadline. */
  timer?: unknown;
}

/** Ids are int32 on the wire. */
const MAX_REQUEST_ID = 2 ** 31 - 1;

export class CallTable {
  readonly inFlight = new Map<number, ProxyCall>();
  readonly waiting = new Set<ProxyCall>();
  /** Calls that wait for their next attempt. */
  readonly resting = new Set<ProxyCall>();
  /** Replies that came when nobody waited for them any more. */
  late = 0;
  #lastId = 0;

  get isEmpty(): boolean {
    return this.inFlight.size === 0 && this.waiting.size === 0 && this.resting.size === 0;
  }

  /** An id that no call in flight has. */
  nextId(): number {
    do {
      this.#lastId = this.#lastId === MAX_REQUEST_ID ? 1 : this.#lastId + 1;
    } while (this.inFlight.has(this.#lastId));
    return this.#lastId;
  }

  /** The call is on its way under this id. */
  sent(call: ProxyCall, requestId: number): void {
    call.requestId = requestId;
    this.inFlight.set(requestId, call);
  }

  /** Takes the call out of wherever it is; the id of its attempt, if one was in flight. */
  remove(call: ProxyCall): number | undefined {
    this.waiting.delete(call);
    this.resting.delete(call);
    const { requestId } = call;
    if (requestId !== undefined) this.inFlight.delete(requestId);
    call.requestId = undefined;
    return requestId;
  }

  /** Every call, wherever it is; the table is empty then. */
  drain(): ProxyCall[] {
    const calls = [...this.inFlight.values(), ...this.waiting, ...this.resting];
    this.inFlight.clear();
    this.waiting.clear();
    this.resting.clear();
    return calls;
  }
}
