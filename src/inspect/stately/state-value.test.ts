import { expect, test } from 'vitest';
import { createMachine, transition, initialTransition, type AnyMachineSnapshot } from 'xstate';
import { MACHINES } from '../../actors/machines.ts';
import { describeChart } from '../chart/describe-chart.ts';
import { toStatePaths } from '../population/state-paths.ts';
import { toStateValue } from './stately-translator.ts';

test.each([
  [
    MACHINES.room,
    { active: { occupancy: 'full', absence: 'none', broadcast: 'muted', journal: { writing: 'timely' } } },
  ],
  [MACHINES.connection, { open: { flow: 'clear', work: 'busy' } }],
  [MACHINES.tarsProxy, { ready: { circuit: { halfOpen: 'trying' } } }],
  [MACHINES.moderation, 'dropped'],
] as const)('the states of an actor are written as XState writes them', (machine, value) => {
  const snapshot = machine.resolveState({ value, context: {} } as never) as AnyMachineSnapshot;
  const chart = describeChart(machine);
  expect(toStateValue(chart, toStatePaths(snapshot._nodes))).toEqual(snapshot.value);
});

test('regions without states, and a machine that is parallel itself', () => {
  const machine = createMachine({
    id: 'odd',
    type: 'parallel',
    states: { bare: {}, ab: { initial: 'a', states: { a: { on: { go: 'b' } }, b: {} } }, abc: {} },
  });
  const chart = describeChart(machine);
  const [begin] = initialTransition(machine);
  expect(toStateValue(chart, toStatePaths(begin._nodes))).toEqual(begin.value);
  const [next] = transition(machine, begin, { type: 'go' });
  expect(toStateValue(chart, toStatePaths(next._nodes))).toEqual({ bare: {}, ab: 'b', abc: {} });
  expect(next.value).toEqual({ bare: {}, ab: 'b', abc: {} });
});
