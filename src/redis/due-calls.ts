/**
 * Calls that Redis must get in the end: those that fail while it is away are made again when it is there. One that may have
 * been done is made again too, so it must do no harm twice.
 */

import { RedisDownError, RedisLostError, type Redis } from './redis.ts';

/** More are not kept: the oldest are given up. */
const MOST = 10_000;

interface DueCall {
  readonly channelOrKey: string;
  readonly call: () => Promise<unknown>;
}

export class DueCalls {
  readonly #due = new Map<string, DueCall>();
  readonly #stopListening: () => void;

  constructor(redis: Pick<Redis, 'onRestored'>) {
    this.#stopListening = redis.onRestored((restored) => {
      for (const [name, { channelOrKey, call }] of this.#due) {
        if (restored.affects(channelOrKey)) this.make(name, channelOrKey, call).catch(() => undefined);
      }
    });
  }

  /** Makes a call now. It rejects as the call does, also if it is made again later. */
  async make(name: string, channelOrKey: string, call: () => Promise<unknown>): Promise<void> {
    this.forget(name);
    try {
      await call();
    } catch (error) {
      if (error instanceof RedisDownError || error instanceof RedisLostError)
        this.#keep(name, { channelOrKey, call });
      throw error;
    }
  }

  /** A call of this name is not to be made any more. */
  forget(name: string): void {
    if (this.#due.size > 0) this.#due.delete(name);
  }

  close(): void {
    this.#stopListening();
    this.#due.clear();
  }

  #keep(name: string, call: DueCall): void {
    this.#due.set(name, call);
    if (this.#due.size <= MOST) return;
    for (const oldest of this.#due.keys()) {
      this.#due.delete(oldest);
      break;
    }
  }
}
