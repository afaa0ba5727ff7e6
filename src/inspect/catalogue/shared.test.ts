import { expect, test } from 'vitest';
import { Shared } from './shared.ts';

function createShared() {
  const time = { now: 0 };
  const shared = new Shared<number>(1_000, () => time.now);
  let found = 0;
  /** Takes so many milliseconds to find another number. */
  const get = (takesMs: number, key = 'same'): Promise<number> =>
    shared.obtain(key, async () => {
      time.now += takesMs;
      found += 1;
      return found;
    });
  return { time, get, shared };
}

test('equal requests within a second share a result', async () => {
  const { time, get } = createShared();
  expect(await Promise.all([get(0), get(0), get(0, 'other')])).toEqual([1, 1, 2]);
  time.now += 999;
  expect(await get(0)).toBe(1);
  time.now += 1;
  expect(await get(0)).toBe(3);
});

test('what took long is shared for nine times as long', async () => {
  const { time, get } = createShared();
  expect(await get(500)).toBe(1);
  time.now += 4_499;
  expect(await get(500)).toBe(1);
  time.now += 1;
  expect(await get(500)).toBe(2);
});

test('a failure is not shared with later requests', async () => {
  const { get, shared } = createShared();
  await expect(shared.obtain('same', () => Promise.reject(new Error('no luck')))).rejects.toThrow('no luck');
  expect(await get(0)).toBe(1);
});

test('of many results only the latest are kept', async () => {
  const { get } = createShared();
  for (let key = 0; key < 100; key += 1) await get(0, String(key));
  expect(await get(0, '99')).toBe(100);
  expect(await get(0, '0')).toBe(101);
});
