/** Charts and layouts for tests: every field has a harmless value unless the test gives one. */

import type { Chart, ChartState, ChartTransition } from '../../../src/inspect/chart/chart.ts';
import type { ChartLayout } from '../../../src/inspect/chart/chart-layout.ts';

/** A state of a chart; its path is its key. */
export function stateOf(key: string, rest: Partial<ChartState> = {}): ChartState {
  return {
    path: key,
    key,
    type: 'atomic',
    description: '',
    entry: [],
    exit: [],
    invokes: [],
    states: [],
    ...rest,
  };
}

/** A chart of one machine. */
export function chartOf(
  transitions: readonly (Partial<ChartTransition> & Pick<ChartTransition, 'id'>)[],
  states: readonly ChartState[] = [],
): Chart {
  return {
    machine: 'machine',
    root: stateOf('machine', { path: '', type: 'compound', states }),
    transitions: transitions.map((transition) => ({
      source: transition.id.split('|')[0] ?? '',
      targets: [],
      trigger: { type: 'event', event: transition.id.split('|')[1] ?? '' },
      actions: [],
      reenter: false,
      ...transition,
    })),
  };
}

export function layoutOf(machine: string): ChartLayout {
  return { machine, width: 0, height: 0, nodes: [], edges: [], initials: [] };
}
