/** Results that are expensive to find, shared by requests that come at about the same time. It needs no timer. */

interface Kept<Result> {
  readonly result: Promise<Result>;
  /** Until when it is shared, by the monotonic clock. Not set while it is being found. */
  freshUntil?: number;
}

/** At most so many results are kept. */
const MAX_KEPT = 32;
/** A result is shared for so many times as long as it took. Requests then take at most a tenth of the time. */
const FRESH_PER_SPENT = 9;

export class Shared<Result> {
  readonly #freshMs: number;
  readonly #monotonic: () => number;
  readonly #kept = new Map<string, Kept<Result>>();

  /** @param freshMs a result is shared for at least so many milliseconds after it was found */
  constructor(freshMs: number, monotonic: () => number) {
    this.#freshMs = freshMs;
    this.#monotonic = monotonic;
  }

  obtain(key: string, find: () => Promise<Result>): Promise<Result> {
    this.#forgetStale();
    const known = this.#kept.get(key);
    if (known !== undefined) return known.result;
    const startedAt = this.#monotonic();
    const kept: Kept<Result> = { result: find() };
    this.#kept.set(key, kept);
    kept.result.then(
      () => {
        const foundAt = this.#monotonic();
        kept.freshUntil = foundAt + Math.max(this.#freshMs, FRESH_PER_SPENT * (foundAt - startedAt));
      },
      // The next request tries again.
      () => this.#kept.delete(key),
    );
    return kept.result;
  }

  #forgetStale(): void {
    for (const [key, { freshUntil = Infinity }] of this.#kept) {
      if (this.#monotonic() >= freshUntil || this.#kept.size > MAX_KEPT) this.#kept.delete(key);
    }
  }
}
