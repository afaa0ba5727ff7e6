/**
 * Shares the event loop between clients. A client that sends much has a part of it taken at once, and the rest in slices in
 * later turns, so that others have their turn in between. It knows neither frames nor commands.
 */

/** A client whose rest waits. */
export interface Backlog {
  /** Takes a slice of what waits. Returns whether there is more. If it throws, it goes on behind what has thrown. */
  takeSlice(): boolean;
}

/** How long the slices of all clients may take in one turn, in milliseconds. */
const TURN_MS = 2;

export class FairShare {
  readonly #now: () => number;
  readonly #onError: (error: unknown) => void;
  /** The next one stands first. */
  readonly #backlogs: Backlog[] = [];
  #turn = 0;
  #isCounted = false;

  /**
   * @param onError told what a slice has thrown
   * @param now the monotonic clock, in milliseconds with a fraction
   */
  constructor(onError: (error: unknown) => void, now: () => number = () => performance.now()) {
    this.#onError = onError;
    this.#now = now;
  }

  /** The number of this turn of the event loop. */
  get turn(): number {
    if (!this.#isCounted) {
      this.#isCounted = true;
      setImmediate(() => {
        this.#isCounted = false;
        this.#turn += 1;
      });
    }
    return this.#turn;
  }

  /** In milliseconds with a fraction, since some moment in the past. */
  now(): number {
    return this.#now();
  }

  /** Has slices of a client taken from the next turn on, in turns with other clients, until there is no more. */
  add(backlog: Backlog): void {
    this.#backlogs.push(backlog);
    if (this.#backlogs.length === 1) setImmediate(() => this.#takeSlices());
  }

  #takeSlices(): void {
    const end = this.#now() + TURN_MS;
    do {
      // It stays first while it is asked: who is added meanwhile does not begin a second round.
      const backlog = this.#backlogs[0]!;
      const hasMore = this.#takeSlice(backlog);
      this.#backlogs.shift();
      if (hasMore) this.#backlogs.push(backlog);
    } while (this.#backlogs.length > 0 && this.#now() < end);
    if (this.#backlogs.length > 0) setImmediate(() => this.#takeSlices());
  }

  #takeSlice(backlog: Backlog): boolean {
    try {
      return backlog.takeSlice();
    } catch (error) {
      this.#onError(error);
      return true;
    }
  }
}
