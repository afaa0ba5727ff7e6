/** Lets measurements take turns: one runs while the others wait. */

/** Lets the others run, and resolves at the next own turn. */
export type GiveWay = () => Promise<void>;

export class Turns {
  #isTaken = false;
  /** The waiting tasks, in order. */
  readonly #waiting: (() => void)[] = [];

  /** Runs a task in turns. A task that never gives way runs without a pause. */
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

  /** Passes the turn to the task that waits longest. */
  #pass(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#isTaken = false;
    else next();
  }
}
