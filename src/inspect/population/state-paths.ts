/** The active states of a machine as paths of its chart. */

import type { AnyMachineSnapshot } from 'xstate';
import type { StatePath } from '../chart/chart.ts';

/** The state nodes of a snapshot. They belong to the machine: keeping them does not keep the actor in memory. */
export type StateNodes = AnyMachineSnapshot['_nodes'];

/** The active states that have no active children, in the chart's order. */
export function toStatePaths(nodes: StateNodes): StatePath[] {
  return nodes
    .filter(({ type }) => type === 'atomic' || type === 'final')
    .sort((a, b) => a.order - b.order)
    .map(({ path }) => path.join('.'));
}
