/** Charts and layouts for tests that look at neither closely. */

import type { Chart } from '../../../src/inspect/chart/chart.ts';
import type { ChartLayout } from '../../../src/inspect/chart/chart-layout.ts';

export function chartOf(machine: string): Chart {
  return {
    machine,
    root: {
      path: '',
      key: machine,
      type: 'atomic',
      description: '',
      entry: [],
      exit: [],
      invokes: [],
      states: [],
    },
    transitions: [],
  };
}

export function layoutOf(machine: string): ChartLayout {
  return { machine, width: 0, height: 0, nodes: [], edges: [], initials: [] };
}
