import { expect, test } from 'vitest';
import { FakeClock } from '../system/clock-harness.ts';
import { IDEMPOTENCY_MS, RecentResults } from './recent-results.ts';

/** Remembers results with rising offsets, unless there is one with this key. */
function createCounting(maxBytes?: number) {
  const clock = new FakeClock();
  const results = new RecentResults(clock, maxBytes);
  let made = 0;
  const once = (key: string, room = 'r'): number => {
    const known = results.find(room, key);
    if (known !== undefined) return known.offset;
    results.keep(room, key, { offset: (made += 1), epoch: 'e' });
    return made;
  };
  return { clock, once };
}

test('a key is remembered for five minutes', () => {
  const { clock, once } = createCounting();
  expect([once('a'), once('b'), once('a')]).toEqual([1, 2, 1]);
  clock.increment(IDEMPOTENCY_MS - 1);
  expect(once('a')).toBe(1);
  clock.increment(1);
  expect([once('a'), once('b')]).toEqual([3, 4]);
});

test('each room has keys of its own', () => {
  const { once } = createCounting();
  expect([once('a', 'r'), once('', 'ra'), once('1', 'r'), once('a', 'r')]).toEqual([1, 2, 3, 1]);
});

test('the wall clock does not matter', () => {
  const { clock, once } = createCounting();
  once('a');
  clock.stepWallClock(10 * IDEMPOTENCY_MS);
  expect(once('a')).toBe(1);
});

test('when there are too many keys, the oldest are forgotten', () => {
  const { once } = createCounting(3 * 522);
  expect(['a', 'b', 'c', 'd'].map((key) => once(key))).toEqual([1, 2, 3, 4]);
  expect([once('d'), once('b'), once('a')]).toEqual([4, 2, 5]);
});
