/** A clock that stands still until a test lets time pass. It knows no server. */

import type { Clock } from '../system/clock.ts';

// Taken before a test can replace it by a fake one.
const { setImmediate: soon } = globalThis;

interface Timer {
  /** When it is due, on the monotonic clock. */
  readonly at: number;
  readonly fn: () => void;
}

/** Far from all dates: a date that is used as a duration is noticed. */
const MONOTONIC_START = 7_000_000_000;

export class TestClock implements Clock {
  readonly #startDate: number;
  readonly #onRun: () => void;
  #monotonic = MONOTONIC_START;
  /** In the order in which they were set. */
  readonly #timers = new Map<number, Timer>();
  #lastId = 0;

  /**
   * @param startDate milliseconds since 1970.
   * @param onRun called after timers were run.
   */
  constructor(startDate: number, onRun: () => void) {
    this.#startDate = startDate;
    this.#onRun = onRun;
  }

  now(): number {
    return this.#startDate + this.#monotonic - MONOTONIC_START;
  }

  monotonic(): number {
    return this.#monotonic;
  }

  setTimeout(fn: () => void, delayMs: number): number {
    this.#lastId += 1;
    const at = this.#monotonic + Math.max(0, delayMs);
    if (at !== Infinity) this.#timers.set(this.#lastId, { at, fn });
    // What needs no time does not wait for the test.
    if (at <= this.#monotonic) soon(() => this.runDue());
    return this.#lastId;
  }

  clearTimeout(id: unknown): void {
    this.#timers.delete(id as number);
  }

  /** When the next timer is due; undefined if there is none. */
  nextDue(): number | undefined {
    let next: number | undefined;
    for (const { at } of this.#timers.values()) if (next === undefined || at < next) next = at;
    return next;
  }

  /** Moves on to a later moment without running timers. */
  moveTo(monotonic: number): void {
    this.#monotonic = Math.max(this.#monotonic, monotonic);
  }

  /** Runs the timers that are due, the earliest first. Those that they set are not run. */
  runDue(): void {
    const due = [...this.#timers]
      .filter(([, { at }]) => at <= this.#monotonic)
      .toSorted(([, one], [, other]) => one.at - other.at);
    for (const [id, { fn }] of due) {
      // One that ran before may have cleared it.
      if (this.#timers.delete(id)) fn();
    }
    if (due.length > 0) this.#onRun();
  }
}
