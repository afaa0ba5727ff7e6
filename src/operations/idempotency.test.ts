import { expect, test } from 'vitest';
import { FakeClock } from '../system/clock-harness.ts';
import { Idempotency, IDEMPOTENCY_MS } from './idempotency.ts';

/** Counts what is done; each has its number as the outcome. */
function createCounting(maxBytes?: number) {
  const clock = new FakeClock();
  const idempotency = new Idempotency<number>(clock, maxBytes);
  let done = 0;
  const once = (key: string, counts = true): number | Promise<number> =>
    idempotency.once(
      key,
      () => (done += 1),
      () => counts,
    );
  return { clock, idempotency, once };
}

test('the same key does it once, for five minutes', () => {
  const { clock, once } = createCounting();
  expect([once('a'), once('b'), once('a')]).toEqual([1, 2, 1]);
  clock.increment(IDEMPOTENCY_MS - 1);
  expect(once('a')).toBe(1);
  clock.increment(1);
  expect([once('a'), once('b')]).toEqual([3, 4]);
});

test('the wall clock does not matter', () => {
  const { clock, once } = createCounting();
  void once('a');
  clock.stepWallClock(10 * IDEMPOTENCY_MS);
  expect(once('a')).toBe(1);
});

test('what failed may be tried again', () => {
  const { once } = createCounting();
  expect([once('a', false), once('a'), once('a')]).toEqual([1, 2, 2]);
});

test('what is under way is not done twice', async () => {
  const { idempotency } = createCounting();
  let finish!: (outcome: number) => void;
  const first = idempotency.once(
    'a',
    () => new Promise<number>((resolve) => (finish = resolve)),
    () => true,
  );
  const second = idempotency.once(
    'a',
    () => 9,
    () => true,
  );
  finish(1);
  expect([await first, await second]).toEqual([1, 1]);
});

test.each(['an outcome that does not count', 'an error'])(
  '%s that comes later is forgotten',
  async (failure) => {
    const { idempotency, once } = createCounting();
    const act = async (): Promise<number> => {
      await Promise.resolve();
      if (failure === 'an error') throw new Error('no');
      return -1;
    };
    const first = idempotency.once('a', act, (outcome) => outcome > 0);
    await Promise.resolve(first).catch(() => undefined);
    expect(once('a')).toBe(1);
  },
);

test('when there are too many keys, the oldest are forgotten', () => {
  const { once } = createCounting(3 * 520);
  expect(['a', 'b', 'c', 'd'].map((key) => once(key))).toEqual([1, 2, 3, 4]);
  expect([once('d'), once('b'), once('a')]).toEqual([4, 2, 5]);
});
