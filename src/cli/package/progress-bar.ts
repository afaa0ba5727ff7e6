/** A bar of how far an upload is, on a terminal; a line a quarter elsewhere. It writes where it is told. */

const BAR_WIDTH = 30;
const MIB = 1024 * 1024;

/** Tells how far it is; the last call has `done` equal to `total`. */
export type Progress = (done: number, total: number) => void;

export function createProgressBar(write: (text: string) => void, isTerminal: boolean): Progress {
  let told = -1;
  return (done, total) => {
    const share = total === 0 ? 1 : done / total;
    const step = isTerminal ? Math.floor(share * 100) : Math.floor(share * 4) * 25;
    if (step === told) return;
    told = step;
    const amount = `${String(step).padStart(3)} % of ${(total / MIB).toFixed(1)} MiB`;
    if (!isTerminal) return write(`uploaded ${amount.trimStart()}\n`);
    const full = Math.floor(share * BAR_WIDTH);
    write(`\r[${'#'.repeat(full)}${'.'.repeat(BAR_WIDTH - full)}] ${amount}${share === 1 ? '\n' : ''}`);
  };
}
