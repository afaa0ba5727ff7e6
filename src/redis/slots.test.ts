import { expect, test } from 'vitest';
import { slotOf, SlotTable } from './slots.ts';

test('a key is in the slot that Redis says', () => {
  // As CLUSTER KEYSLOT answers.
  expect(['foo', '123456789', '{user1000}.following', 'комната'].map(slotOf)).toEqual([
    12_182,
    0x31c3,
    slotOf('user1000'),
    slotOf('{комната}'),
  ]);
});

test('a table names the owner of each slot, also where a server does not know its own name', () => {
  const table = new SlotTable(
    [
      [0, 5_460, ['10.0.0.1', 6379, 'a', []], ['10.0.0.9', 6379, 'r', []]],
      [5_461, 16_383, [null, 6380, 'b', []]],
    ],
    'cluster.example',
  );
  expect([table.owners[0], table.owners[5_461]]).toEqual(['10.0.0.1:6379', 'cluster.example:6380']);
  expect([...table.masters.keys()]).toEqual(['10.0.0.1:6379', 'cluster.example:6380']);
  expect(() => new SlotTable([], 'x')).toThrow('no server of the cluster has a slot');
});
