import { expect, test } from 'vitest';
import { createMachine } from 'xstate';
import { NodeSets } from './rooms.ts';

const machine = createMachine({ initial: 'a', states: { a: {}, b: {} } });
const root = machine.root;
const { a, b } = root.states;

test('the same nodes in the same order become one array, others do not', () => {
  const sets = new NodeSets();
  const first = [root, a!];
  expect(sets.share(first)).toBe(first);
  expect(sets.share([root, a!])).toBe(first);
  for (const other of [[], [root], [a!, root], [root, b!], [root, a!, b!]]) {
    expect(sets.share(other)).toBe(other);
    expect(sets.share([...other])).toBe(other);
  }
  expect(sets.share([root, a!])).toBe(first);
});
