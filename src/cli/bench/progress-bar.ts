/** The progress of a run, on a terminal: one line that is written again and again. */

const BAR_WIDTH = 30;
const CLEAR_LINE = '\r\u001b[K';

export interface ProgressBar {
  readonly show: (phase: string, share: number) => void;
  /** Removes the bar, so that something else can be written. */
  readonly clear: () => void;
}

/** @param write Without it nothing is shown. */
export function createProgressBar(write: ((text: string) => void) | undefined): ProgressBar {
  let shown = '';
  return {
    show(phase, share) {
      if (write === undefined) return;
      const full = Math.floor(share * BAR_WIDTH);
      const bar = `${phase} [${'#'.repeat(full)}${'.'.repeat(BAR_WIDTH - full)}] ${Math.floor(share * 100)} %`;
      // It is asked for much more often than it changes.
      if (bar !== shown) write(`${CLEAR_LINE}${bar}`);
      shown = bar;
    },
    clear() {
      if (shown !== '') write?.(CLEAR_LINE);
      shown = '';
    },
  };
}
