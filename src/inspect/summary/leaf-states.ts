/**
 * The active states of snapshots. Each combination is made once and shared: a hundred thousand connections have only a
 * few different ones.
 */

import type { AnyMachineSnapshot } from 'xstate';
import { isInside, type StatePath } from '../chart/chart.ts';
import { toStatePaths, type StateNodes } from '../population/state-paths.ts';

/** A combination of active states without active children. Equal combinations are the same object. */
export interface LeafStates {
  readonly paths: readonly StatePath[];
}

/** The states of a resting membership. */
export const RESTING_STATES: LeafStates = { paths: ['joined'] };

/** A node of a tree: the combinations that begin with the same state nodes. */
interface Branch {
  readonly next: Map<StateNodes[number], Branch>;
  states: LeafStates | undefined;
}

export class LeafStatesIndex {
  readonly #root: Branch = { next: new Map(), states: undefined };

  of({ _nodes: nodes }: Pick<AnyMachineSnapshot, '_nodes'>): LeafStates {
    let branch = this.#root;
    for (const node of nodes) {
      if (node.type !== 'atomic' && node.type !== 'final') continue;
      let next = branch.next.get(node);
      if (next === undefined) {
        next = { next: new Map(), states: undefined };
        branch.next.set(node, next);
      }
      branch = next;
    }
    branch.states ??= { paths: toStatePaths(nodes) };
    return branch.states;
  }
}

/** Whether one of the states is this state or inside it. */
export function isWithin({ paths }: LeafStates, state: StatePath): boolean {
  return state === '' || paths.some((path) => path === state || isInside(path, state));
}
