/** When to try again to connect, as plain numbers. */

/** Upper bound of the first wait. */
export const BACKOFF_BASE_MS = 500;
/** Upper bound of every wait. */
export const BACKOFF_CAP_MS = 15_000;

/**
 * Draws a wait with full jitter: evenly between 0 and a bound that doubles with each attempt, so that the
 * clients of a stopped server do not all reconnect at the same time.
 *
 * @param attempt how many attempts failed since the last stable connection, from 0
 * @param random a number from 0 up to, not including, 1
 * @returns milliseconds
 */
export function drawBackoff(attempt: number, random: () => number): number {
  return Math.round(random() * Math.min(BACKOFF_CAP_MS, BACKOFF_BASE_MS * 2 ** attempt));
}

export interface RetryInput {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** A number from 0 up to, not including, 1. */
  readonly random: () => number;
}

export interface Retry extends RetryInput {
  /** Attempts that failed since the last stable connection. */
  readonly attempt: number;
  readonly retryDelayMs: number;
  /** Milliseconds since 1970. */
  readonly retryAt: number;
}

export const NO_RETRY = { attempt: 0, retryDelayMs: 0, retryAt: 0 };

/** Counts one more failed attempt, and draws when the next one starts. */
export function planRetry({ attempt, now, random }: Retry): Omit<Retry, keyof RetryInput> {
  const retryDelayMs = drawBackoff(attempt, random);
  return { attempt: attempt + 1, retryDelayMs, retryAt: now() + retryDelayMs };
}
