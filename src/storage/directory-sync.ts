/** Syncs a directory once for all callers that wait at the same time (a group commit). */

import { syncDirectory } from './durable-file.ts';

export interface DirectorySync {
  /**
   * Resolves when the names in the directory, as they are at the call, will survive a power failure.
   *
   * @throws {StoreError} if the sync failed.
   */
  sync(): Promise<void>;
  /** Resolves when no sync runs or waits, even if one failed. */
  idle(): Promise<void>;
}

export function createDirectorySync(dir: string): DirectorySync {
  let running: Promise<void> | undefined;
  /** For callers that came while a sync was running: it may have missed their changes. */
  let next: Promise<void> | undefined;

  function begin(): Promise<void> {
    const begun = syncDirectory(dir);
    next = undefined;
    running = begun;
    begun.then(end, end);
    return begun;
  }

  function end(): void {
    if (next === undefined) running = undefined;
  }

  return {
    sync() {
      if (running === undefined) return begin();
      next ??= running.then(begin, begin);
      return next;
    },
    async idle() {
      for (let last = next ?? running; last !== undefined; last = next ?? running) {
        await last.catch(() => undefined);
      }
    },
  };
}
