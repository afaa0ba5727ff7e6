import { expect, test } from 'vitest';
import { type AnyStateMachine, createMachine } from 'xstate';
import { MACHINES } from '../../../actors/machines.ts';
import { describeChart } from '../describe-chart.ts';
import { toXStateJson, type XStateJson } from './to-xstate-json.ts';

function remake(json: XStateJson): AnyStateMachine {
  return createMachine(JSON.parse(JSON.stringify(json)) as Parameters<typeof createMachine>[0]);
}

test.each(Object.values(MACHINES).map((machine) => [machine.id, machine] as const))(
  'XState makes a machine of the same chart out of the JSON of %s',
  (_, machine) => {
    const chart = describeChart(machine);
    expect(describeChart(remake(toXStateJson(chart)))).toEqual(chart);
  },
);

test('what few machines have comes back too', () => {
  const machine = createMachine({
    id: 'odd',
    type: 'parallel',
    on: { reset: { target: ['.a.one', '.b.one'], reenter: true }, home: '#odd' },
    states: {
      a: {
        initial: 'one',
        exit: ['end'],
        states: { one: { after: { 250: 'two', slow: 'two' } }, two: { type: 'final' } },
      },
      b: {
        initial: 'one',
        onDone: { actions: 'note' },
        states: {
          one: { invoke: [{ src: 'read' }, { src: 'write', onDone: 'two' }] },
          two: { type: 'final' },
        },
      },
    },
  });
  const chart = describeChart(machine);
  expect(describeChart(remake(toXStateJson(chart)))).toEqual(chart);
});

test('the JSON says nothing that goes without saying', () => {
  const machine = createMachine({
    id: 'small',
    initial: 'on',
    states: { on: { on: { stop: 'off' } }, off: {} },
  });
  expect(toXStateJson(describeChart(machine))).toEqual({
    id: 'small',
    initial: 'on',
    states: { on: { on: { stop: [{ target: ['#small.off'] }] } }, off: {} },
  });
});
