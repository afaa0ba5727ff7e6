/** Work that is repeated at an interval. */

import type { Clock } from '../../system/clock.ts';

export interface Repeating {
  /** Runs the work now and then at each interval. */
  start(): void;
  /** No run begins after this. Resolves when a run in progress has ended. */
  stop(): Promise<void>;
}

/**
 * Runs work at an interval. A run is skipped while an earlier one is in progress, so that there is at most one call
 * at a time to a platform that hangs. The work must not reject.
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
