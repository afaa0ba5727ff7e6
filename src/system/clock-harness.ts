/** For tests: a clock that stands still until it is told to go on. Its wall clock can be set alone. */

import { SimulatedClock } from 'xstate';
import type { Clock } from './clock.ts';
import { createMoments, type Moments } from './moments.ts';

/** Far from all dates of tests, and a whole number of seconds: a date that is used as a duration is noticed. */
const MONOTONIC_START = 7_000_000_000;

export class FakeClock implements Clock {
  readonly #elapsed = new SimulatedClock();
  readonly #waiting = new Set<number>();
  #date: number;

  /** @param date the date at the start, in milliseconds since 1970. Default 0. */
  constructor(date = 0) {
    this.#date = date;
  }

  now(): number {
    return this.#date + this.#elapsed.now();
  }

  monotonic(): number {
    return MONOTONIC_START + this.#elapsed.now();
  }

  /** How many timers wait. */
  get timers(): number {
    return this.#waiting.size;
  }

  setTimeout(fn: () => void, delayMs: number): number {
    const id = this.#elapsed.setTimeout(() => {
      this.#waiting.delete(id);
      fn();
    }, delayMs);
    this.#waiting.add(id);
    return id;
  }

  clearTimeout(id: unknown): void {
    this.#waiting.delete(id as number);
    this.#elapsed.clearTimeout(id as number);
  }

  /** Lets time pass, and runs the timers that are due. */
  increment(ms: number): void {
    this.#elapsed.increment(ms);
  }

  /** Sets the wall clock forward by this much, or back if it is negative: no time passes, no timer runs. */
  stepWallClock(ms: number): void {
    this.#date += ms;
  }
}

/** The steps of the wall clock that tests try, in milliseconds: an hour back and 40 days forward. */
export const CLOCK_STEPS = { 'an hour back': -3_600_000, '40 days forward': 40 * 86_400_000 } as const;

/** The moments of a fake clock. */
export function momentsOf(clock: FakeClock): Moments {
  return createMoments(
    () => clock.monotonic(),
    () => clock.now(),
  );
}
