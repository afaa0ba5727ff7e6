/** Work that comes again and again. It knows nothing of what is done. */

import type { Clock } from '../../system/clock.ts';

export interface Repeating {
  /** Runs the work now, and then again and again. */
  start(): void;
  /** No run begins after this. Resolves when the one that is under way has ended. */
  stop(): Promise<void>;
}

/**
 * Runs work at an interval. A run that is still under way when the next one is due takes its place, so that no
 * more than one call to a platform that hangs is under way at a time. The work must not reject.
 */
export function createRepeating(
  clock: Clock,
  intervalMs: number,
  work: () => Promise<void> | void,
): Repeating {
  let timer: unknown;
  let running: Promise<void> | undefined;
  let isStopped = true;

  function tick(): void {
    if (isStopped) return;
    timer = clock.setTimeout(tick, intervalMs);
    running ??= run();
  }

  async function run(): Promise<void> {
    await work();
    running = undefined;
  }

  return {
    start() {
      if (!isStopped) return;
      isStopped = false;
      tick();
    },
    async stop() {
      isStopped = true;
      clock.clearTimeout(timer);
      await running;
    },
  };
}
