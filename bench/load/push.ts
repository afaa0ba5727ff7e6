/** HTTP pushes into a room with one member, who must hear all of them. The requests are autocannon's. */

import autocannon from 'autocannon';
import { nameRoom, sleep, until } from './crowd.ts';
import type { Pause, PushJob, Span } from './jobs.ts';
import { gatherMembers } from './members.ts';
import { beginSpan, warmUp } from './span.ts';

const SETTLE_MS = 5_000;
/** It is stopped long before. */
const MAX_SECONDS = 60;
const MESSAGE = 'a message of some length';

export async function runPush(job: PushJob, pause: Pause): Promise<Span> {
  const { target, connections, pipelining, warmUpMs, measureMs } = job;
  const members = await gatherMembers(target, 1, 1);
  await pause('standing');
  const query = new URLSearchParams({ roomNum: nameRoom(0), message: MESSAGE }).toString();
  let answered = 0;
  // What it returns can be awaited and told to stop; its types tell the first only.
  const requests = autocannon({
    url: `http://127.0.0.1:${target.port}/Index/pushByRoom?${query}`,
    connections,
    pipelining,
    duration: MAX_SECONDS,
  });
  const running = requests as unknown as autocannon.Instance;
  running.on('response', () => (answered += 1));
  await warmUp(target.pid, warmUpMs);
  const endSpan = beginSpan(target.pid, () => ({ done: answered, deliveries: 0 }));
  await sleep(measureMs);
  const span = endSpan();
  running.stop();
  const result = await requests;
  if (result.non2xx > 0 || result.errors > 0)
    throw new Error(`${result.non2xx} pushes were refused, ${result.errors} failed`);
  // Those under way when autocannon stopped were said too: the member hears at least the answered ones.
  await until(
    () => members.heard() >= answered,
    SETTLE_MS,
    () => `${members.heard()} of ${answered} pushes were heard`,
  );
  members.check();
  for (const client of members.clients) client.drop();
  return span;
}
