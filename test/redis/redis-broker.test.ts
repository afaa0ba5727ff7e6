import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect, test } from 'vitest';
import { describeBroker } from '../../src/broker/broker-contract.ts';
import type { Position } from '../../src/broker/broker.ts';
import { watchBroker } from '../../src/broker/watched-broker.ts';
import type { Json } from '../../src/protocol/command.ts';
import { parseExactJson, writeExactJson } from '../../src/protocol/json/exact-json.ts';
import type { RedisKeys } from '../../src/redis/keys.ts';
import { RedisDownError, type Redis } from '../../src/redis/redis.ts';
import { systemClock, type Clock } from '../../src/system/clock.ts';
import { FakeClock } from '../../src/system/clock-harness.ts';
import { connectClosing, connectRedisBroker, type RedisNode } from '../support/redis-broker.ts';
import { describeWithRedis } from '../support/redis.ts';

const KEEP = { history: { size: 1_000, ttlMs: 60_000 } };

describeWithRedis('the broker on Redis', (server) => {
  describeBroker(
    { describe, test },
    {
      name: 'the Redis broker',
      async createPlace() {
        const prefix = randomUUID();
        return { connect: () => connectClosing(server().url, prefix), dispose: async () => undefined };
      },
    },
  );

  let prefix = '';
  const nodes: RedisNode[] = [];
  afterEach(async () => {
    await Promise.all(nodes.splice(0).map((node) => node.close()));
    prefix = '';
  });

  /** A node that hears the room `r`, on the same streams as the others of the test. */
  async function start(given?: Clock) {
    prefix ||= randomUUID();
    const clock = new FakeClock(Date.now());
    /** What came, and where it is told that something is missed. */
    const log: unknown[] = [];
    const node = await connectRedisBroker(server().url, prefix, given ?? clock, {
      publication: ({ data, offset }) => log.push([offset, data]),
      broadcast: () => undefined,
      missed: (room, position: Position) => log.push(`missed in ${room} until ${position.offset}`),
    });
    nodes.push(node);
    const { broker } = node;
    await broker.subscribe('r');
    const publish = async (...data: Json[]) =>
      Promise.all(data.map(async (one) => broker.publish('r', one, KEEP)));
    /** Waits until another message has come through: then those before it have. */
    const settle = async () => {
      const { length } = log;
      await broker.publish('r', 'end', {});
      await expect.poll(() => log.slice(length)).toContainEqual([0, 'end']);
      log.splice(
        log.findIndex((one) => Array.isArray(one) && one[1] === 'end'),
        1,
      );
    };
    return { ...node, node, clock, log, publish, settle };
  }

  describe('one call for many publications', () => {
    test('keeps their order, and all answers', async () => {
      const { publish, log, broker } = await start();
      const numbers = Array.from({ length: 1_000 }, (_, index) => index);
      const positions = await publish(...numbers);
      expect(positions.map(({ offset }) => offset)).toEqual(numbers.map((number) => number + 1));
      await expect.poll(() => log).toEqual(numbers.map((number) => [number + 1, number]));
      expect((await broker.history('r')).publications).toHaveLength(1_000);
    });

    test('tells each what became of it', async () => {
      const { broker } = await start();
      const slow = { messagesPerSecond: 0.001 };
      const answers = await Promise.all([
        broker.publish('r', 1, KEEP),
        broker.publish('r', 2, { ...KEEP, version: { number: 2 } }),
        broker.publish('r', 3, { ...KEEP, version: { number: 1 } }),
        broker.publish('r', 4, { ...KEEP, ...slow }),
        broker.publish('r', 5, { ...KEEP, ...slow }),
        broker.publish('r', 6, { ...KEEP, idempotencyKey: 'k' }),
        broker.publish('r', 7, { ...KEEP, idempotencyKey: 'k' }),
        broker.publish('r', 8, { ...KEEP, skipHistory: true }),
        broker.publish('r', 9, KEEP),
      ]);
      expect(answers).toMatchObject([
        { offset: 1 },
        { offset: 2 },
        { offset: 2, isOutdated: true },
        { offset: 3 },
        { isOverRate: true },
        { offset: 4 },
        { offset: 4, isRepeated: true },
        { offset: 0, epoch: '' },
        { offset: 5 },
      ]);
    });

    test('is made for each size of the history', async () => {
      const { broker } = await start();
      const asked = [100, 100, 2, 2, 2].map(async (size, index) =>
        broker.publish('r', index, { history: { size, ttlMs: 60_000 } }),
      );
      await Promise.all(asked);
      expect((await broker.history('r')).publications.map(({ data }) => data)).toEqual([3, 4]);
    });
  });

  test('numbers keep their digits', async () => {
    const { broker, log } = await start();
    const text = '{"big":12345678901234567890,"exact":1.10,"tab":"a\\tb\\n"}';
    await broker.publish('r', parseExactJson(text) as Json, KEEP);
    const { publications } = await broker.history('r');
    expect(publications.map(({ data }) => writeExactJson(data))).toEqual([text]);
    await expect.poll(() => log.map((one) => writeExactJson(one as Json))).toEqual([`[1,${text}]`]);
  });

  describe('when answers are lost', () => {
    test.each(['lost after it is done', 'lost before it is done'] as const)(
      'a call that is %s is done once',
      async (fate) => {
        const { node, publish, log, settle } = await start(systemClock);
        await publish('before');
        node.fates.push(fate, fate);
        const published = publish(1, 2, 3);
        await expect.poll(() => node.fates).toEqual([]);
        const more = publish(4);
        expect((await published).map(({ offset }) => offset)).toEqual([2, 3, 4]);
        expect((await more).map(({ offset }) => offset)).toEqual([5]);
        await settle();
        expect(log).toEqual([
          [1, 'before'],
          [2, 1],
          [3, 2],
          [4, 3],
          [5, 4],
        ]);
      },
    );

    test('it is waited until Redis is back, and rejected when that takes too long', async () => {
      const { node, clock, publish, log, settle } = await start();
      node.fates.push('lost before it is done', 'down', 'down');
      const published = publish(1);
      await expect.poll(() => node.fates).toHaveLength(2);
      clock.increment(100);
      await expect.poll(() => node.fates).toHaveLength(1);
      const outcome = published.catch((error: Error) => error.message);
      clock.increment(9_900);
      expect(await outcome).toBe('no answer within 10 seconds');
      node.fates.length = 0;
      clock.increment(100);
      await publish(2);
      await settle();
      expect(log).toEqual([[1, 2]]);
    });

    test('a call without an answer is given up, and those behind it go on', async () => {
      const { node, clock, publish } = await start();
      node.fates.push('never answered');
      const outcome = publish(1).catch((error: Error) => error.message);
      await expect.poll(() => node.fates).toEqual([]);
      const next = publish(2);
      clock.increment(10_000);
      expect(await outcome).toBe('no answer within 10 seconds');
      expect(await next).toMatchObject([{ offset: 1 }]);
    });

    test('what certainly was not done is rejected at once', async () => {
      const { node, publish } = await start();
      node.fates.push('down');
      await expect(publish(1)).rejects.toThrow(RedisDownError);
      expect(await publish(2)).toMatchObject([{ offset: 1 }]);
    });
  });

  test('scripts that Redis has forgotten change no order', async () => {
    const { publish, log } = await start();
    await publish(1);
    await server().command('SCRIPT', 'FLUSH');
    const published = [publish(2), publish(3), publish(4)];
    await Promise.all(published);
    await expect.poll(() => log).toHaveLength(4);
    expect(log).toEqual([1, 2, 3, 4].map((number) => [number, number]));
  });

  describe('eviction', () => {
    test('of the position begins a new epoch, without what the stream kept', async () => {
      const { publish, broker, keys, redis } = await start();
      const [before] = await publish(1);
      await redis.command(keys.position('r'), ['DEL', keys.position('r')]);
      const [after] = await publish(2);
      expect(after).toMatchObject({ offset: 1 });
      expect(after?.epoch).not.toBe(before?.epoch);
      expect(await broker.history('r')).toMatchObject({ offset: 1, publications: [{ data: 2 }] });
      await redis.command(keys.position('r'), ['DEL', keys.position('r')]);
      const read = await broker.history('r');
      expect(read).toMatchObject({ offset: 0, publications: [] });
      expect(read.epoch).not.toBe(after?.epoch);
      expect(await publish(3)).toMatchObject([{ offset: 1, epoch: read.epoch }]);
    });

    test('of the stream leaves the position, and a recovery is not whole', async () => {
      const { publish, broker, keys, redis } = await start();
      const [before] = await publish(1, 2);
      await redis.command(keys.stream('r'), ['DEL', keys.stream('r')]);
      await publish(3);
      const { publications, offset, epoch } = await broker.history('r', { since: before! });
      expect([publications.map((one) => one.offset), offset, epoch]).toEqual([[3], 3, before?.epoch]);
    });
  });

  describe('when Redis has lost the end of a stream, as after a crash or with another master', () => {
    /** Lets Redis forget what comes after the function was called, when the function that it returns is called. */
    async function keep({ keys, redis }: { keys: RedisKeys; redis: Redis }) {
      const names = [keys.position('r'), keys.stream('r')];
      await Promise.all(names.map((name) => redis.command(name, ['COPY', name, `${name}:kept`])));
      return () =>
        Promise.all(names.map((name) => redis.command(name, ['COPY', `${name}:kept`, name, 'REPLACE'])));
    }

    test('its places are not given again', async () => {
      const { publish, log, settle, broker, ...node } = await start();
      const [before] = await publish(1);
      const forget = await keep(node);
      await publish(2, 3);
      await settle();
      await forget();
      const [after] = await publish('new');
      expect(after).toMatchObject({ offset: 2 });
      expect(after?.epoch).not.toBe(before?.epoch);
      await expect.poll(() => log.at(-1)).toEqual([2, 'new']);
      expect((await broker.history('r')).publications.map(({ data }) => data)).toEqual([1, 'new']);
    });

    test('who has heard more than there is, is told when the connection is there again', async () => {
      const { publish, log, settle, broker, node } = await start();
      const [before] = await publish(1);
      const forget = await keep(node);
      await publish(2, 3);
      await settle();
      await forget();
      node.restore();
      await expect.poll(() => log.at(-1)).toEqual('missed in r until 1');
      expect((await broker.history('r')).epoch).not.toBe(before?.epoch);
      await publish('new');
      await expect.poll(() => log.at(-1)).toEqual([2, 'new']);
    });

    test('who has heard something else at its place, is told too', async () => {
      const { publish, log, settle, node, broker } = await start();
      const other = await connectRedisBroker(server().url, prefix);
      nodes.push(other);
      const [before] = await publish(1);
      const forget = await keep(node);
      await publish(2, 3);
      await settle();
      await forget();
      node.lose = 3;
      for (const data of ['a', 'b', 'c']) await other.broker.publish('r', data, KEEP);
      await expect.poll(() => node.lose).toBe(0);
      node.restore();
      await expect.poll(() => log.at(-1)).toEqual('missed in r until 4');
      expect((await broker.history('r')).epoch).not.toBe(before?.epoch);
    });
  });

  describe('when messages are lost', () => {
    test('a hole is filled before what comes after it', async () => {
      const { node, publish, log, settle } = await start();
      await publish(1);
      await settle();
      node.lose = 1;
      await publish(2, 3);
      await Promise.all([publish(4), publish(5)]);
      await expect.poll(() => log).toEqual([1, 2, 3, 4, 5].map((number) => [number, number]));
    });

    test('the last ones come when somebody reads the history', async () => {
      const { node, clock, publish, log, broker, settle } = await start();
      await publish(1);
      await settle();
      node.lose = 1;
      await publish(2);
      await broker.history('r', { limit: 0 });
      clock.increment(499);
      await settle();
      expect(log).toEqual([[1, 1]]);
      clock.increment(1);
      await expect
        .poll(() => log)
        .toEqual([
          [1, 1],
          [2, 2],
        ]);
    });

    test('they come when the connection is there again, and nothing comes twice', async () => {
      const { node, publish, log, settle } = await start();
      await publish(1);
      await settle();
      node.lose = 2;
      await publish(2);
      await publish(3);
      node.restore();
      await publish(4);
      await expect.poll(() => log).toEqual([1, 2, 3, 4].map((number) => [number, number]));
      node.restore();
      await publish(5);
      await settle();
      expect(log).toEqual([1, 2, 3, 4, 5].map((number) => [number, number]));
    });

    test('it is told what is not kept any more', async () => {
      const { node, publish, log, settle, broker } = await start();
      await publish(1);
      await settle();
      node.lose = 1;
      await publish(2);
      await broker.removeHistory('r');
      node.restore();
      await expect.poll(() => log).toEqual([[1, 1], 'missed in r until 2']);
      await publish(3);
      await expect.poll(() => log.at(-1)).toEqual([3, 3]);
    });

    test('of a stream that has begun anew, it is told', async () => {
      const { node, publish, log, settle, keys, redis } = await start();
      await publish(1);
      await settle();
      await redis.command(keys.position('r'), ['DEL', keys.position('r')]);
      node.lose = 1;
      await publish('new');
      node.restore();
      await expect.poll(() => log).toEqual([[1, 1], 'missed in r until 1']);
    });

    test('who watches for gaps is told where the stream is not whole', async () => {
      const { node, publish, log, settle, clock, broker } = await start();
      const options = { clock, keepsHistory: () => true, isWatched: () => true };
      const told: unknown[] = [];
      const watched = watchBroker(broker, { ...options, onGap: (room) => told.push(`gap in ${room}`) });
      watched.attach({ publication: ({ data }) => told.push(data), broadcast: () => undefined });
      await watched.subscribe('r');
      await publish(1);
      await settle();
      node.lose = 2;
      await publish(2);
      await broker.removeHistory('r');
      await publish(3);
      await publish(4);
      await expect.poll(() => log).toHaveLength(3);
      expect(told.filter((one) => one !== 'end')).toEqual([1, 'gap in r', 3, 4]);
    });
  });

  test('messages of other formats are left out and counted', async () => {
    const { broker, redis, keys, publish, log } = await start();
    await redis.publish(keys.live('r'), 'zfuture');
    await redis.publish(keys.live('r'), 'a0:0:\nzfuture\ns1');
    await redis.publish(keys.everybody, 'zfuture');
    await publish(2);
    await expect
      .poll(() => log)
      .toEqual([
        [0, 1],
        [1, 2],
      ]);
    await expect.poll(() => broker.unknownMessages).toBe(3);
  });

  test('a position forgets calls of nodes that have long been answered', async () => {
    const { publish, keys, redis } = await start();
    await publish(1);
    const position = keys.position('r');
    const old = Array.from({ length: 50 }, (_, index) => [`w:n${index}`, '1 1000 1 ']).flat();
    await redis.command(position, ['HSET', position, ...old, 't', '1000']);
    await publish(2);
    expect(await redis.command(position, ['HLEN', position])).toBe(4);
  });
});
