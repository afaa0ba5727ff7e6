import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { connectDirectly } from '../../src/redis/direct-redis-harness.ts';
import { RedisKeys } from '../../src/redis/keys.ts';
import { NodeLease } from '../../src/redis/node-lease.ts';
import type { Redis } from '../../src/redis/redis.ts';
import { createRedisMembershipStore } from '../../src/storage/redis/redis-store.ts';
import { describeMembershipStore } from '../../src/storage/store-contract.ts';
import { systemClock } from '../../src/system/clock.ts';
import { describeWithRedis } from '../support/redis.ts';

describeWithRedis('the store in Redis', (server) => {
  let redis: Redis;
  beforeAll(async () => {
    redis = await connectDirectly(server().url);
  });
  afterAll(() => redis.close());

  describeMembershipStore(
    { describe, test },
    {
      name: 'the store in Redis',
      persistent: true,
      shared: true,
      async createPlace() {
        const keys = new RedisKeys(randomUUID());
        return {
          async open() {
            const node = randomUUID();
            const lease = new NodeLease({ redis, keys, node, clock: systemClock });
            return createRedisMembershipStore({ redis, keys, node, lease });
          },
          dispose: async () => undefined,
        };
      },
    },
  );
});
