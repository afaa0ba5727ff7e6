/** What a servant's proxy is given, keeps and hears; the chart is in tars-proxy.ts. */

import type { Clock } from '../../system/clock.ts';
import type { EventSink } from '../../events/server-events.ts';
import type { RpcFailure } from '../../protocol/rpc-errors.ts';
import type { LinkError, LinkListener, LinkReply, ServantLink } from '../../tars/servant-link.ts';
import type { CallTable, ProxyCall } from './call-table.ts';

export interface TarsProxyPolicy {
  /** Calls that may be on their way at a time. */
  readonly maxInFlight: number;
  /** Calls that may wait for one of those to end; more are refused at once. */
  readonly maxWaiting: number;
  /** Calls in a row without a reply that open the circuit. */
  readonly failuresToOpen: number;
  /** How long an open circuit rests before it tries one call, in milliseconds; it doubles with each failed try. */
  readonly openMs: number;
  /** The longest such rest, in milliseconds. */
  readonly maxOpenMs: number;
}

/** Calls and waits are bounded alike; five silent calls in a row open the circuit for a second at first. */
export const DEFAULT_PROXY_POLICY: TarsProxyPolicy = {
  maxInFlight: 1_000,
  maxWaiting: 1_000,
  failuresToOpen: 5,
  openMs: 1_000,
  maxOpenMs: 30_000,
};

export interface TarsProxyInput {
  /** The servant's name among the configured ones. */
  readonly name: string;
  readonly createLink: (listener: LinkListener) => ServantLink;
  readonly policy: TarsProxyPolicy;
  readonly clock: Clock;
  readonly events: EventSink;
  /** From 0 up to 1, for the jitter of retries. */
  readonly random: () => number;
}

export type TarsProxyEvent =
  | { readonly type: 'rpc.call'; readonly call: ProxyCall }
  /** A call's next attempt is due. */
  | { readonly type: 'call.due'; readonly call: ProxyCall }
  | { readonly type: 'call.expired'; readonly call: ProxyCall }
  | { readonly type: 'link.replied'; readonly reply: LinkReply }
  | { readonly type: 'link.lost'; readonly ids: readonly number[]; readonly error: LinkError }
  /** The link takes requests again. */
  | { readonly type: 'link.writable' }
  | { readonly type: 'link.closed' }
  | { readonly type: 'proxy.stop' };

export interface TarsProxyContext extends TarsProxyInput {
  readonly link: ServantLink;
  readonly calls: CallTable;
  readonly send: (event: TarsProxyEvent) => void;
  /** Setbacks since the last reply. */
  setbacks: number;
  /** Times in a row that the circuit was opened without a success in between. */
  openings: number;
  /** Failures to connect in a row, and the last of them. */
  failedConnects: number;
  lastFailure: RpcFailure;
}
