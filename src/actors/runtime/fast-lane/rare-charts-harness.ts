/** For tests of the fast lane: charts written by hand, for cases that random charts rarely produce. */

import type { ActionSpec, StateSpec, TestEvent, TransitionSpec } from './charts-harness.ts';

function state(kind: StateSpec['kind'], rest: Partial<StateSpec> = {}): StateSpec {
  return { kind, states: [], on: {}, entry: [note], exit: [], ...rest };
}

/** The same as `state`, without an entry action. */
function silent(kind: StateSpec['kind'], rest: Partial<StateSpec> = {}): StateSpec {
  return state(kind, { entry: [], ...rest });
}

/** `target` is the index of a state: all states in the order of the chart, from 0, nested ones too. */
function to(target: number, ...actions: ActionSpec[]): TransitionSpec {
  return { target, actions };
}

const note: ActionSpec = { name: 'note', params: 'static' };
const ifEven: Pick<TransitionSpec, 'guard'> = { guard: { name: 'isEven', params: 'none' } };

/** Has an eventless transition in most states. */
const eventless = silent('compound', {
  states: [
    state('atomic', { always: to(1, note) }),
    state('atomic', {
      on: { a: [to(2, note)], b: [to(3, note)], 'c.x': [to(4, note)], 'c.y': [to(5, note)] },
    }),
    state('atomic', { always: { ...ifEven, ...to(1, note) }, on: { b: [to(1)] } }),
    state('atomic', { always: to(1, { name: 'assign', params: 'none' }) }),
    state('atomic', { always: to(1), on: { 'c.x': [to(1)] } }),
    // Its completion ends the machine.
    silent('compound', {
      states: [silent('atomic', { on: { a: [to(7)] } }), silent('final')],
      onDone: to(8),
    }),
    silent('final'),
  ],
});

/** Completes inner states, and ends only by its own final states. */
const complete = silent('compound', {
  states: [
    silent('atomic', { on: { a: [to(1)], b: [to(4)], 'c.x': [to(8)], 'c.y': [to(9)] } }),
    silent('compound', {
      states: [state('atomic', { on: { a: [to(3, note)] } }), state('final')],
      onDone: to(0),
    }),
    silent('parallel', {
      states: [silent('compound', { states: [state('atomic', { on: { a: [to(7)] } }), state('final')] })],
      on: { b: [to(0)] },
    }),
    state('final', { output: 'some' }),
    state('final', { exit: [note] }),
  ],
  exit: [note],
});

/** Has a child that is active when the machine ends. */
const parental = state('compound', {
  states: [state('atomic', { on: { a: [to(1)] } }), state('final')],
  invoke: { ends: 'well' },
});

/** Its second state would handle the event that leads there too. */
const wild = silent('compound', {
  states: [
    silent('atomic', { on: { a: [to(1)] } }),
    silent('atomic', {
      on: { '*': [{ actions: [note] }] },
      always: to(0, { name: 'assign', params: 'none' }),
    }),
  ],
});

/** Has two regions, each with an eventless transition to another state. */
const twofold = silent('compound', {
  states: [
    silent('atomic', { on: { a: [to(1)] } }),
    silent('parallel', {
      states: [8, 9].map((next) =>
        state('compound', { states: [silent('atomic', { always: to(next) }), state('atomic')] }),
      ),
    }),
    state('atomic'),
    state('atomic'),
  ],
});

/** `a2` is an event `a` with the value 2. */
function send(to: 0 | 1, ...events: readonly string[]): Rarity['steps'][number][] {
  return events.map((event) => {
    const [, type = '', value = ''] = /^(.*?)(\d*)$/.exec(event) ?? [];
    return { to, type, value: Number(value), echoes: 0 };
  });
}

interface Rarity {
  readonly charts: readonly [StateSpec, StateSpec];
  readonly steps: readonly (TestEvent & { readonly to: 0 | 1 })[];
}

/** Pairs of charts and the events that are sent to them. */
export const RARITIES: readonly Rarity[] = [
  {
    charts: [eventless, complete],
    steps: [...send(0, 'a2', 'a1', 'b1', 'b', 'c.x', 'c.y', 'a'), ...send(1, 'a', 'a', 'b', 'a', 'b', 'c.y')],
  },
  { charts: [parental, complete], steps: [...send(0, 'a'), ...send(1, 'c.x')] },
  { charts: [wild, twofold], steps: [...send(0, 'a'), ...send(1, 'a')] },
];
