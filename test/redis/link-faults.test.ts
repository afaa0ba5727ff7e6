import { expect, test } from 'vitest';
import { RedisDownError, RedisLostError, type Redis } from '../../src/redis/redis.ts';
import { startFaultProxy, type FaultProxy } from '../support/fault-proxy.ts';
import { linkRedis, type LinkedForTest } from '../support/link-redis.ts';
import { describeWithRedis } from '../support/redis.ts';

const ADD = { name: 'add', text: "return redis.call('RPUSH', KEYS[1], ARGV[1])" };

/** All that a channel hears, and what it is told of being restored. */
async function listen(redis: Redis, channel: string) {
  const heard: string[] = [];
  let restored = 0;
  redis.onRestored((what) => {
    if (what.affects(channel)) restored += 1;
  });
  await redis.subscribe(channel, (message) => heard.push(message));
  return { heard, restored: () => restored };
}

/** Both connections bring what is published, after an outage. */
async function expectWhole({ redis, states }: LinkedForTest, heard: readonly string[]): Promise<void> {
  await expect.poll(states).toEqual(['ready']);
  await redis.publish('room', 'after');
  await expect.poll(() => heard.at(-1)).toBe('after');
}

describeWithRedis('a link to Redis', (redis) => {
  test.each(['pubsub', 'normal'])('is whole again after CLIENT KILL TYPE %s', async (type) => {
    await linkRedis({ url: redis().url }, async (linked) => {
      const { heard, restored } = await listen(linked.redis, 'room');
      await redis().command('CLIENT', 'KILL', 'TYPE', type, 'SKIPME', 'yes');
      await expect.poll(restored).toBe(1);
      await expectWhole(linked, heard);
      expect(linked.told).toEqual(['redis.failed', 'redis.recovered']);
    });
  });

  test('is silent, and then rebuilt, while Redis is stopped; what was under way may have been done', async () => {
    await linkRedis({ url: redis().url }, async (linked) => {
      const { heard, restored } = await listen(linked.redis, 'room');
      redis().pause();
      try {
        await expect(linked.redis.run(ADD, ['list'], ['x'])).rejects.toBeInstanceOf(RedisLostError);
        await expect(linked.redis.publish('room', 'no')).rejects.toBeInstanceOf(RedisDownError);
      } finally {
        redis().resume();
      }
      await expect.poll(restored).toBe(1);
      await expectWhole(linked, heard);
      expect(linked.told).toEqual(['redis.failed', 'redis.recovered']);
    });
  });

  test('finds a Redis that was killed and started again, empty, and loads its scripts', async () => {
    await linkRedis({ url: redis().url }, async (linked) => {
      const { heard, restored } = await listen(linked.redis, 'room');
      expect(await linked.redis.run(ADD, ['again'], ['x'])).toBe(1);
      await redis().kill();
      await expect.poll(() => linked.redis.isReady).toBe(false);
      await expect(linked.redis.subscribe('other', () => undefined)).rejects.toBeInstanceOf(RedisDownError);
      await redis().start();
      await expect.poll(restored).toBe(1);
      await expectWhole(linked, heard);
      expect(await linked.redis.run(ADD, ['again'], ['x'])).toBe(1);
    });
  });

  async function behindProxy(use: (proxy: FaultProxy, linked: LinkedForTest) => Promise<void>) {
    const proxy = await startFaultProxy(Number(new URL(redis().url).port));
    try {
      await linkRedis({ url: `redis://127.0.0.1:${proxy.port}` }, (linked) => use(proxy, linked));
    } finally {
      await proxy.close();
    }
  }

  test('notices that a network has become a black hole', async () => {
    await behindProxy(async (proxy, linked) => {
      const { heard } = await listen(linked.redis, 'room');
      proxy.drop();
      await expect.poll(() => linked.redis.isReady).toBe(false);
      proxy.heal();
      await expectWhole(linked, heard);
    });
  });

  test('does nothing twice when replies are lost, and says that it may have been done', async () => {
    await behindProxy(async (proxy, linked) => {
      await linked.redis.run(ADD, ['once'], ['before']);
      proxy.drop('replies');
      const asked = ['a', 'b', 'c'].map((item) => linked.redis.run(ADD, ['once'], [item]));
      const outcomes = Promise.allSettled(asked);
      await expect.poll(() => redis().command('LLEN', 'once')).toBe(4);
      proxy.cut();
      proxy.heal();
      for (const outcome of await outcomes) {
        expect(outcome.status === 'rejected' && outcome.reason).toBeInstanceOf(RedisLostError);
      }
      await linked.ready();
      expect(await redis().command('LRANGE', 'once', '0', '-1')).toEqual(['before', 'a', 'b', 'c']);
    });
  });

  test('runs scripts in their order, also when Redis has forgotten them', async () => {
    await linkRedis({ url: redis().url }, async (linked) => {
      const add = (...items: string[]) =>
        Promise.all(items.map((item) => linked.redis.run(ADD, ['order'], [item])));
      await add('a', 'b');
      await redis().command('SCRIPT', 'FLUSH');
      const first = add('c', 'd', 'e');
      const second = Promise.resolve().then(() => add('f', 'g'));
      await Promise.all([first, second]);
      expect(await redis().command('LRANGE', 'order', '0', '-1')).toEqual([
        'a',
        'b',
        'c',
        'd',
        'e',
        'f',
        'g',
      ]);
    });
  });

  test('has thousands of channels back at once', async () => {
    await linkRedis({ url: redis().url }, async (linked) => {
      const heard = new Set<string>();
      const names = Array.from({ length: 5_000 }, (_, index) => `c${index}`);
      await Promise.all(names.map((name) => linked.redis.subscribe(name, () => heard.add(name))));
      let isRestored = false;
      linked.redis.onRestored(() => {
        isRestored = true;
      });
      await redis().command('CLIENT', 'KILL', 'TYPE', 'pubsub');
      await expect.poll(() => isRestored).toBe(true);
      await Promise.all(names.map((name) => linked.redis.publish(name, '')));
      await expect.poll(() => heard.size).toBe(names.length);
    });
  });
});
