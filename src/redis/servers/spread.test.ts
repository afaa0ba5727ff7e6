import { expect, test } from 'vitest';
import { createSpread } from './spread.ts';

const TAGS = Array.from({ length: 10_000 }, (_, index) => `room${index}`);

test('each server has its share, and a further one takes only what it gets itself', () => {
  const three = ['a:1', 'b:1', 'c:1'];
  const before = createSpread(three);
  const counts = [0, 0, 0];
  for (const tag of TAGS) counts[before(tag)]! += 1;
  for (const count of counts) expect(Math.abs(count - 3_333)).toBeLessThan(300);
  const after = createSpread([...three, 'd:1']);
  const moved = TAGS.filter((tag) => before(tag) !== after(tag));
  expect(moved.every((tag) => after(tag) === 3)).toBe(true);
  expect(Math.abs(moved.length - 2_500)).toBeLessThan(300);
});

test('the order in which servers are listed does not matter', () => {
  const one = ['a:1', 'b:1', 'c:1'];
  const other = ['c:1', 'a:1', 'b:1'];
  const [spread, turned] = [createSpread(one), createSpread(other)];
  expect(TAGS.every((tag) => one[spread(tag)] === other[turned(tag)])).toBe(true);
});
