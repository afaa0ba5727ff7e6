/** The clock that parts are given; tests give a simulated one. */

export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  setTimeout(fn: () => void, delayMs: number): unknown;
  clearTimeout(id: unknown): void;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  setTimeout: (fn, delayMs) => setTimeout(fn, delayMs),
  clearTimeout: (id) => clearTimeout(id as NodeJS.Timeout),
};

/** How long a {@link CoarseTime} may be behind. */
const COARSE_MS = 1;

/**
 * The time for what happens many thousand times a second: it is at most a millisecond behind, or as much as the event
 * loop is. Reading the system's clock takes about half as long as all that a room does for a message.
 */
export class CoarseTime {
  readonly #clock: Clock;
  #now = 0;
  #isFresh = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Milliseconds since 1970. */
  now(): number {
    if (!this.#isFresh) this.#read();
    return this.#now;
  }

  #read(): void {
    this.#now = this.#clock.now();
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
