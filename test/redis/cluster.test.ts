import { afterAll, beforeAll, expect, test } from 'vitest';
import { RedisKeys } from '../../src/redis/keys.ts';
import { RedisDownError, RedisLostError } from '../../src/redis/redis.ts';
import { slotOf } from '../../src/redis/slots.ts';
import { linkRedis } from '../support/link-redis.ts';
import { startCluster, type RedisCluster } from '../support/redis-cluster.ts';
import { describeWithRedisProgram } from '../support/redis.ts';

/** Adds to a list and publishes it, as a publication does. */
const SAY = {
  name: 'say',
  text: "redis.call('RPUSH', KEYS[1], ARGV[2]); redis.call(ARGV[1], ARGV[3], ARGV[2]); return ARGV[2]",
};
const keys = new RedisKeys('c');

describeWithRedisProgram('a Redis Cluster', () => {
  let cluster: RedisCluster;
  beforeAll(async () => {
    cluster = await startCluster();
  });
  afterAll(() => cluster.close());

  test('has rooms on all its masters, with their channels', async () => {
    await linkRedis({ url: cluster.urls, cluster: true }, async ({ redis, states }) => {
      expect(states()).toEqual(['ready', 'ready', 'ready', 'ready']);
      const rooms = Array.from({ length: 100 }, (_, index) => `room${index}`);
      const heard = new Set<string>();
      await Promise.all(
        rooms.map((room) => redis.subscribe(keys.live(room), (message) => heard.add(message))),
      );
      await Promise.all(
        rooms.map((room) => redis.run(SAY, [keys.stream(room)], ['SPUBLISH', room, keys.live(room)])),
      );
      await expect.poll(() => heard.size).toBe(rooms.length);
      for (const server of cluster.servers)
        expect(Number(await server.command('DBSIZE'))).toBeGreaterThan(10);
      const owner = await cluster.ownerOf(slotOf(keys.live('room7')));
      const slots = await owner.command('CLUSTER', 'KEYSLOT', keys.live('room7'));
      expect(slots).toBe(slotOf(keys.live('room7')));
    });
  });

  test('loses no call when a slot moves, and tells which channels may have missed something', async () => {
    await linkRedis({ url: cluster.urls[0]!, cluster: true }, async ({ redis }) => {
      const [stream, channel, slot] = [keys.stream('moves'), keys.live('moves'), slotOf(keys.live('moves'))];
      const heard: string[] = [];
      const restored: boolean[] = [];
      await redis.subscribe(channel, (message) => heard.push(message));
      redis.onRestored(({ affects }) => restored.push(affects(channel)));
      let isMoving = true;
      const said: string[] = [];
      /** What may have been said: the machine was so busy that the link was made anew. */
      const unknown = new Set<string>();
      const talk = async (): Promise<void> => {
        for (let index = 0; isMoving; index += 1) {
          try {
            said.push(String(await redis.run(SAY, [stream], ['SPUBLISH', String(index), channel])));
          } catch (error) {
            if (error instanceof RedisLostError) unknown.add(String(index));
            else if (!(error instanceof RedisDownError)) throw error;
          }
        }
      };
      const talking = talk();
      const from = await cluster.ownerOf(slot);
      const to = cluster.servers.find((server) => server !== from)!;
      await cluster.moveSlot(slot, to);
      await expect.poll(() => restored).toContain(true);
      isMoving = false;
      await talking;
      const kept = (await to.command('LRANGE', stream, '0', '-1')) as string[];
      expect(kept.filter((text) => !unknown.has(text))).toEqual(said);
      await redis.publish(channel, 'after');
      await expect.poll(() => heard.at(-1)).toBe('after');
      expect(new Set(heard).size).toBe(heard.length);
    });
  });

  test('is found again by one of its servers, when the first in the list is away', async () => {
    const keeper = await cluster.ownerOf(slotOf(keys.format));
    const [away, ...others] = cluster.servers.toSorted((a, b) => Number(a === keeper) - Number(b === keeper));
    await away!.kill();
    await linkRedis(
      { url: [away!, ...others].map(({ url }) => url), cluster: true },
      async ({ states, told }) => {
        // The table of slots, and the two servers that are there.
        await expect.poll(() => states().filter((state) => state === 'ready')).toHaveLength(3);
        expect([states()[0], states().length]).toEqual(['ready', 4]);
        expect(told).toContain('redis.failed');
      },
    );
  });
});
