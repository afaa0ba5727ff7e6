/** The input, the context and the events of a servant's proxy. The chart is in tars-proxy.ts. */

import type { Clock } from '../../system/clock.ts';
import type { EventSink } from '../../events/server-events.ts';
import type { RpcFailure } from '../../protocol/rpc-errors.ts';
import type {
  EndpointAddress,
  EndpointCircuit,
  LinkError,
  LinkListener,
  LinkReply,
  ServantLink,
} from '../../tars/servant-link.ts';
import type { OutsideSender } from '../runtime/sender.ts';
import type { CallTable, ProxyCall } from './call-table.ts';

export interface TarsProxyPolicy {
  /** How many calls may be in flight at the same time. */
  readonly maxInFlight: number;
  /** How many calls may wait for a connection or a slot. More are refused at once. */
  readonly maxWaiting: number;
  /** After so many calls in a row without a reply the circuit opens, unless another endpoint answers. */
  readonly failuresToOpen: number;
  /** How long an open circuit waits before it lets one call try, in milliseconds. It doubles with each failed try. */
  readonly openMs: number;
  /** The longest such wait, in milliseconds. */
  readonly maxOpenMs: number;
}

/** The default policy. */
export const DEFAULT_PROXY_POLICY: TarsProxyPolicy = {
  maxInFlight: 1_000,
  maxWaiting: 1_000,
  failuresToOpen: 5,
  openMs: 1_000,
  maxOpenMs: 30_000,
};

export interface TarsProxyInput {
  /** The name of the servant in the configuration. */
  readonly name: string;
  readonly createLink: (listener: LinkListener) => ServantLink;
  readonly policy: TarsProxyPolicy;
  readonly clock: Clock;
  readonly events: EventSink;
  /** Returns a number from 0 up to 1, for the jitter of retries. */
  readonly random: () => number;
}

export type TarsProxyEvent =
  | { readonly type: 'rpc.call'; readonly call: ProxyCall }
  /** The next attempt of a call is due. */
  | { readonly type: 'call.due'; readonly call: ProxyCall }
  | { readonly type: 'call.expired'; readonly call: ProxyCall }
  /** Half of the time of an idempotent call has passed without a reply. */
  | { readonly type: 'call.late'; readonly call: ProxyCall }
  | { readonly type: 'link.replied'; readonly reply: LinkReply }
  | {
      readonly type: 'link.lost';
      readonly ids: readonly number[];
      readonly error: LinkError;
      readonly endpoint?: EndpointAddress | undefined;
    }
  /** The circuit of an endpoint has changed. */
  | { readonly type: 'link.endpoint'; readonly endpoint: EndpointAddress; readonly circuit: EndpointCircuit }
  /** The link accepts requests again. */
  | { readonly type: 'link.writable' }
  | { readonly type: 'link.closed' }
  | { readonly type: 'proxy.stop' };

export interface TarsProxyContext extends TarsProxyInput {
  readonly link: ServantLink;
  readonly calls: CallTable;
  readonly send: (event: TarsProxyEvent, from: OutsideSender) => void;
  /** How many setbacks (calls without a reply) there were since the last reply. */
  setbacks: number;
  /** How often the circuit was opened since the last reply. */
  openings: number;
  /** How many connection attempts in a row have failed, and why the last one failed. */
  failedConnects: number;
  lastFailure: RpcFailure;
}
