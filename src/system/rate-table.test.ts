import { describe, expect, test } from 'vitest';
import { RateTable } from './rate-table.ts';

describe('a table of rates', () => {
  test('lets a burst pass, then tells how long to wait, for each key by itself', () => {
    const table = new RateTable({ perSecond: 2, burst: 3 }, 100);
    expect([0, 0, 0, 0].map(() => table.take('a', 1_000))).toEqual([0, 0, 0, 500]);
    expect(table.take('b', 1_000)).toBe(0);
    expect(table.take('a', 1_400)).toBe(100);
    expect(table.take('a', 1_500)).toBe(0);
    expect(table.take('a', 1_500)).toBe(500);
  });

  test('takes one at a time if less than one is allowed a second', () => {
    const table = new RateTable({ perSecond: 0.1, burst: 0.5 }, 100);
    expect(table.take('a', 0)).toBe(0);
    expect(table.take('a', 9_999)).toBe(1);
    expect(table.take('a', 10_000)).toBe(0);
  });

  test('never allows more than the burst and the rate, whenever it forgets', () => {
    const table = new RateTable({ perSecond: 10, burst: 20 }, 1_000);
    let taken = 0;
    for (let now = 0; now <= 60_000; now += 7) if (table.take('a', now) === 0) taken += 1;
    expect(taken).toBeLessThanOrEqual(20 + 600);
    expect(taken).toBeGreaterThan(590);
  });

  test('forgets what has no meaning any more', () => {
    const table = new RateTable({ perSecond: 1, burst: 2 }, 1_000);
    for (let key = 0; key < 100; key += 1) table.take(String(key), 0);
    expect(table.size).toBe(100);
    table.take('later', 2_000);
    table.take('last', 4_000);
    expect(table.size).toBe(2);
  });

  test('remembers no more keys than it may', () => {
    const table = new RateTable({ perSecond: 1, burst: 2 }, 10);
    for (let key = 0; key < 100; key += 1) table.take(String(key), 0);
    expect(table.size).toBeLessThanOrEqual(10);
  });
});
