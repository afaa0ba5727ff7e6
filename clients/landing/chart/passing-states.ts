/** Finds the states that a machine leaves in the moment it enters them: a small picture does without them. */

import type { Chart, ChartState } from '../../../src/inspect/chart/chart.ts';

/** The children of a state that can last. */
export function lastingStates({ transitions }: Chart, state: ChartState): readonly ChartState[] {
  return state.states.filter(({ path, type }) => {
    const out = transitions.filter(({ source }) => source === path);
    return type !== 'atomic' || out.length === 0 || out.some(({ trigger }) => trigger.type !== 'always');
  });
}
