import { expect, test } from 'vitest';
import { chartOf } from '../testing/charts.ts';
import { findAskedGuards } from './asked-guards.ts';

const CHART = chartOf([
  { id: 'flowing|say|0', guard: 'isForbidden' },
  { id: 'flowing|say|1', guard: 'isOverRate' },
  { id: 'flowing|say|2' },
  { id: 'flowing|mute|0', guard: 'isOther' },
  { id: 'muted|say|0', guard: 'isFromServer' },
]);

test('guards before the transition that was taken do not hold, and its own does', () => {
  expect(findAskedGuards(CHART, ['flowing|say|1'])).toEqual([
    { name: 'isForbidden', holds: false },
    { name: 'isOverRate', holds: true },
  ]);
});

test('a transition without a guard is taken when none of those before it may be', () => {
  expect(findAskedGuards(CHART, ['flowing|say|2']).map(({ holds }) => holds)).toEqual([false, false]);
});

test('an event that is ignored tells of no guard', () => {
  expect(findAskedGuards(CHART, [])).toEqual([]);
});
