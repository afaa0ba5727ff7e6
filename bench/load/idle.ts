/** Clients that join a room and stay silent until the runner has measured the server's memory; then all disconnect. */

import type { IdleJob, Jobs, Pause } from './jobs.ts';
import { gatherMembers, type Members } from './members.ts';

export async function runIdle(
  { target, firstClients, sizes, rooms }: IdleJob,
  pause: Pause,
): Promise<Jobs['idle']['result']> {
  const first = await gatherMembers(target, firstClients, 1);
  for (const client of first.clients) client.drop();
  await pause('empty');
  const groups: Members[] = [];
  let standing = 0;
  for (const size of sizes) {
    groups.push(await gatherMembers(target, size - standing, rooms));
    standing = size;
    await pause('standing');
  }
  for (const group of groups) {
    group.check();
    for (const client of group.clients) client.drop();
  }
  await pause('gone');
  return {};
}
