import { describe, expect, test } from 'vitest';
import { countIn, isActive, toStateTree, type StateLine } from './state-tree.ts';
import { chartOf, stateOf } from '../testing/charts.ts';

const CHART = chartOf(
  [
    { id: 'active.a|go|0', targets: ['active.b'], guard: 'isReady', actions: ['note'] },
    { id: 'active.a|go|1' },
    { id: '|stop|0', source: '', targets: ['closed'] },
  ],
  [
    stateOf('active', {
      type: 'parallel',
      states: [
        stateOf('a', { path: 'active.a', type: 'compound', states: [stateOf('x', { path: 'active.a.x' })] }),
        stateOf('b', { path: 'active.b' }),
      ],
    }),
    stateOf('closed', { type: 'final' }),
  ],
);

function flatten(line: StateLine): StateLine[] {
  return [line, ...line.children.flatMap(flatten)];
}

describe('the list of states', () => {
  test('has every state with every transition of it', () => {
    const lines = flatten(toStateTree(CHART));
    expect(lines.map(({ state, depth }) => [state.path, depth])).toEqual([
      ['', 0],
      ['active', 1],
      ['active.a', 2],
      ['active.a.x', 3],
      ['active.b', 2],
      ['closed', 1],
    ]);
    expect(lines.flatMap(({ transitions }) => transitions)).toEqual([
      { id: '|stop|0', text: 'stop', targets: ['closed'] },
      { id: 'active.a|go|0', text: 'go [isReady] / note', targets: ['active.b'] },
      { id: 'active.a|go|1', text: 'go', targets: [] },
    ]);
  });

  test('marks what is active, and what is around it', () => {
    const active = ['active.a.x', 'active.b'];
    const lit = flatten(toStateTree(CHART)).filter(({ state }) => isActive(state.path, active));
    expect(lit.map(({ state }) => state.path)).toEqual(['', 'active', 'active.a', 'active.a.x', 'active.b']);
    expect(isActive('', [])).toBe(false);
    expect(isActive('active.a', ['active.ab'])).toBe(false);
  });

  test('counts an actor once, in however many regions it is', () => {
    const counts = { 'active.a.x': 7, 'active.b': 7, closed: 2 };
    const byPath = Object.fromEntries(
      flatten(toStateTree(CHART)).map(({ state }) => [state.path, countIn(state, counts)]),
    );
    expect(byPath).toEqual({
      '': 9,
      active: 7,
      'active.a': 7,
      'active.a.x': 7,
      'active.b': 7,
      closed: 2,
    });
  });
});
