/** The store of call statistics in Redis, on a real server. */

import { randomUUID } from 'node:crypto';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createRedisStatStore } from '../../src/platform/statistics/redis-stat-store.ts';
import { createConfiguredStatStore } from '../../src/platform/statistics/call-statistics.ts';
import { connectDirectly } from '../../src/redis/direct-redis-harness.ts';
import type { Redis } from '../../src/redis/redis.ts';
import { toEntry, type StatEntry } from '../../src/platform/statistics/stat-counts.ts';
import type { StatStore } from '../../src/platform/statistics/stat-store.ts';
import { describeStatStore } from '../../src/testing.ts';
import { describeWithRedis } from '../support/redis.ts';

function call(func: string, durationMs = 1): StatEntry {
  return toEntry({ object: 'A.B.C', func, outcome: 'succeeded', ret: 0, durationMs });
}

function sum(entries: readonly StatEntry[]): number {
  return entries.reduce((total, { counts }) => total + counts.succeeded, 0);
}

describeWithRedis('the store in Redis', (redis) => {
  function open(prefix: string, maxKeys?: number): StatStore {
    const store = createRedisStatStore({
      url: redis().url,
      prefix,
      ...(maxKeys !== undefined && { maxKeys }),
    });
    onTestFinished(() => store.close());
    return store;
  }

  describeStatStore(
    { describe, test },
    {
      name: 'the store in Redis',
      persistent: true,
      createPlace: async () => {
        const prefix = randomUUID();
        return {
          open: async () => createRedisStatStore({ url: redis().url, prefix }),
          dispose: async () => void (await redis().command('DEL', `${prefix}:{statistics}`)),
        };
      },
    },
  );

  describeStatStore(
    { describe, test },
    {
      name: 'the store in a Redis that the server shares',
      persistent: true,
      createPlace: async () => {
        const prefix = randomUUID();
        const connections: Redis[] = [];
        return {
          async open() {
            const connection = await connectDirectly(redis().url);
            connections.push(connection);
            return createConfiguredStatStore({ store: 'redis', redis: { prefix } }, connection);
          },
          async dispose() {
            for (const connection of connections) await connection.close();
          },
        };
      },
    },
  );

  test('is shared: what several add at the same time is taken once', async () => {
    const prefix = randomUUID();
    const stores = Array.from({ length: 4 }, () => open(prefix));
    const work = Array.from({ length: 50 }, (_, index) =>
      stores[index % 4]!.add([call('one', index), call(`func ${index % 10}`), call('one', 0)]),
    );
    await Promise.all(work);
    const taken = (await Promise.all(stores.map((store) => store.take(4)))).flat();
    expect(taken).toHaveLength(11);
    expect(new Set(taken.map(({ key }) => key.func)).size).toBe(11);
    expect(sum(taken)).toBe(150);
    const { counts } = taken.find(({ key }) => key.func === 'one')!;
    expect(counts).toMatchObject({ succeeded: 100, totalMs: 1225, minMs: 0, maxMs: 49 });
  });

  test('keeps large numbers to the last digit', async () => {
    const store = open(randomUUID());
    const entry = call('big');
    const counts = { ...entry.counts, totalMs: 2 ** 52, maxMs: 2 ** 40 + 1 };
    await store.add([{ ...entry, counts }]);
    await store.add([{ ...entry, counts: { ...counts, totalMs: 2 ** 52 - 1 } }]);
    const [taken] = await store.take(1);
    expect(taken?.counts).toMatchObject({
      succeeded: 2,
      totalMs: Number.MAX_SAFE_INTEGER,
      maxMs: 2 ** 40 + 1,
    });
  });

  test('is apart from that of another prefix', async () => {
    const [one, other] = [open(randomUUID()), open(randomUUID())];
    await one.add([call('one')]);
    expect(await other.take(10)).toEqual([]);
    expect(await one.take(10)).toHaveLength(1);
  });

  test('that is full forgets calls of new keys and counts on those it knows', async () => {
    const store = open(randomUUID(), 2);
    await store.add([call('one'), call('two'), call('three'), call('one')]);
    const entries = await store.take(10);
    const counted = Object.fromEntries(entries.map(({ key, counts }) => [key.func, counts.succeeded]));
    expect(counted).toEqual({ one: 2, two: 1 });
  });

  test('connects again after Redis has gone and come back', async () => {
    const store = open(randomUUID());
    await store.add([call('before')]);
    await redis().kill();
    await expect(store.add([call('meanwhile')])).rejects.toBeInstanceOf(Error);
    await expect(store.take(10)).rejects.toThrow(/ECONNREFUSED/);
    await redis().start();
    await store.add([call('after')]);
    // This Redis keeps nothing on disk.
    expect((await store.take(10)).map(({ key }) => key.func)).toEqual(['after']);
  });

  test('connects again when its connection was cut', async () => {
    const store = open(randomUUID());
    await store.add([call('one')]);
    await redis().command('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
    await expect
      .poll(async () => {
        const taken = await store.take(10).catch(() => []);
        return taken.length;
      })
      .toBe(1);
  });

  test('rejects within seconds when Redis does not answer, and works when it does', async () => {
    const store = open(randomUUID());
    await store.add([call('one')]);
    redis().pause();
    onTestFinished(() => redis().resume());
    await expect(store.take(10)).rejects.toThrow('Redis did not answer in 2000 ms');
    redis().resume();
    await store.add([call('two')]);
    expect((await store.take(10)).map(({ key }) => key.func)).toContain('two');
  });

  test('has once what was added again because Redis had answered too late', async () => {
    const store = open(randomUUID());
    await store.add([call('one')], 'first');
    redis().pause();
    onTestFinished(() => redis().resume());
    await expect(store.add([call('one'), call('two')], 'second')).rejects.toThrow('did not answer');
    // The second try waits in Redis as the first does: it runs both as soon as it can.
    const again = store.add([call('one'), call('two')], 'second');
    redis().resume();
    await again;
    await store.add([call('two')], 'third');
    const entries = await store.take(10);
    expect(Object.fromEntries(entries.map(({ key, counts }) => [key.func, counts.succeeded]))).toEqual({
      one: 2,
      two: 2,
    });
  });

  test('returns again what was taken when Redis had answered too late, and then no more', async () => {
    const prefix = randomUUID();
    const [store, other] = [open(prefix), open(prefix)];
    await store.add([call('one'), call('two'), call('three')]);
    redis().pause();
    onTestFinished(() => redis().resume());
    await expect(store.take(2)).rejects.toThrow('did not answer');
    const again = store.take(2);
    redis().resume();
    const taken = [...(await again), ...(await other.take(2)), ...(await store.take(2))];
    expect(taken.map(({ key }) => key.func).toSorted()).toEqual(['one', 'three', 'two']);
  });

  test('rejects when the key is something else, and goes on', async () => {
    const prefix = randomUUID();
    await redis().command('SET', `${prefix}:{statistics}`, 'x');
    const store = open(prefix);
    await expect(store.add([call('one')])).rejects.toThrow(/WRONGTYPE/);
    await redis().command('DEL', `${prefix}:{statistics}`);
    await store.add([call('one')]);
    expect(await store.take(1)).toHaveLength(1);
  });
});

test('a URL that is none of Redis is refused, without a word of it', () => {
  for (const url of ['', 'http://127.0.0.1', '127.0.0.1:6379', 'redis://:secret@host:port']) {
    expect(() => createRedisStatStore({ url })).toThrow(/^the URL of Redis should be redis:\/\/HOST:PORT$/);
  }
});

test('a Redis that is not there is an error of the call, and closing is none', async () => {
  const store = createRedisStatStore({ url: 'redis://127.0.0.1:1' });
  await expect(store.take(1)).rejects.toThrow(/ECONNREFUSED/);
  await store.close();
});
