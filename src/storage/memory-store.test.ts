import { describe, expect, test } from 'vitest';
import { createMemoryStore } from './memory-store.ts';
import { describeMembershipStore } from './store-contract.ts';

describeMembershipStore(
  { describe, test },
  {
    name: 'the memory store',
    persistent: false,
    createPlace: async () => ({
      open: async () => createMemoryStore(),
      dispose: async () => undefined,
    }),
  },
);

test('two memory stores share nothing', async () => {
  const one = createMemoryStore();
  await one.write('r', [{ type: 'put', member: { id: 'ada', joinedAt: 1 } }]);
  expect(await createMemoryStore().rooms()).toEqual({ rooms: [] });
});
