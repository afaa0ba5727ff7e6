/**
 * The clock that parts are given; tests give a simulated one. A date comes from the wall clock, which may be set at any
 * time: it can go back, or forward by days. What is measured or waited for comes from the monotonic clock.
 */

export interface Clock {
  /** The date, in milliseconds since 1970. Not for durations: it jumps when the clock of the machine is set. */
  now(): number;
  /**
   * Whole milliseconds since some moment in the past. It never goes back and does not jump: for durations, deadlines
   * and the order of events. It means nothing in another process, so it is never stored or sent.
   */
  monotonic(): number;
  /** Calls back after any delay in milliseconds, also one of months. `Infinity` is never. */
  setTimeout(fn: () => void, delayMs: number): unknown;
  clearTimeout(id: unknown): void;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => Math.floor(performance.now()),
  setTimeout: (fn, delayMs) =>
    delayMs > MAX_TIMER_MS ? new LongTimer(fn, delayMs) : setTimeout(fn, delayMs),
  clearTimeout(id) {
    if (id instanceof LongTimer) id.clear();
    else clearTimeout(id as NodeJS.Timeout);
  },
};

/** The longest delay that a timer of Node.js can hold, 24.8 days; with a longer one it would fire at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** A timer for a delay that is too long for one of Node.js: several of them, one after another. */
class LongTimer {
  readonly #fn: () => void;
  #leftMs: number;
  #timer: NodeJS.Timeout;
  #keepsAlive = true;

  constructor(fn: () => void, delayMs: number) {
    this.#fn = fn;
    this.#leftMs = delayMs;
    this.#timer = this.#wait();
  }

  clear(): void {
    clearTimeout(this.#timer);
  }

  unref(): void {
    this.#keepsAlive = false;
    this.#timer.unref();
  }

  #wait(): NodeJS.Timeout {
    const delayMs = Math.min(this.#leftMs, MAX_TIMER_MS);
    this.#leftMs -= delayMs;
    return setTimeout(() => this.#end(), delayMs);
  }

  #end(): void {
    if (this.#leftMs <= 0) {
      this.#fn();
      return;
    }
    this.#timer = this.#wait();
    if (!this.#keepsAlive) this.#timer.unref();
  }
}

/** How long a {@link CoarseTime} may be behind. */
const COARSE_MS = 1;

/**
 * The time for what happens many thousand times a second: it is at most a millisecond behind, or as much as the event
 * loop is. Reading the system's clock takes about half as long as all that a room does for a message.
 */
export class CoarseTime {
  readonly #clock: Clock;
  #now = 0;
  #monotonic = 0;
  #isFresh = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The date, in milliseconds since 1970. */
  now(): number {
    if (!this.#isFresh) this.#read();
    return this.#now;
  }

  /** The monotonic reading, in milliseconds. */
  monotonic(): number {
    if (!this.#isFresh) this.#read();
    return this.#monotonic;
  }

  #read(): void {
    this.#now = this.#clock.now();
    this.#monotonic = this.#clock.monotonic();
    this.#isFresh = true;
    startQuietTimer(
      this.#clock,
      () => {
        this.#isFresh = false;
      },
      COARSE_MS,
    );
  }
}

/** Starts a timer that alone keeps no process alive. */
export function startQuietTimer(clock: Clock, fn: () => void, delayMs: number): unknown {
  const timer = clock.setTimeout(fn, delayMs);
  (timer as { unref?: () => void } | undefined)?.unref?.();
  return timer;
}
