/** What a node has heard of one stream. */

import type { StreamPosition } from '../protocol/command.ts';
import type { Clock } from '../system/clock.ts';

interface Waiting {
  readonly offset: number;
  readonly timer: unknown;
  readonly resolve: (reached: boolean) => void;
}

export class HeardStream {
  /** The latest publication that came; undefined until it is known where the stream stands. */
  #latest: StreamPosition | undefined;
  #waiting: Waiting[] = [];

  /** The stream is heard from here on, unless a publication has come already. */
  begin({ offset, epoch }: StreamPosition): void {
    this.#latest ??= { offset, epoch };
  }

  /** Notes a publication: the next one, or one without a place; one after a gap; or one that has come before. */
  hear({ offset, epoch }: StreamPosition): 'next' | 'gap' | 'known' {
    if (offset === 0) return 'next';
    const before = this.#latest;
    if (before?.epoch === epoch && offset <= before.offset) return 'known';
    this.#latest = { offset, epoch };
    this.#wake();
    return before === undefined || (before.epoch === epoch && offset === before.offset + 1) ? 'next' : 'gap';
  }

  /** Whether everything up to a position has come, or comes in time. */
  reaches({ offset, epoch }: StreamPosition, clock: Clock, withinMs: number): Promise<boolean> {
    const latest = this.#latest;
    if (latest === undefined) return Promise.resolve(true);
    if (latest.epoch !== epoch || latest.offset >= offset) return Promise.resolve(latest.epoch === epoch);
    return new Promise((resolve) => {
      const timer = clock.setTimeout(() => {
        this.#waiting = this.#waiting.filter((one) => one !== waiting);
        resolve(false);
      }, withinMs);
      const waiting: Waiting = {
        offset,
        timer,
        resolve: (reached) => {
          clock.clearTimeout(timer);
          resolve(reached);
        },
      };
      this.#waiting.push(waiting);
    });
  }

  /** Goes on from a position that was not reached. False if it was in the meantime. */
  skipTo({ offset, epoch }: StreamPosition): boolean {
    if (this.#latest?.epoch === epoch && this.#latest.offset >= offset) return false;
    this.#latest = { offset, epoch };
    this.#wake();
    return true;
  }

  /** Nobody hears the stream any more: who waits goes on. */
  end(): void {
    for (const { resolve } of this.#waiting.splice(0)) resolve(true);
  }

  #wake(): void {
    if (this.#waiting.length === 0) return;
    const reached = this.#latest?.offset ?? 0;
    const ready = this.#waiting.filter(({ offset }) => offset <= reached);
    this.#waiting = this.#waiting.filter(({ offset }) => offset > reached);
    for (const { resolve } of ready) resolve(true);
  }
}
