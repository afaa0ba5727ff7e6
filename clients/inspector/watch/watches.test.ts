import { expect, test } from 'vitest';
import type { FeedClient } from '../feed/feed.ts';
import { KEPT_WATCHES, Watches } from './watches.ts';

const room = (number: number) => ({ kind: 'room', id: `room${number}` }) as const;

test('watches are remembered, the last used ones', () => {
  const watches = new Watches({} as FeedClient, () => {});
  const first = watches.of(room(0));
  for (let number = 1; number < KEPT_WATCHES; number += 1) watches.of(room(number));
  expect(watches.of(room(0))).toBe(first);
  const second = watches.of(room(1));
  for (let number = 2; number <= KEPT_WATCHES; number += 1) watches.of(room(number));
  expect(watches.of(room(1))).toBe(second);
  expect(watches.of(room(0))).not.toBe(first);
});
