/** Asks one question again and again while somebody looks. It knows no page and not what it asks. */

import { platformClock, type Clock } from './clock.ts';

export interface Polling {
  /** Asks now instead of at the next turn. */
  refresh(): void;
  /** Pauses while nobody looks, and asks at once when somebody looks again. */
  setVisible(visible: boolean): void;
  /** Asks no more, whoever looks. */
  stop(): void;
}

export interface PollingOptions<Answer> {
  /** Asks once; it must not reject. */
  readonly ask: () => Promise<Answer>;
  readonly listener: (answer: Answer) => void;
  /** From an answer to the next question, in milliseconds. */
  readonly intervalMs: number;
  /** Default: the timers of the platform. */
  readonly clock?: Clock | undefined;
}

/** Makes a polling; it rests until `setVisible(true)`. */
export function createPolling<Answer>(options: PollingOptions<Answer>): Polling {
  const { ask, listener, intervalMs, clock = platformClock } = options;
  let visible = false;
  let asking = false;
  /** Something changed while an answer was on its way: that answer may be old already. */
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
