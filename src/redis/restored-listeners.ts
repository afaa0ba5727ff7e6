/** Who is told when a server of Redis can be used again. */

import type { Restored } from './redis.ts';

export class RestoredListeners {
  readonly #listeners = new Set<(restored: Restored) => void>();
  readonly #onError: (error: unknown) => void;

  /** @param onError A listener has thrown. The others are told nevertheless. */
  constructor(onError: (error: unknown) => void) {
    this.#onError = onError;
  }

  add(listener: (restored: Restored) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  tell(restored: Restored): void {
    for (const listener of this.#listeners) {
      try {
        listener(restored);
      } catch (error) {
        this.#onError(error);
      }
    }
  }
}
