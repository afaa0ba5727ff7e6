/** Clients that join a room and are silent, until the runner has looked at the server's memory; then all of them go. */

import type { IdleJob, Jobs, Pause } from './jobs.ts';
import { gatherMembers } from './members.ts';

export async function runIdle(
  { target, firstClients, clients, rooms }: IdleJob,
  pause: Pause,
): Promise<Jobs['idle']['result']> {
  const first = await gatherMembers(target, firstClients, 1);
  for (const client of first.clients) client.drop();
  await pause('empty');
  const members = await gatherMembers(target, clients, rooms);
  await pause('standing');
  members.check();
  for (const client of members.clients) client.drop();
  await pause('gone');
  return {};
}
