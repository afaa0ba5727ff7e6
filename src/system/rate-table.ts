/**
 * How often each of many keys may do something: a token bucket for each, of which only a moment is kept. It has no timers, and
 * forgets a key when that has no more meaning, or when there are too many. It knows no clock; the monotonic time is given.
 */

export interface Rate {
  readonly perSecond: number;
  /** How many may come at once. */
  readonly burst: number;
}

export class RateTable {
  readonly #intervalMs: number;
  /** How far a bucket may be ahead of the time. */
  readonly #aheadMs: number;
  readonly #maxKeys: number;
  /** When each bucket is full again. What was used lately is in the first one. */
  #young = new Map<string, number>();
  #old = new Map<string, number>();
  #turnedAt = -Infinity;

  /** @param maxKeys With more, those that were used longest ago are forgotten, and begin anew. */
  constructor({ perSecond, burst }: Rate, maxKeys: number) {
    this.#intervalMs = 1_000 / perSecond;
    this.#aheadMs = Math.max(1, burst) * this.#intervalMs;
    this.#maxKeys = maxKeys;
  }

  /** How many keys are remembered. */
  get size(): number {
    return this.#young.size + this.#old.size;
  }

  /** Counts one. Returns after how many milliseconds it may be tried again, and counts nothing then; 0: it may be done. */
  take(key: string, nowMs: number): number {
    const fullAt = Math.max(nowMs, this.#young.get(key) ?? this.#old.get(key) ?? 0) + this.#intervalMs;
    const waitMs = fullAt - nowMs - this.#aheadMs;
    if (waitMs > ROUNDING_MS) return Math.ceil(waitMs);
    this.#turn(nowMs);
    this.#young.set(key, fullAt);
    return 0;
  }

  /** What was not used for the time in which a bucket fills is full: nothing is lost when it is forgotten. */
  #turn(nowMs: number): void {
    if (nowMs - this.#turnedAt < this.#aheadMs && this.#young.size < this.#maxKeys / 2) return;
    this.#old = this.#young;
    this.#young = new Map();
    this.#turnedAt = nowMs;
  }
}

/** What sums of fractions may lack. */
const ROUNDING_MS = 1e-6;
