/**
 * Gives a store no more calls at a time than it works on. What somebody waits for goes before the rest, such as the leaves
 * of thousands whose sockets have closed.
 */

import { Fifo } from '../../system/fifo.ts';

export class StorePace {
  readonly #most: number;
  readonly #urgent = new Fifo<() => void>();
  readonly #others = new Fifo<() => void>();
  #running = 0;

  /** @param most how many calls may run at a time; `Infinity` is any number. */
  constructor(most: number = Infinity) {
    this.#most = most;
  }

  /** Makes a call when it is its turn. */
  run<T>(isUrgent: boolean, call: () => Promise<T>): Promise<T> {
    if (this.#running < this.#most) return this.#run(call);
    return new Promise((resolve) => {
      (isUrgent ? this.#urgent : this.#others).add(() => resolve(this.#run(call)));
    });
  }

  async #run<T>(call: () => Promise<T>): Promise<T> {
    this.#running += 1;
    try {
      return await call();
    } finally {
      this.#running -= 1;
      (this.#urgent.take() ?? this.#others.take())?.();
    }
  }
}
