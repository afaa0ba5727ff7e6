import { expect, test } from 'vitest';
import { connectDirectly } from '../../src/redis/direct-redis-harness.ts';
import { describeWithRedis } from '../support/redis.ts';

const SUM = { name: 'sum', text: "return redis.call('INCRBY', KEYS[1], ARGV[1])" };

describeWithRedis('a connection to one server of Redis', (redis) => {
  test('runs scripts in their order, also when Redis has forgotten them', async () => {
    const connection = await connectDirectly(redis().url, [SUM]);
    try {
      const add = (numbers: readonly number[]) =>
        Promise.all(numbers.map((number) => connection.run(SUM, ['{r}:sum'], [String(number)])));
      expect(await add([1, 10, 100])).toEqual([1, 11, 111]);
      await redis().command('SCRIPT', 'FLUSH');
      expect(await add([1, 10, 100])).toEqual([112, 122, 222]);
      await expect(connection.run(SUM, ['{r}:sum'], ['x'])).rejects.toThrow('not an integer');
    } finally {
      await connection.close();
    }
  });

  test('loads scripts that are run for the first time while others are being loaded', async () => {
    const connection = await connectDirectly(redis().url);
    try {
      const scripts = Array.from({ length: 200 }, (_, index) => ({
        name: `number ${index}`,
        text: `return '${Math.random()} ${index}'`,
      }));
      const answers: Promise<unknown>[] = [];
      for (const script of scripts) {
        answers.push(connection.run(script, ['{r}:first'], []));
        await new Promise((resolve) => setImmediate(resolve));
      }
      const ends = (await Promise.all(answers)).map((answer) => String(answer).split(' ')[1]);
      expect(ends).toEqual(scripts.map((_, index) => String(index)));
    } finally {
      await connection.close();
    }
  });

  test('brings messages to whoever has subscribed', async () => {
    const connection = await connectDirectly(redis().url, []);
    try {
      const heard: string[] = [];
      await connection.subscribe('c', (message) => heard.push(message));
      await connection.publish('c', 'one');
      await connection.publish('other', 'no');
      await connection.publish('c', 'two');
      await expect.poll(() => heard).toEqual(['one', 'two']);
    } finally {
      await connection.close();
    }
  });

  test('knows scripts that are run for the first time while others are loaded', async () => {
    const connection = await connectDirectly(redis().url);
    try {
      const run = (index: number) =>
        connection.run({ name: `s${index}`, text: `return 'new ${index}'` }, [`k${index}`], []);
      let isOver = false;
      const answers = [run(0)];
      void answers[0]!.finally(() => (isOver = true));
      while (!isOver) {
        answers.push(run(answers.length));
        await new Promise((resolve) => setImmediate(resolve));
      }
      expect(await Promise.all(answers)).toEqual(answers.map((_, index) => `new ${index}`));
    } finally {
      await connection.close();
    }
  });
});
