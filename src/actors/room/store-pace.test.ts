import { expect, test } from 'vitest';
import { StorePace } from './store-pace.ts';

test('a store gets no more calls than it works on, those first that somebody waits for', async () => {
  const pace = new StorePace(2);
  const log: string[] = [];
  const ends: (() => void)[] = [];
  const call = (name: string, isUrgent: boolean): Promise<string> =>
    pace.run(isUrgent, async () => {
      log.push(name);
      await new Promise<void>((resolve) => ends.push(resolve));
      if (name === 'b') throw new Error('refused');
      return name;
    });
  const calls = [call('a', false), call('b', false), call('c', false), call('d', false), call('e', true)];
  const outcomes = Promise.allSettled(calls);
  expect(log).toEqual(['a', 'b']);
  while (log.length < 5 || ends.length > 0) {
    ends.shift()?.();
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(log).toEqual(['a', 'b', 'e', 'c', 'd']);
  expect((await outcomes).map(({ status }) => status)).toEqual([
    'fulfilled',
    'rejected',
    'fulfilled',
    'fulfilled',
    'fulfilled',
  ]);
});
