import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { rowAtKey, scrollTopFor, windowOf } from './windowing.ts';

describe('a window of rows', () => {
  test('holds all rows in sight and few others, however many there are', () => {
    fc.assert(
      fc.property(
        fc.record({ top: fc.nat(5_000_000), height: fc.nat(2_000) }),
        fc.integer({ min: 16, max: 60 }),
        fc.nat(100_000),
        (scroll, rowHeight, total) => {
          const { start, end } = windowOf(scroll, rowHeight, total);
          expect(start).toBeLessThanOrEqual(end);
          expect(end).toBeLessThanOrEqual(total);
          expect(end - start).toBeLessThanOrEqual(scroll.height / rowHeight + 14);
          const first = Math.floor(scroll.top / rowHeight);
          const last = Math.min(total - 1, Math.floor((scroll.top + scroll.height - 1) / rowHeight));
          for (const row of [first, last]) {
            if (row >= first && row <= last) expect(start <= row && row < end).toBe(true);
          }
        },
      ),
    );
  });

  test('is moved no more than it takes to see a row', () => {
    const sight = { top: 100, height: 50 };
    expect(scrollTopFor(5, sight, 20)).toBeUndefined();
    expect(scrollTopFor(4, sight, 20)).toBe(80);
    expect(scrollTopFor(7, sight, 20)).toBe(110);
  });
});

describe('keys', () => {
  test.each([
    ['ArrowDown', 5, 6],
    ['ArrowUp', 5, 4],
    ['PageDown', 5, 9],
    ['PageUp', 5, 1],
    ['Home', 5, 0],
    ['End', 5, 9],
    ['ArrowUp', 0, 0],
    ['ArrowDown', 9, 9],
    ['ArrowDown', -1, 0],
    ['x', 5, undefined],
  ])('%s leads from %j to %j', (key, from, to) => expect(rowAtKey(key, from, 10, 4)).toBe(to));

  test('lead nowhere in an empty list', () => expect(rowAtKey('End', 0, 0, 4)).toBeUndefined());
});
