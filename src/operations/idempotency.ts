/**
 * Remembers for some minutes what was done under an idempotency key, so that the same request does it only once. It is
 * bounded: when there are too many keys, the oldest are forgotten.
 */

import type { Clock } from '../system/clock.ts';

/** How long a key is remembered. */
export const IDEMPOTENCY_MS = 5 * 60_000;

/** What all keys may take in memory. */
const MAX_BYTES = 16 * 1024 * 1024;

/** Counted for each key besides its text: its place in the table, and the outcome. */
const KEY_BYTES = 512;

interface Done<Outcome> {
  readonly outcome: Outcome | Promise<Outcome>;
  readonly until: number;
}

export class Idempotency<Outcome> {
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #maxBytes: number;
  /** In the order of their ends, which is the one of their beginnings. */
  readonly #done = new Map<string, Done<Outcome>>();
  #bytes = 0;

  /** @param maxBytes What all keys may take in memory. Default 16 MiB. */
  constructor(clock: Pick<Clock, 'monotonic'>, maxBytes: number = MAX_BYTES) {
    this.#clock = clock;
    this.#maxBytes = maxBytes;
  }

  /**
   * Does something, unless it was done or is being done under this key: then the outcome is the same.
   * @param counts Whether an outcome is remembered. What failed may be tried again.
   */
  once(
    key: string,
    act: () => Outcome | Promise<Outcome>,
    counts: (outcome: Outcome) => boolean,
  ): Outcome | Promise<Outcome> {
    this.#forgetExpired();
    const known = this.#done.get(key);
    if (known !== undefined) return known.outcome;
    const outcome = act();
    if (outcome instanceof Promise) {
      this.#remember(key, outcome);
      const forgetFailed = (failed: boolean): void => {
        if (failed && this.#done.get(key)?.outcome === outcome) this.#forget(key);
      };
      outcome.then(
        (settled) => forgetFailed(!counts(settled)),
        () => forgetFailed(true),
      );
    } else if (counts(outcome)) {
      this.#remember(key, outcome);
    }
    return outcome;
  }

  #remember(key: string, outcome: Outcome | Promise<Outcome>): void {
    this.#done.set(key, { outcome, until: this.#clock.monotonic() + IDEMPOTENCY_MS });
    this.#bytes += costOf(key);
    for (const oldest of this.#done.keys()) {
      if (this.#bytes <= this.#maxBytes) return;
      this.#forget(oldest);
    }
  }

  #forgetExpired(): void {
    const now = this.#clock.monotonic();
    for (const [key, { until }] of this.#done) {
      if (until > now) return;
      this.#forget(key);
    }
  }

  #forget(key: string): void {
    if (this.#done.delete(key)) this.#bytes -= costOf(key);
  }
}

function costOf(key: string): number {
  return KEY_BYTES + 2 * key.length;
}
