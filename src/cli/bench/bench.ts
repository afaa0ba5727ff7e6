/** The command `statecast bench`: a bounded load on a server, and how it fared. */

import { RemoteError } from '../remote/remote-error.ts';
import { runLoad } from './load.ts';
import { readPlan, type BenchFlags } from './plan.ts';
import { createProgressBar } from './progress-bar.ts';
import { toJsonReport, toReport } from './report.ts';

export interface BenchInput {
  /** Such as `ws://127.0.0.1:8000`. */
  readonly address: string;
  readonly flags: BenchFlags;
  /** Ends the run early. */
  readonly signal: AbortSignal;
  /** Writes the progress on a terminal; without it there is none. */
  readonly showProgress: ((text: string) => void) | undefined;
}

/**
 * Returns what the command prints, and 1 as the exit code if something was lost or went wrong.
 * @throws {RemoteError} when a flag is wrong, or no client can join.
 */
export async function runBench({ address, flags, signal, showProgress }: BenchInput): Promise<{
  readonly exitCode: 0 | 1;
  readonly stdout: string;
  readonly stderr: string;
}> {
  const plan = readPlan(address, flags);
  const bar = createProgressBar(showProgress);
  const result = await runLoad({ plan, signal, progress: bar.show }).finally(() => bar.clear());
  if (result.connected === 0 && !result.wasStopped) {
    const [[why] = ['no client could join']] = result.errors;
    throw new RemoteError(`no client could join a room at ${plan.url}: ${why}`);
  }
  const isGood = result.lost === 0 && result.errors.size === 0;
  const report = flags.json === true ? toJsonReport(plan, result) : toReport(plan, result);
  return { exitCode: isGood ? 0 : 1, stdout: report, stderr: '' };
}
