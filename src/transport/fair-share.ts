/**
 * Shares the event loop between clients. A client that sends much has a part of it taken at once, and the rest in slices in
 * later turns, so that others have their turn in between. It knows neither frames nor commands.
 */

import { Fifo } from '../system/fifo.ts';

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
  readonly #backlogs = new Fifo<Backlog>();
  #isTaking = false;
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
    this.#backlogs.add(backlog);
    if (this.#isTaking) return;
    this.#isTaking = true;
    setImmediate(() => this.#takeSlices());
  }

  #takeSlices(): void {
    const end = this.#now() + TURN_MS;
    do {
      const backlog = this.#backlogs.take()!;
      if (this.#takeSlice(backlog)) this.#backlogs.add(backlog);
    } while (this.#backlogs.size > 0 && this.#now() < end);
    this.#isTaking = this.#backlogs.size > 0;
    if (this.#isTaking) setImmediate(() => this.#takeSlices());
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
