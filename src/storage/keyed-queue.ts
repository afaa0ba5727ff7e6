/** Runs the tasks of the same key one after another, and those of different keys at the same time, up to a limit. */

export interface KeyedQueue {
  /** Runs a task when all earlier tasks of its key have ended, even if they failed. */
  run<T>(key: string, task: () => Promise<T>): Promise<T>;
  /** Resolves when nothing runs or waits. */
  idle(): Promise<void>;
}

export function createKeyedQueue(limit: number): KeyedQueue {
  const tails = new Map<string, Promise<void>>();
  const waiting: (() => void)[] = [];
  let free = limit;

  async function runInTurn<T>(before: Promise<void> | undefined, task: () => Promise<T>): Promise<T> {
    await before;
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await task();
    } finally {
      const next = waiting.shift();
      if (next === undefined) free += 1;
      else next();
    }
  }

  return {
    run(key, task) {
      const result = runInTurn(tails.get(key), task);
      const tail = result.then(forget, forget);
      tails.set(key, tail);
      return result;

      function forget(): void {
        if (tails.get(key) === tail) tails.delete(key);
      }
    },
    async idle() {
      while (tails.size > 0) await Promise.all(tails.values());
    },
  };
}
