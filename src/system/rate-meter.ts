/** A token bucket: how many messages may still be taken now. It knows no clock; the monotonic time is given. */

/** Parts of a message that sums of fractions may lack. */
const ROUNDING = 1e-6;

export class RateMeter {
  readonly #perSecond: number;
  readonly #burst: number;
  #tokens: number;
  #filledAt: number;

  /** Allows `perSecond` a second on the long run, and bursts of one second's worth (at least one). */
  constructor(perSecond: number, nowMs: number) {
    this.#perSecond = perSecond;
    this.#burst = Math.max(1, perSecond);
    this.#tokens = this.#burst;
    this.#filledAt = nowMs;
  }

  allows(nowMs: number): boolean {
    this.#fill(nowMs);
    return this.#tokens >= 1 - ROUNDING;
  }

  spend(): void {
    this.#tokens -= 1;
  }

  /** Milliseconds until the next message is allowed. */
  waitMs(nowMs: number): number {
    this.#fill(nowMs);
    return this.#tokens >= 1 - ROUNDING ? 0 : Math.ceil(((1 - this.#tokens) / this.#perSecond) * 1000);
  }

  /** Milliseconds until a whole burst is allowed: from then on it is as if it were new. */
  fullInMs(nowMs: number): number {
    this.#fill(nowMs);
    const lacking = this.#burst - this.#tokens;
    return lacking <= ROUNDING ? 0 : Math.ceil((lacking / this.#perSecond) * 1000);
  }

  #fill(nowMs: number): void {
    const elapsedMs = Math.max(0, nowMs - this.#filledAt);
    this.#tokens = Math.min(this.#burst, this.#tokens + (elapsedMs / 1000) * this.#perSecond);
    this.#filledAt = nowMs;
  }
}
