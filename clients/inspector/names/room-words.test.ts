import { expect, test } from 'vitest';
import { describeRoom } from './room-words.ts';

test.each([
  [['active.occupancy.occupied', 'active.broadcast.flowing'], 2, '2 members'],
  [['active.occupancy.occupied', 'active.broadcast.muted'], 1, 'muted, 1 member'],
  [
    ['active.occupancy.full', 'active.broadcast.flowing', 'active.journal.failing.waiting'],
    5_000,
    'full, not stored, 5,000 members',
  ],
  [['active.occupancy.empty.lingering', 'active.broadcast.flowing'], 0, 'empty'],
  [['opening.reading.timely'], 0, 'opening'],
  [['closing.flushing'], 2, 'closing'],
])('a room in %j is %j', (states, members, words) => {
  expect(describeRoom({ states, figures: { members } })).toBe(words);
});
