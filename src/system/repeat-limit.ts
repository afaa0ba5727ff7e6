/** Bounds a flood of equal reports: the first one is told at once, and later how many there were in each interval. */

import { startQuietTimer, type Clock } from './clock.ts';

const INTERVAL_MS = 10_000;
/** Further kinds are counted together, so that names which others choose take no memory without limit. */
const MAX_KINDS = 1_000;
const OTHERS = '';

interface Repeated {
  /** How many were not told yet. */
  count: number;
  /** Tells the latest of them. */
  tell: (count: number) => void;
}

export class RepeatLimit {
  readonly #clock: Clock;
  readonly #intervalMs: number;
  readonly #kinds = new Map<string, Repeated>();

  /** @param intervalMs Default 10 seconds. */
  constructor(clock: Clock, intervalMs = INTERVAL_MS) {
    this.#clock = clock;
    this.#intervalMs = intervalMs;
  }

  /**
   * Reports something of a kind. Within the interval after a report, further ones of this kind are counted only.
   * @param tell Writes the report; `count` is how many there were since the last one was written, this one included.
   */
  report(kind: string, tell: (count: number) => void): void {
    const key = this.#kinds.has(kind) || this.#kinds.size < MAX_KINDS ? kind : OTHERS;
    const known = this.#kinds.get(key);
    if (known !== undefined) {
      known.count += 1;
      known.tell = tell;
      return;
    }
    const repeated = { count: 0, tell };
    this.#kinds.set(key, repeated);
    this.#wait(key, repeated);
    tell(1);
  }

  #wait(key: string, repeated: Repeated): void {
    startQuietTimer(
      this.#clock,
      () => {
        const { count, tell } = repeated;
        if (count === 0) {
          this.#kinds.delete(key);
          return;
        }
        repeated.count = 0;
        this.#wait(key, repeated);
        tell(count);
      },
      this.#intervalMs,
    );
  }
}
