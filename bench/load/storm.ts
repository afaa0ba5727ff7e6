/** All clients lose their connections at the same time, and connect and join again as fast as possible. */

import type { Pause, Span, StormJob } from './jobs.ts';
import { gatherMembers } from './members.ts';
import { beginSpan, pidsOf } from './span.ts';

export async function runStorm({ target, clients, rooms }: StormJob, pause: Pause): Promise<Span> {
  const before = await gatherMembers(target, clients, rooms);
  await pause('standing');
  before.check();
  let back = 0;
  const endSpan = beginSpan(pidsOf(target), () => ({ done: back, deliveries: 0 }));
  for (const client of before.clients) client.drop();
  await gatherMembers(target, clients, rooms);
  back = clients;
  return endSpan();
}
