import { describe, expect, test } from 'vitest';
import { createMemoryPresence } from './memory-presence.ts';
import { describePresence } from './presence-contract.ts';

describePresence(
  { describe, test },
  {
    name: 'the memory presence',
    async createPlace() {
      const presence = createMemoryPresence();
      return { connect: async () => presence, dispose: async () => undefined };
    },
  },
);

test('the memory presence answers in the same turn, without promises', () => {
  const presence = createMemoryPresence();
  expect(presence.add('r', { id: 'c1', joinedAt: 1 })).toBeUndefined();
  expect(presence.list('r')).toEqual([{ id: 'c1', joinedAt: 1 }]);
  expect(presence.stats('r')).toEqual({ connections: 1, users: 1 });
  expect(presence.remove('r', 'c1')).toBeUndefined();
});
