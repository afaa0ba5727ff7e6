/** What the chart of a link to a server of Redis (redis-link.ts) is given, keeps and hears. */

import type { EventSink } from '../../events/server-events.ts';
import type { RedisLinkPort } from '../../redis/link-port.ts';

export interface RedisLinkPolicy {
  /** How long connecting may take, in milliseconds, with all that is prepared. */
  readonly connectMs: number;
  /** How long after a probe was heard the next one is sent, and how long it may take, in milliseconds. */
  readonly probeMs: number;
  /** How long a silent link may stay so before it is made anew, in milliseconds. */
  readonly silenceMs: number;
  /** The first and the longest rest before connecting again, in milliseconds. It doubles in between. */
  readonly minRestMs: number;
  readonly maxRestMs: number;
}

export const DEFAULT_REDIS_LINK_POLICY: RedisLinkPolicy = {
  connectMs: 5_000,
  probeMs: 500,
  silenceMs: 1_000,
  minRestMs: 100,
  maxRestMs: 5_000,
};

export interface RedisLinkInput {
  readonly link: RedisLinkPort;
  readonly policy: RedisLinkPolicy;
  readonly events: EventSink;
  /** Returns a number from 0 up to 1, for the jitter of rests. */
  readonly random: () => number;
  /** Why an earlier machine of this link has failed, which was told. */
  readonly failure?: Error | undefined;
}

export type RedisLinkEvent =
  /** A probe has come back. */
  | { readonly type: 'probe.heard' }
  /** A connection has ended by itself. */
  | { readonly type: 'link.lost'; readonly error: Error }
  | { readonly type: 'link.stop' };

export interface RedisLinkContext extends RedisLinkInput {
  /** Why it was not ready the last time; undefined while it is. */
  failure: Error | undefined;
  /** Failures in a row, without being ready in between. */
  failures: number;
  /** How often it became ready. */
  connects: number;
}
