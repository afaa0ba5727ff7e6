import { describe, expect, test } from 'vitest';
import { toTimelineBins } from './timeline-bins.ts';
import { effect, life, transition } from '../testing/feed-items.ts';
import { logOf } from '../watch/testing.ts';

const ROOM = { kind: 'room', id: 'room1' } as const;
const C1 = { kind: 'connection', id: 'c1' } as const;

describe('the columns of the timeline', () => {
  test('count what happened to the actor and to others', () => {
    const log = logOf(ROOM, [
      transition(ROOM, { repeat: 5 }),
      effect(C1),
      transition(ROOM, { states: ['a'] }),
      life(C1, { type: 'failed' }),
    ]);
    expect(toTimelineBins(log.slice(), ROOM, 2)).toEqual([
      { own: 5, others: 1, isChange: false, isGap: false, isFailure: false },
      { own: 1, others: 1, isChange: true, isGap: false, isFailure: true },
    ]);
  });

  test('are as many as there are entries at most, and mark gaps', () => {
    const bins = toTimelineBins(logOf(ROOM, [effect(ROOM)], 7).slice(), ROOM, 100);
    expect(bins.map(({ isGap }) => isGap)).toEqual([false, true]);
    expect(toTimelineBins([], ROOM, 100)).toEqual([]);
  });

  test('lose nothing, however many entries there are', () => {
    const log = logOf(
      ROOM,
      Array.from({ length: 1_234 }, () => transition(ROOM)),
    );
    const bins = toTimelineBins(log.slice(), ROOM, 120);
    expect(bins).toHaveLength(120);
    expect(bins.reduce((sum, { own }) => sum + own, 0)).toBe(1_234);
  });
});
