/** What calls through a proxy of `@tars/rpc` take and resolve to. */

import type { CallOptions } from '../calls/caller.ts';

/** The options of a call: those of `@tars/rpc`, and those of ours. */
export interface TarsRpcOptions extends Omit<CallOptions, 'context'> {
  /** The request's context. Default: empty. */
  readonly context?: Readonly<Record<string, string>>;
  /** 1: there is no reply; the call resolves to nothing when it was sent. */
  readonly packetType?: 0 | 1;
  /** Calls with the same code go to the same endpoint, while it answers. */
  readonly hashCode?: number;
  readonly consistentHash?: string | number;
}

/** What a call resolves to, as with `@tars/rpc`. */
export interface TarsRpcReply {
  readonly response: { readonly return?: unknown; readonly arguments?: Readonly<Record<string, unknown>> };
}
