/** Starts a load generator: a process that does one job. */

import type { FromLoad, JobName, Jobs, Pause } from './load/jobs.ts';
import { startTypeScript, within } from './processes.ts';

/** The deadline of a job. The longest one opens ten thousand clients and measures for a few seconds. */
const JOB_MS = 120_000;

export interface LoadProcess {
  readonly pid: number;
  /** Runs a job. At a milestone it waits until `pause` has resolved. */
  run<Name extends JobName>(name: Name, job: Jobs[Name]['job'], pause: Pause): Promise<Jobs[Name]['result']>;
  stop(): Promise<void>;
}

export async function startLoad(): Promise<LoadProcess> {
  const started = startTypeScript('load/generator.ts');
  const { child, pid, ended } = started;
  await new Promise<void>((resolve, reject) => {
    child.once('message', () => resolve());
    void ended.then((why) => reject(new Error(`the load generator did not start: ${why}`)));
  });

  return {
    pid,
    stop: () => started.stop(),
    run<Name extends JobName>(name: Name, job: Jobs[Name]['job'], pause: Pause) {
      const done = new Promise<Jobs[Name]['result']>((resolve, reject) => {
        child.on('message', (message: FromLoad) => {
          if (message.type === 'done') resolve(message.result);
          else if (message.type === 'failed') reject(new Error(message.why));
          else if (message.type === 'paused')
            pause(message.at).then(() => child.send({ type: 'goOn' }), reject);
        });
        void ended.then((why) => reject(new Error(`the load generator has ended: ${why}`)));
        child.send({ type: 'start', name, job });
      });
      return within(JOB_MS, `the job ${name}`, done);
    },
  };
}
