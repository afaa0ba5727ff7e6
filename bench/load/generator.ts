/** The process that generates the load: it does one job of the runner and sends the result. */

import type { FromLoad, JobName, Jobs, Milestone, Pause, ToLoad } from './jobs.ts';

type Runs = { readonly [Name in JobName]: (job: Jobs[Name]['job'], pause: Pause) => Promise<unknown> };

const RUNS: Runs = {
  traffic: async (job, pause) => (await import('./traffic.ts')).runTraffic(job, pause),
  churn: async (job, pause) => (await import('./churn.ts')).runChurn(job, pause),
  storm: async (job, pause) => (await import('./storm.ts')).runStorm(job, pause),
  recovery: async (job, pause) => (await import('./recovery.ts')).runRecovery(job, pause),
  idle: async (job, pause) => (await import('./idle.ts')).runIdle(job, pause),
  push: async (job, pause) => (await import('./push.ts')).runPush(job, pause),
  calls: async (job, pause) => (await import('./calls.ts')).runCalls(job, pause),
};

let goOn: (() => void) | undefined;

process.on('message', (message: ToLoad) => {
  if (message.type === 'goOn') goOn?.();
  else void run(message.name, message.job);
});
// Without a runner, the results are of no use.
process.on('disconnect', () => process.exit());
tell({ type: 'ready' });

async function run(name: JobName, job: Jobs[JobName]['job']): Promise<void> {
  try {
    const runJob = RUNS[name] as (job: Jobs[JobName]['job'], pause: Pause) => Promise<unknown>;
    tell({ type: 'done', result: (await runJob(job, pause)) as Jobs[JobName]['result'] });
  } catch (error) {
    tell({ type: 'failed', why: error instanceof Error ? error.message : String(error) });
  }
}

function pause(at: Milestone): Promise<void> {
  return new Promise((resolve) => {
    goOn = resolve;
    tell({ type: 'paused', at });
  });
}

function tell(message: FromLoad): void {
  process.send?.(message);
}
