/** Turns of measurements that are under way together: one goes on while the others wait. */

/** Lets the others have their turns, and resolves when it is one's own again. */
export type GiveWay = () => Promise<void>;

export class Turns {
  #isTaken = false;
  /** Those who wait, in order. */
  readonly #waiting: (() => void)[] = [];

  /** Runs a task in turns of its own. One that never gives way is run from its beginning to its end. */
  async run<Result>(task: (giveWay: GiveWay) => Promise<Result>): Promise<Result> {
    await this.#take();
    try {
      return await task(async () => {
        this.#pass();
        await this.#take();
      });
    } finally {
      this.#pass();
    }
  }

  async #take(): Promise<void> {
    if (this.#isTaken) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#isTaken = true;
  }

  /** The turn goes to who waits longest, without being free in between. */
  #pass(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#isTaken = false;
    else next();
  }
}
