/** The active states of a machine as paths of its chart. */

import type { AnyMachineSnapshot } from 'xstate';
import type { StatePath } from '../chart/chart.ts';

/** The nodes of a snapshot: an array of the chart's own nodes, which may be kept without keeping the actor. */
export type StateNodes = AnyMachineSnapshot['_nodes'];

/** The active states that have no active children, in the chart's order. */
export function toStatePaths(nodes: StateNodes): StatePath[] {
  return nodes
    .filter(({ type }) => type === 'atomic' || type === 'final')
    .sort((a, b) => a.order - b.order)
    .map(({ path }) => path.join('.'));
}
