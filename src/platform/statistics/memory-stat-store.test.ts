import { describe, expect, test } from 'vitest';
import { createMemoryStatStore } from './memory-stat-store.ts';
import { toEntry } from './stat-counts.ts';
import { describeStatStore } from './stat-store-contract.ts';

describeStatStore(
  { describe, test },
  {
    name: 'the memory store',
    persistent: false,
    createPlace: async () => ({
      open: async () => createMemoryStatStore(),
      dispose: async () => undefined,
    }),
  },
);

test('a full memory store forgets calls of new keys and counts on those it knows', async () => {
  const store = createMemoryStatStore(2);
  const call = (func: string) =>
    toEntry({ object: 'A.B.C', func, outcome: 'succeeded', ret: 0, durationMs: 1 });
  await store.add([call('one'), call('two'), call('three'), call('one')]);
  const entries = await store.take(10);
  expect(entries.map(({ key, counts }) => [key.func, counts.succeeded])).toEqual([
    ['one', 2],
    ['two', 1],
  ]);
});
