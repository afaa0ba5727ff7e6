/**
 * Gives a store no more calls at a time than it works on. What somebody waits for goes before the rest, such as the leaves
 * of thousands whose sockets have closed.
 */

interface Waiting {
  readonly start: () => void;
}

/** A queue whose head is not moved when one is taken: there may be many thousands in it. */
class Line {
  #calls: Waiting[] = [];
  #first = 0;

  add(call: Waiting): void {
    this.#calls.push(call);
  }

  take(): Waiting | undefined {
    const call = this.#calls[this.#first];
    if (call === undefined) return undefined;
    this.#first += 1;
    if (this.#first === this.#calls.length) {
      this.#calls = [];
      this.#first = 0;
    }
    return call;
  }
}

export class StorePace {
  readonly #most: number;
  readonly #urgent = new Line();
  readonly #others = new Line();
  #running = 0;

  /** @param most how many calls may run at a time; `Infinity` is any number. */
  constructor(most: number = Infinity) {
    this.#most = most;
  }

  /** Makes a call when it is its turn. */
  run<T>(isUrgent: boolean, call: () => Promise<T>): Promise<T> {
    if (this.#running < this.#most) return this.#run(call);
    return new Promise((resolve) => {
      (isUrgent ? this.#urgent : this.#others).add({ start: () => resolve(this.#run(call)) });
    });
  }

  async #run<T>(call: () => Promise<T>): Promise<T> {
    this.#running += 1;
    try {
      return await call();
    } finally {
      this.#running -= 1;
      (this.#urgent.take() ?? this.#others.take())?.start();
    }
  }
}
