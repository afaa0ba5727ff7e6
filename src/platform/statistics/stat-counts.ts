/** Statistics of calls as they are counted: which calls belong together, and what is known of them. It sends nothing. */

/** What calls have in common that are counted together. */
export interface StatKey {
  /** The server that was called, `App.Server`. */
  readonly server: string;
  readonly func: string;
  /** Where it was reached; empty and 0 when it was not. */
  readonly host: string;
  readonly port: number;
  /** The return code; 0 is success. */
  readonly ret: number;
}

/** Times are those of successful calls, in whole milliseconds. */
export interface StatCounts {
  readonly succeeded: number;
  readonly timedOut: number;
  readonly failed: number;
  readonly totalMs: number;
  /** 0 when no call succeeded. */
  readonly minMs: number;
  readonly maxMs: number;
  /** How many calls took at most {@link LATENCY_BOUNDS_MS} of the same place; slower ones count in the last. */
  readonly latencies: readonly number[];
}

export interface StatEntry {
  readonly key: StatKey;
  readonly counts: StatCounts;
}

/** One call that has ended. */
export interface CallRecord {
  /** The object that was called, `App.Server.Obj`. */
  readonly object: string;
  readonly func: string;
  /** Where it was reached, if it was. */
  readonly endpoint?: { readonly host: string; readonly port: number };
  readonly outcome: 'succeeded' | 'timedOut' | 'failed';
  /** The return code, the servant's or our own. */
  readonly ret: number;
  readonly durationMs: number;
}

/** The bounds by which the platform draws how long calls take, in milliseconds. */
export const LATENCY_BOUNDS_MS = [5, 10, 50, 100, 200, 500, 1000, 2000, 3000] as const;

/** A call as an entry of its own. */
export function toEntry({ object, func, endpoint, outcome, ret, durationMs }: CallRecord): StatEntry {
  const key = {
    server: object.split('.', 2).join('.'),
    func,
    host: endpoint?.host ?? '',
    port: endpoint?.port ?? 0,
    ret,
  };
  const hasTime = outcome === 'succeeded';
  const ms = hasTime ? Math.max(0, Math.round(durationMs)) : 0;
  const bound = LATENCY_BOUNDS_MS.findIndex((bound) => ms <= bound);
  const bucket = bound === -1 ? LATENCY_BOUNDS_MS.length - 1 : bound;
  return {
    key,
    counts: {
      succeeded: hasTime ? 1 : 0,
      timedOut: outcome === 'timedOut' ? 1 : 0,
      failed: outcome === 'failed' ? 1 : 0,
      totalMs: ms,
      minMs: ms,
      maxMs: ms,
      latencies: LATENCY_BOUNDS_MS.map((_, index) => (hasTime && index === bucket ? 1 : 0)),
    },
  };
}

/** Both together. */
export function addCounts(one: StatCounts, other: StatCounts): StatCounts {
  return {
    succeeded: one.succeeded + other.succeeded,
    timedOut: one.timedOut + other.timedOut,
    failed: one.failed + other.failed,
    totalMs: one.totalMs + other.totalMs,
    // The 0 of counts without a successful call is no time.
    minMs:
      one.succeeded === 0
        ? other.minMs
        : other.succeeded === 0
          ? one.minMs
          : Math.min(one.minMs, other.minMs),
    maxMs: Math.max(one.maxMs, other.maxMs),
    latencies: LATENCY_BOUNDS_MS.map(
      (_, index) => (one.latencies[index] ?? 0) + (other.latencies[index] ?? 0),
    ),
  };
}

/** A text that two keys share exactly when they are equal. */
export function nameKey({ server, func, host, port, ret }: StatKey): string {
  // JSON, since no character is forbidden in names that come from clients.
  return JSON.stringify([server, func, host, port, ret]);
}
