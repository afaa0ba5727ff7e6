/** Repeats a request while the page is visible. */

import { platformClock, type Clock } from './clock.ts';

export interface Polling {
  /** Asks now instead of at the next interval. */
  refresh(): void;
  /** Pauses while the page is hidden, and asks at once when it is visible again. */
  setVisible(visible: boolean): void;
  /** Ends the polling for good. */
  stop(): void;
}

export interface PollingOptions<Answer> {
  /** Asks once; it must not reject. */
  readonly ask: () => Promise<Answer>;
  readonly listener: (answer: Answer) => void;
  /** From an answer to the next request, in milliseconds. */
  readonly intervalMs: number;
  /** Default: the timers of the platform. */
  readonly clock?: Clock | undefined;
}

/** Creates a polling; starts with `setVisible(true)`. */
export function createPolling<Answer>(options: PollingOptions<Answer>): Polling {
  const { ask, listener, intervalMs, clock = platformClock } = options;
  let visible = false;
  let asking = false;
  /** `refresh` was called while a request was open: its answer may be outdated. */
  let again = false;
  let stopped = false;
  let timer: unknown;

  return {
    refresh,
    setVisible(next) {
      visible = next;
      if (visible) refresh();
      else clock.clearTimeout(timer);
    },
    stop() {
      stopped = true;
      clock.clearTimeout(timer);
    },
  };

  function refresh(): void {
    if (stopped || !visible) return;
    if (asking) {
      again = true;
      return;
    }
    clock.clearTimeout(timer);
    asking = true;
    void ask().then(finish);
  }

  function finish(answer: Answer): void {
    asking = false;
    listener(answer);
    if (again) {
      again = false;
      refresh();
    } else if (visible && !stopped) {
      timer = clock.setTimeout(refresh, intervalMs);
    }
  }
}
