import { expect, test } from 'vitest';
import { DueCalls } from './due-calls.ts';
import { RedisDownError, RedisLostError, type Restored } from './redis.ts';

function start() {
  const made: string[] = [];
  const told: ((restored: Restored) => void)[] = [];
  const calls = new DueCalls({
    onRestored(listener) {
      told.push(listener);
      return () => void told.splice(told.indexOf(listener), 1);
    },
  });
  /** Makes a call to the key of its name, which fails at first. */
  const fail = (name: string, error: Error) => {
    let isFirst = true;
    return expect(
      calls.make(name, name, async () => {
        made.push(name);
        if (!isFirst) return;
        isFirst = false;
        throw error;
      }),
    ).rejects.toBe(error);
  };
  const restore = (affects: Restored['affects'] = () => true) =>
    told.forEach((listener) => listener({ affects }));
  return { calls, made, fail, restore };
}

test('calls that did not reach Redis are made again, once', async () => {
  const { made, fail, restore } = start();
  await fail('a', new RedisDownError('down'));
  await fail('b', new RedisLostError('lost'));
  restore();
  restore();
  expect(made).toEqual(['a', 'b', 'a', 'b']);
});

test('those of another server, those that Redis has refused, and those that were forgotten are not', async () => {
  const { calls, made, fail, restore } = start();
  await fail('a', new RedisDownError('down'));
  await fail('b', new Error('refused'));
  await fail('c', new RedisDownError('down'));
  calls.forget('c');
  restore((key) => key !== 'a');
  expect(made).toEqual(['a', 'b', 'c']);
  restore();
  expect(made).toEqual(['a', 'b', 'c', 'a']);
  calls.close();
  restore();
  expect(made).toHaveLength(4);
});
