/** Call statistics: which calls are counted together, and their counts. */

/** Calls with the same key are counted together. */
export interface StatKey {
  /** The called server, `App.Server`. */
  readonly server: string;
  readonly func: string;
  /** The endpoint of the call; empty and 0 if it is unknown. */
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
  /** The calls in each class of {@link LATENCY_BOUNDS_MS}; slower ones are in the last class. */
  readonly latencies: readonly number[];
}

export interface StatEntry {
  readonly key: StatKey;
  readonly counts: StatCounts;
}

/** A finished call. */
export interface CallRecord {
  /** The called object, `App.Server.Obj`. */
  readonly object: string;
  readonly func: string;
  /** The endpoint of the call, if it is known. */
  readonly endpoint?: { readonly host: string; readonly port: number };
  readonly outcome: 'succeeded' | 'timedOut' | 'failed';
  /** The return code of the servant, or a local one. */
  readonly ret: number;
  readonly durationMs: number;
}

/** The platform's classes for the duration of calls, in milliseconds. */
export const LATENCY_BOUNDS_MS = [5, 10, 50, 100, 200, 500, 1000, 2000, 3000] as const;

/** Makes an entry of one call. */
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

/** The sum of two counts. */
export function addCounts(one: StatCounts, other: StatCounts): StatCounts {
  return {
    succeeded: one.succeeded + other.succeeded,
    timedOut: one.timedOut + other.timedOut,
    failed: one.failed + other.failed,
    totalMs: one.totalMs + other.totalMs,
    // Without a successful call, `minMs` is 0 and no time.
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

/** A text that is the same for two keys exactly if they are equal. */
export function nameKey({ server, func, host, port, ret }: StatKey): string {
  // JSON, because names may come from clients and contain any character.
  return JSON.stringify([server, func, host, port, ret]);
}
