/** HTTP pushes by autocannon into a room with one member, who must receive all of them. */

import autocannon from 'autocannon';
import { nameRoom, until } from './crowd.ts';
import type { Pause, PushJob, Span } from './jobs.ts';
import { gatherMembers } from './members.ts';
import { measureLoad, pidsOf } from './span.ts';

const SETTLE_MS = 5_000;
/** Longer than any measurement; autocannon is stopped before. */
const MAX_SECONDS = 60;
const MESSAGE = 'a message of some length';

export async function runPush(job: PushJob, pause: Pause): Promise<Span> {
  const { target } = job;
  const members = await gatherMembers(target, 1, 1);
  await pause('standing');
  let answered = 0;
  let endPushing: (() => Promise<void>) | undefined;
  const load = {
    serverPids: pidsOf(target),
    count: () => ({ done: answered, deliveries: 0 }),
    start() {
      endPushing = beginPushing(job, () => (answered += 1));
    },
    rest: async () => endPushing?.(),
  };
  const span = await measureLoad(load, job, pause);
  // Pushes in flight when autocannon stopped were published too, so the member receives at least the answered ones.
  await until(
    () => members.heard() >= answered,
    SETTLE_MS,
    () => `${members.heard()} of ${answered} pushes were heard`,
  );
  members.check();
  for (const client of members.clients) client.drop();
  return span;
}

/** Pushes until the returned function is called, which rejects if pushes were refused or failed. */
function beginPushing(
  { target, connections, pipelining }: PushJob,
  answered: () => void,
): () => Promise<void> {
  const query = new URLSearchParams({ roomNum: nameRoom(0), message: MESSAGE }).toString();
  // The result is a promise with a method `stop`; its type has only the promise.
  const requests = autocannon({
    url: `http://127.0.0.1:${target.port}/Index/pushByRoom?${query}`,
    connections,
    pipelining,
    duration: MAX_SECONDS,
  });
  const running = requests as unknown as autocannon.Instance;
  running.on('response', answered);
  return async () => {
    running.stop();
    const { non2xx, errors } = await requests;
    if (non2xx > 0 || errors > 0) throw new Error(`${non2xx} pushes were refused, ${errors} failed`);
  };
}
