/** The nodes that have a lease in Redis (node-lease.ts). */

import type { RedisKeys } from './keys.ts';
import type { Redis } from './redis.ts';

/** The ids of the nodes. One that has ended a moment ago may be among them. */
export async function readLivingNodes(
  redis: Pick<Redis, 'command'>,
  keys: RedisKeys,
): Promise<readonly string[]> {
  const leases = (await redis.command(keys.nodes, ['ZRANGE', keys.nodes, '0', '-1'])) as readonly string[];
  // A lease is a number and the id of its node.
  return leases.map((lease) => lease.slice(lease.indexOf(':') + 1));
}
