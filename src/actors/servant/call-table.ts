/** The calls of one servant's proxy: those in flight by id, and those that wait, in order. The chart decides when to send. */

import type { RpcFailure } from '../../protocol/rpc-errors.ts';
import type { EndpointAddress, LinkReply, LinkRequest } from '../../tars/servant-link.ts';

/** How a call ended. A reply may have an error code of the servant. */
export type ServantOutcome =
  | { readonly type: 'reply'; readonly reply: LinkReply }
  /** A one-way request was sent. There is no reply. */
  | { readonly type: 'sent' }
  /** The request cannot be encoded. Nothing was sent. */
  | { readonly type: 'unfit'; readonly error: Error }
  /** `cause` is for the log. */
  | { readonly type: 'failed'; readonly failure: RpcFailure; readonly cause?: unknown };

/** One call with all its attempts, until it is settled. */
export interface ProxyCall {
  readonly request: Omit<LinkRequest, 'requestId' | 'timeoutMs' | 'avoid'>;
  /** The deadline, in milliseconds since 1970. */
  readonly deadlineAt: number;
  /** True if it does no harm to call the function twice. */
  readonly idempotent: boolean;
  readonly settle: (outcome: ServantOutcome) => void;
  /** How many attempts were sent. */
  attempts: number;
  /** The id of the attempt in flight; undefined if none is in flight. */
  requestId?: number | undefined;
  /** The id of a second attempt, sent while the first one is late but may still be answered. */
  secondId?: number | undefined;
  /** The endpoint of the last attempt: the next one goes to another, if there is one. */
  avoid?: EndpointAddress | undefined;
  /** The timer of the deadline. */
  timer?: unknown;
  /** The timer of the second attempt. */
  lateTimer?: unknown;
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
    if (call.requestId === undefined) call.requestId = requestId;
    else call.secondId = requestId;
    this.inFlight.set(requestId, call);
  }

  /** This attempt has ended. Returns false if the call has another one in flight. */
  endAttempt(call: ProxyCall, requestId: number): boolean {
    this.inFlight.delete(requestId);
    if (call.requestId === requestId) call.requestId = call.secondId;
    call.secondId = undefined;
    return call.requestId === undefined;
  }

  /** Removes the call with all its attempts. */
  remove(call: ProxyCall): void {
    this.waiting.delete(call);
    this.resting.delete(call);
    const { requestId, secondId } = call;
    if (requestId === undefined) return;
    this.inFlight.delete(requestId);
    call.requestId = undefined;
    if (secondId === undefined) return;
    this.inFlight.delete(secondId);
    call.secondId = undefined;
  }

  /** Removes and returns all calls. */
  drain(): ProxyCall[] {
    const calls = [...new Set([...this.inFlight.values(), ...this.waiting, ...this.resting])];
    this.inFlight.clear();
    this.waiting.clear();
    this.resting.clear();
    return calls;
  }
}
