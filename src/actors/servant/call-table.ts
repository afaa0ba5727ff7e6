/** The calls of one servant's proxy: those in flight by id, and those that wait, in order. The chart decides when to send. */

import type { RpcFailure } from '../../protocol/rpc-errors.ts';
import type { LinkReply, LinkRequest } from '../../tars/servant-link.ts';

/** How a call ended. A reply may have an error code of the servant. */
export type ServantOutcome =
  | { readonly type: 'reply'; readonly reply: LinkReply }
  /** A one-way request was sent. There is no reply. */
  | { readonly type: 'sent' }
  /** `cause` is for the log. */
  | { readonly type: 'failed'; readonly failure: RpcFailure; readonly cause?: unknown };

/** One call with all its attempts, until it is settled. */
export interface ProxyCall {
  readonly request: Omit<LinkRequest, 'requestId' | 'timeoutMs'>;
  /** The deadline, in milliseconds since 1970. */
  readonly deadlineAt: number;
  /** True if it does no harm to call the function twice. */
  readonly idempotent: boolean;
  readonly settle: (outcome: ServantOutcome) => void;
  /** How many attempts were sent. */
  attempts: number;
  /** The id of the attempt in flight; undefined if none is in flight. */
  requestId?: number | undefined;
  /** The timer of the deadline. */
  timer?: unknown;
}

/** Ids are int32 on the wire. */
const MAX_REQUEST_ID = 2 ** 31 - 1;

export class CallTable {
  readonly inFlight = new Map<number, ProxyCall>();
  readonly waiting = new Set<ProxyCall>();
  /** Calls that wait for their next attempt. */
  readonly resting = new Set<ProxyCall>();
  /** How many replies came after their call was settled. */
  late = 0;
  #lastId = 0;

  get isEmpty(): boolean {
    return this.inFlight.size === 0 && this.waiting.size === 0 && this.resting.size === 0;
  }

  /** Returns an id that no call in flight has. */
  nextId(): number {
    do {
      this.#lastId = this.#lastId === MAX_REQUEST_ID ? 1 : this.#lastId + 1;
    } while (this.inFlight.has(this.#lastId));
    return this.#lastId;
  }

  /** The call was sent with this id. */
  sent(call: ProxyCall, requestId: number): void {
    call.requestId = requestId;
    this.inFlight.set(requestId, call);
  }

  /** Removes the call. Returns the id of its attempt if one was in flight. */
  remove(call: ProxyCall): number | undefined {
    this.waiting.delete(call);
    this.resting.delete(call);
    const { requestId } = call;
    if (requestId !== undefined) this.inFlight.delete(requestId);
    call.requestId = undefined;
    return requestId;
  }

  /** Removes and returns all calls. */
  drain(): ProxyCall[] {
    const calls = [...this.inFlight.values(), ...this.waiting, ...this.resting];
    this.inFlight.clear();
    this.waiting.clear();
    this.resting.clear();
    return calls;
  }
}
