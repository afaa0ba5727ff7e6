import { describe, onTestFinished, test } from 'vitest';
import { connectDirectly } from '../../src/redis/direct-redis-harness.ts';
import { RedisKeys } from '../../src/redis/keys.ts';
import { describeMuteStore } from '../../src/storage/mutes/mute-contract.ts';
import { createRedisMutes } from '../../src/storage/mutes/redis-mutes.ts';
import { describeWithRedis } from '../support/redis.ts';

let places = 0;

describeWithRedis('mutes in Redis', (redis) => {
  describeMuteStore(
    { describe, test },
    {
      name: 'the mutes in Redis',
      async create() {
        places += 1;
        const connection = await connectDirectly(redis().url, []);
        onTestFinished(() => connection.close());
        return createRedisMutes({ redis: connection, keys: new RedisKeys(`mutes${places}`) });
      },
    },
  );
});
