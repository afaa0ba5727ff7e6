import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { describePresence } from '../../src/broker/presence/presence-contract.ts';
import { createRedisPresence } from '../../src/broker/presence/redis-presence.ts';
import { connectDirectly } from '../../src/redis/direct-redis-harness.ts';
import { RedisKeys } from '../../src/redis/keys.ts';
import type { Redis, RedisScript } from '../../src/redis/redis.ts';
import { describeWithRedis } from '../support/redis.ts';

/** Moves all deadlines: nobody waits. */
const ELAPSE: RedisScript = {
  name: 'elapse',
  text: `
for _, key in ipairs(redis.call('KEYS', ARGV[1])) do
  for _, id in ipairs(redis.call('ZRANGE', key, 0, -1)) do redis.call('ZINCRBY', key, ARGV[2], id) end
end`,
};

describeWithRedis('the presence in Redis', (server) => {
  let redis: Redis;
  beforeAll(async () => {
    redis = await connectDirectly(server().url);
  });
  afterAll(() => redis.close());

  describePresence(
    { describe, test },
    {
      name: 'the presence in Redis',
      async createPlace() {
        const prefix = randomUUID();
        const keys = new RedisKeys(prefix);
        let nodes = 0;
        return {
          connect: async () =>
            createRedisPresence({
              redis,
              keys,
              lease: { id: `${(nodes += 1)}:node`, enter: () => undefined },
            }),
          elapse: async (ms) => {
            await redis.run(ELAPSE, [`${prefix}:until:`], [`${prefix}:until:*`, String(-ms)]);
          },
          dispose: async () => undefined,
        };
      },
    },
  );
});
