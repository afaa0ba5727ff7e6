import { describe, expect, test } from 'vitest';
import { describeControl } from './control-contract.ts';
import { createMemoryControl, createMemoryControls } from './memory-control.ts';

describeControl(
  { describe, test },
  {
    name: 'the memory control',
    async createPlace() {
      const connect = createMemoryControls();
      return { connect: async () => connect(), dispose: async () => undefined };
    },
  },
);

test('the memory control answers in the same turn, without promises', () => {
  const control = createMemoryControl();
  control.attach({ id: 'n', obey: () => true, answer: () => [['r', 1]] });
  expect(control.order({ type: 'mute', room: 'r' })).toBe(true);
  expect(control.survey({ type: 'rooms' }, 1)).toEqual({ answers: [[['r', 1]]], missing: 0 });
});
