/** Calls of a TARS servant with `@tars/rpc` alone. This process is measured instead of a server. */

import { connectBare, NAME } from '../contenders/node-tars.ts';
import type { CallsJob, Pause, Span } from './jobs.ts';
import { measureLoad } from './span.ts';

export function runCalls(job: CallsJob, pause: Pause): Promise<Span> {
  const proxy = connectBare(job.servantPort);
  const callers = { isOpen: false };
  let done = 0;
  let calling: Promise<unknown> = Promise.resolve();
  async function call(): Promise<void> {
    while (callers.isOpen) {
      const { response } = await proxy.getUsrName(NAME, {});
      if (response.arguments.sValue2 !== NAME) throw new Error('the servant answered something else');
      done += 1;
    }
  }
  const load = {
    serverPids: [process.pid],
    count: () => ({ done, deliveries: 0 }),
    start() {
      callers.isOpen = true;
      calling = Promise.all(Array.from({ length: job.inFlight }, call));
    },
    async rest() {
      callers.isOpen = false;
      await calling;
    },
  };
  return measureLoad(load, job, pause);
}
