/** The progress of a run: a bar on a terminal, a line for each scenario elsewhere. */

const BAR_WIDTH = 24;
const CLEAR_LINE = '\r\u001b[K';

export interface Progress {
  /** The next measurement begins. */
  next(scenario: string, detail: string): void;
  /** Removes the bar, so that something else can be written. */
  clear(): void;
}

/** @param total The number of measurements. */
export function createProgress(total: number, write: (text: string) => void, isTerminal: boolean): Progress {
  let begun = 0;
  let told = '';
  return {
    next(scenario, detail) {
      begun += 1;
      const count = `${begun} of ${total}`;
      if (isTerminal) {
        const full = Math.floor(((begun - 1) / total) * BAR_WIDTH);
        const bar = '#'.repeat(full) + '.'.repeat(BAR_WIDTH - full);
        write(`${CLEAR_LINE}[${bar}] ${count}  ${scenario}: ${detail}`);
      } else if (scenario !== told) {
        write(`${scenario}: measurement ${count}\n`);
      }
      told = scenario;
    },
    clear() {
      if (isTerminal) write(CLEAR_LINE);
    },
  };
}
