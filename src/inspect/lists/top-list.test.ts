import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { TopList } from './top-list.ts';

test('keeps the first few of many, in order, from any offset on', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.integer(), { maxLength: 60 }),
      fc.nat({ max: 70 }),
      fc.integer({ min: 1, max: 20 }),
      (items, offset, limit) => {
        const list = new TopList<number>(offset + limit, (a, b) => a - b);
        for (const item of items) list.offer(item);
        const sorted = items.toSorted((a, b) => a - b);
        expect(list.takeFrom(offset)).toEqual(sorted.slice(offset, offset + limit));
      },
    ),
  );
});
