import { expect, test } from 'vitest';
import { chartOf, stateOf } from '../../inspector/testing/charts.ts';
import { lastingStates } from './passing-states.ts';

test('a state that only has immediate transitions is left out', () => {
  const chart = chartOf(
    [
      { id: 'choosing||0', trigger: { type: 'always' } },
      { id: 'waiting||0', trigger: { type: 'always' } },
      { id: 'waiting|go|0' },
    ],
    [stateOf('choosing'), stateOf('waiting'), stateOf('done', { type: 'final' })],
  );
  expect(lastingStates(chart, chart.root).map(({ key }) => key)).toEqual(['waiting', 'done']);
});
