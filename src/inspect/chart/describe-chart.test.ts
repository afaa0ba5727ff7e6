import { describe, expect, test } from 'vitest';
import { and, type AnyStateNode, assign, createMachine, fromPromise, not } from 'xstate';
import { MACHINES } from '../../actors/machines.ts';
import type { Chart, ChartState } from './chart.ts';
import { describeChart } from './describe-chart.ts';
import { toTransitionId } from './transition-id.ts';

interface Config {
  readonly states?: Readonly<Record<string, Config>>;
  readonly on?: Readonly<Record<string, unknown>>;
  readonly after?: Readonly<Record<string, unknown>>;
  readonly always?: unknown;
  readonly onDone?: unknown;
  readonly invoke?: { readonly onDone?: unknown; readonly onError?: unknown };
  readonly entry?: string | readonly string[];
}

/** How many states and transitions were written down, by what was written rather than what XState made of it. */
function count(config: Config): { states: number; transitions: number; entries: number } {
  const { states = {}, on = {}, after = {}, always, onDone, invoke, entry = [] } = config;
  const written = [
    ...Object.values(on),
    ...Object.values(after),
    always,
    onDone,
    invoke?.onDone,
    invoke?.onError,
  ];
  const below = Object.values(states).map(count);
  return {
    states: below.reduce((sum, one) => sum + one.states, 1),
    transitions: below.reduce(
      (sum, one) => sum + one.transitions,
      written.flat().filter((transition) => transition !== undefined).length,
    ),
    entries: below.reduce((sum, one) => sum + one.entries, [entry].flat().length),
  };
}

function statesOf(state: ChartState): ChartState[] {
  return [state, ...state.states.flatMap(statesOf)];
}

function nodesOf(node: AnyStateNode): AnyStateNode[] {
  return [node, ...Object.values(node.states).flatMap(nodesOf)];
}

function isQuiet(): boolean {
  return true;
}

function transitionsOf({ transitions }: Chart, source: string): string[] {
  return transitions
    .filter((transition) => transition.source === source)
    .map(({ trigger, guard, targets, actions }) =>
      [Object.values(trigger).join(' '), guard ?? '', targets.join('+'), actions.join('+')].join(' | '),
    );
}

describe.each(Object.values(MACHINES).map((machine) => [machine.id, machine] as const))(
  'the chart of %s',
  (_, machine) => {
    const chart = describeChart(machine);
    const states = statesOf(chart.root);

    test('has every state, transition and entry action that was written down', () => {
      expect({
        states: states.length,
        transitions: chart.transitions.length,
        entries: states.flatMap(({ entry }) => entry).length,
      }).toEqual(count(machine.config as Config));
    });

    test('names each state by a path that the machine knows, with its description and kind', () => {
      for (const { path, key, type, description } of states) {
        const node = machine.getStateNodeById([machine.id, path].filter((part) => part !== '').join('.'));
        expect({ key, type, description }).toEqual({
          key: node.key,
          type: node.type,
          description: node.description,
        });
      }
      expect(new Set(states.map(({ path }) => path)).size).toBe(states.length);
    });

    test('names each transition once, as the ones that are taken are named', () => {
      const taken = nodesOf(machine.root).flatMap(({ always = [], transitions }) => [
        ...always,
        ...[...transitions.values()].flat(),
      ]);
      const ids = chart.transitions.map(({ id }) => id);
      expect(ids.toSorted()).toEqual(taken.map(toTransitionId).sort());
      expect(new Set(ids).size).toBe(ids.length);
    });

    test('leads to states that it has', () => {
      const paths = new Set(states.map(({ path }) => path));
      const leads = chart.transitions.flatMap(({ source, targets }) => [source, ...targets]);
      expect(leads.filter((path) => !paths.has(path))).toEqual([]);
    });
  },
);

test('a transition is told with its trigger, its guard, its targets and its actions', () => {
  const chart = describeChart(MACHINES.room);
  expect(transitionsOf(chart, 'active.journal.writing')).toEqual([
    'event member.recording |  |  | record',
    'done sync | stateIn(active.journal.writing.stalled) | active.journal.choosing | confirmWrite+reportStoreRecovered',
    'done sync |  | active.journal.choosing | confirmWrite',
    'error sync |  | active.journal.failing | giveBackWrite+reportStoreFailed',
  ]);
  expect(transitionsOf(chart, 'active.occupancy.empty.lapsed')).toEqual([
    'always | isForgettable | closed | ',
  ]);
  expect(transitionsOf(chart, 'active.journal.dirty')).toEqual([
    'event member.recording |  |  | record',
    'after flush |  | active.journal.writing | ',
  ]);
  expect(transitionsOf(describeChart(MACHINES.membership), 'left')).toEqual(['done  |  | gone | ']);
});

test('timers that delayed transitions need are no entry and exit actions of the chart', () => {
  const machine = createMachine({
    initial: 'waiting',
    states: { waiting: { entry: 'begin', exit: 'end', after: { 500: 'over' } }, over: {} },
  });
  const { root, transitions } = describeChart(machine);
  expect(root.states[0]).toMatchObject({ entry: ['begin'], exit: ['end'] });
  expect(transitions[0]?.trigger).toEqual({ type: 'after', delay: '500' });
});

test('what has no name is told by its kind', () => {
  const machine = createMachine({
    initial: 'one',
    states: {
      one: {
        invoke: { src: fromPromise(async () => {}), onDone: 'one' },
        on: {
          go: { guard: and(['isA', not('isB')]), actions: () => {} },
          stay: { guard: isQuiet, actions: assign({}) },
        },
      },
    },
  });
  expect(transitionsOf(describeChart(machine), 'one')).toEqual([
    'event go | and(isA, not(isB)) |  | inline',
    'event stay | isQuiet |  | xstate.assign',
    'done inline |  | one | ',
  ]);
});

test('history states are no part of charts', () => {
  const machine = createMachine({ initial: 'a', states: { a: { on: { go: 'b' } }, b: { type: 'history' } } });
  expect(() => describeChart(machine)).toThrow('b is a history state, which charts do not have');
});
