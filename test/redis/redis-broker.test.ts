import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { describeBroker } from '../../src/broker/broker-contract.ts';
import { BROKER_SCRIPTS, createRedisBroker } from '../../src/broker/redis/redis-broker.ts';
import { connectDirectly } from '../../src/redis/direct-redis-harness.ts';
import { RedisKeys } from '../../src/redis/keys.ts';
import { systemClock } from '../../src/system/clock.ts';
import { describeWithRedis } from '../support/redis.ts';

describeWithRedis('the broker on Redis', (server) => {
  async function connect(prefix: string) {
    const redis = await connectDirectly(server().url, BROKER_SCRIPTS);
    const broker = createRedisBroker({
      redis,
      keys: new RedisKeys(prefix),
      node: randomUUID(),
      clock: systemClock,
    });
    const { close } = broker;
    broker.close = async () => {
      await close.call(broker);
      await redis.close();
    };
    // Behind it, the channel of all nodes is subscribed.
    await broker.subscribe('first');
    await broker.unsubscribe('first');
    return broker;
  }

  describeBroker(
    { describe, test },
    {
      name: 'the Redis broker',
      async createPlace() {
        const prefix = randomUUID();
        return { connect: () => connect(prefix), dispose: async () => undefined };
      },
    },
  );

  test('nothing', () => {
    expect(1).toBe(1);
  });
});
