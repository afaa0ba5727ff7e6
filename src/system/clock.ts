/** Time, as links and servers see it; a test gives a simulated one. */

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

/** Starts a timer that alone keeps no process alive. */
export function startQuietTimer(clock: Clock, fn: () => void, delayMs: number): unknown {
  const timer = clock.setTimeout(fn, delayMs);
  (timer as { unref?: () => void } | undefined)?.unref?.();
  return timer;
}
