/** One measurement: starts a server and a load generator, runs the load, and stops both. */

import { readResidentBytes } from './accounting.ts';
import type { Contender, RunningServer } from './contender.ts';
import type { JobName, Jobs, Milestone } from './load/jobs.ts';
import type { Target } from './load/wire-client.ts';
import { startLoad } from './load-process.ts';

/** Callbacks that run while a job waits at a milestone. */
export type Milestones = Partial<Record<Milestone, (server: RunningServer) => Promise<void>>>;

export interface Measured<Result> {
  readonly result: Result;
  /** The resident memory of the server right after the load. */
  readonly residentBytes: number;
}

export async function measure<Name extends JobName>(
  contender: Contender,
  name: Name,
  makeJob: (target: Target) => Jobs[Name]['job'],
  milestones: Milestones = {},
): Promise<Measured<Jobs[Name]['result']>> {
  const [server, load] = await Promise.all([contender.start(), startLoad()]);
  try {
    const result = await load.run(name, makeJob(server.target), async (at) => milestones[at]?.(server));
    return { result, residentBytes: readResidentBytes(server.target.pid) };
  } finally {
    await load.stop();
    await server.stop();
  }
}
