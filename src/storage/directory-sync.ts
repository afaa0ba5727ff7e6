/** Syncs a directory once for all who wait for that at the moment (a group commit). It knows no files. */

import { syncDirectory } from './durable-file.ts';

export interface DirectorySync {
  /**
   * Resolves when the names in the directory survive a power cut as they were at the time of the call.
   *
   * @throws {StoreError} when the sync that it waited for has failed.
   */
  sync(): Promise<void>;
  /** Resolves when nobody waits, whatever became of it. */
  idle(): Promise<void>;
}

export function createDirectorySync(dir: string): DirectorySync {
  let running: Promise<void> | undefined;
  /** Of those who came after the running one had begun: it may have passed by what they did before. */
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
