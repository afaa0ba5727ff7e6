/** What takes long to find, found once for all who ask at about the same time. No timer runs. */

interface Kept<Result> {
  readonly result: Promise<Result>;
  /** Until when it is good for others, in milliseconds since 1970; not there while it is being looked for. */
  goodUntil?: number;
}

/** Results that are kept at a time. */
const MAX_KEPT = 32;
/** A result is good for so many times as long as it took: who asks over and over has a tenth of the time at most. */
const GOOD_PER_SPENT = 9;

export class Shared<Result> {
  readonly #freshMs: number;
  readonly #now: () => number;
  readonly #kept = new Map<string, Kept<Result>>();

  /** A result is good for at least `freshMs` milliseconds after it was found. */
  constructor(freshMs: number, now: () => number) {
    this.#freshMs = freshMs;
    this.#now = now;
  }

  obtain(key: string, find: () => Promise<Result>): Promise<Result> {
    this.#forgetStale();
    const known = this.#kept.get(key);
    if (known !== undefined) return known.result;
    const startedAt = this.#now();
    const kept: Kept<Result> = { result: find() };
    this.#kept.set(key, kept);
    kept.result.then(
      () => {
        const foundAt = this.#now();
        kept.goodUntil = foundAt + Math.max(this.#freshMs, GOOD_PER_SPENT * (foundAt - startedAt));
      },
      // Whoever asks next may have more luck.
      () => this.#kept.delete(key),
    );
    return kept.result;
  }

  #forgetStale(): void {
    for (const [key, { goodUntil = Infinity }] of this.#kept) {
      if (this.#now() >= goodUntil || this.#kept.size > MAX_KEPT) this.#kept.delete(key);
    }
  }
}
