/** How signals and others end a process: once in order, and at once if somebody insists. */

import { endProcess } from './end-process.ts';

export interface Stopping {
  /** Begins to stop; later calls have no effect. */
  begin(): void;
  /** Settles when the server has stopped. */
  readonly ended: Promise<void>;
}

export function createStopping(stop: () => Promise<void>): Stopping {
  let isStopping = false;
  /** Whether somebody waits for the end, and not only a terminal is gone. */
  let isAwaited = false;
  let start: (() => void) | undefined;
  const ended = new Promise<void>((resolve, reject) => {
    start = () => {
      if (isStopping) return;
      isStopping = true;
      stop().then(resolve, reject);
    };
  });
  const begin = (): void => {
    isAwaited = true;
    start?.();
  };
  const onSignal = (): void => {
    if (isAwaited) endProcess(1);
    begin();
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
  // A closed terminal may send it twice, and systemd can send it together with SIGTERM: it never ends the process at once.
  process.on('SIGHUP', () => start?.());
  return { begin, ended };
}
