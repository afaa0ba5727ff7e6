/** What a server under test has under way: a test waits until all of it is done, and not for a time. */

// Taken before a test can replace them by fake ones.
const { setImmediate: soon, setTimeout: later, clearTimeout: cancel } = globalThis;

/** Turns of the event loop in which nothing happens before all is quiet. */
const QUIET_TURNS = 2;

export class Work {
  /** What is not done yet, by number, as a test's author would name it. */
  readonly #underWay = new Map<number, string>();
  #lastId = 0;
  /** Rises with all that happens. */
  #activity = 0;
  /** Those who wait for the next thing that happens. */
  readonly #waiting = new Set<() => void>();

  /** Something has happened. */
  note(): void {
    this.#activity += 1;
    for (const happened of this.#waiting) happened();
  }

  /**
   * Does something, and has it under way until its promise settles.
   * @param signal When it is aborted, nobody waits for it any more.
   */
  track<Result>(name: string, work: () => Result, signal?: AbortSignal): Result {
    this.#lastId += 1;
    const id = this.#lastId;
    const end = (): void => {
      if (this.#underWay.delete(id)) this.note();
    };
    this.#underWay.set(id, name);
    this.note();
    let result: Result;
    try {
      result = work();
    } catch (error) {
      end();
      throw error;
    }
    signal?.addEventListener('abort', end, { once: true });
    if (isThenable(result)) result.then(end, end);
    else end();
    return result;
  }

  /** What is under way. */
  get names(): readonly string[] {
    return [...this.#underWay.values()];
  }

  /** Waits until what needs no time and nothing from outside has been done. */
  async quiet(): Promise<void> {
    let turns = 0;
    while (turns < QUIET_TURNS) {
      const before = this.#activity;
      await new Promise<void>((resolve) => {
        soon(resolve);
      });
      turns = this.#activity === before ? turns + 1 : 0;
    }
  }

  /**
   * Waits until nothing is under way, and returns whether that is so: it gives up when nothing happens.
   * @param patienceMs for how long, in real milliseconds.
   */
  async done(patienceMs: number): Promise<boolean> {
    for (;;) {
      await this.quiet();
      if (this.#underWay.size === 0) return true;
      if (!(await this.happens(patienceMs))) return false;
    }
  }

  /** Waits for the next thing that happens, for so many real milliseconds at most. */
  happens(patienceMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      const end = (happened: boolean): void => {
        cancel(timer);
        this.#waiting.delete(happen);
        resolve(happened);
      };
      const happen = (): void => end(true);
      const timer = later(() => end(false), patienceMs);
      this.#waiting.add(happen);
    });
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}
