/** Remembers keys for five minutes, as many as fit. */

import type { Clock } from '../../system/clock.ts';

const KEEP_MS = 5 * 60 * 1000;
const MAX_KEYS = 100_000;

export class RecentKeys {
  readonly #clock: Pick<Clock, 'monotonic'>;
  /** When each ends, in the order in which they came. */
  readonly #ends = new Map<string, number>();

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock;
  }

  /** Returns false if the key is there already. */
  add(key: string): boolean {
    const now = this.#clock.monotonic();
    for (const [old, end] of this.#ends) {
      if (end > now && this.#ends.size < MAX_KEYS) break;
      this.#ends.delete(old);
    }
    if (this.#ends.has(key)) return false;
    this.#ends.set(key, now + KEEP_MS);
    return true;
  }
}
