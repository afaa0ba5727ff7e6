import { describe, expect, test } from 'vitest';
import { connectDirectly } from '../../src/redis/direct-redis-harness.ts';
import { RedisKeys } from '../../src/redis/keys.ts';
import type { Redis } from '../../src/redis/redis.ts';
import { createRedisRevocations } from '../../src/storage/revocations/redis-revocations.ts';
import { describeRevocationStore } from '../../src/storage/revocations/revocation-contract.ts';
import { systemClock } from '../../src/system/clock.ts';
import { describeWithRedis } from '../support/redis.ts';

let places = 0;

describeWithRedis('revocations in Redis', (redis) => {
  async function createPlace() {
    places += 1;
    const keys = new RedisKeys(`revocations${places}`);
    const connections: Redis[] = [];
    return {
      keys,
      async open() {
        const connection = await connectDirectly(redis().url, []);
        connections.push(connection);
        return createRedisRevocations({ redis: connection, keys, clock: systemClock });
      },
      dispose: async () => void (await Promise.all(connections.map(async (one) => one.close()))),
    };
  }

  describeRevocationStore(
    { describe, test },
    { name: 'the store of revocations in Redis', persistent: true, createPlace },
  );

  test('removes what was over a day ago, and refuses what it cannot read', async () => {
    const place = await createPlace();
    const store = await place.open();
    const day = 24 * 60 * 60_000;
    const kept = { token: 'kept', until: Date.now() - day / 2 };
    await store.write([
      { type: 'add', revocation: { token: 'old', until: Date.now() - 2 * day } },
      { type: 'add', revocation: kept },
    ]);
    expect(await store.load()).toEqual([kept]);
    expect(await redis().command('HLEN', place.keys.revocations)).toBe(1);
    await redis().command('HSET', place.keys.revocations, 'user x', '{"user":"x","newer":1}');
    await expect(store.load()).rejects.toMatchObject({ code: 'EUNREADABLE' });
    await place.dispose();
  });
});
