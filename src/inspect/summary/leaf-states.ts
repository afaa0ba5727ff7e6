/**
 * The active states of snapshots, each combination told once: a hundred thousand connections are in a handful
 * of them. It knows charts by their nodes, and no actors.
 */

import type { AnyMachineSnapshot } from 'xstate';
import { isInside, type StatePath } from '../chart/chart.ts';
import { toStatePaths, type StateNodes } from '../population/state-paths.ts';

/** A combination of active states without active children; the same one is the same object. */
export interface LeafStates {
  readonly paths: readonly StatePath[];
}

/** Where a resting membership is. */
export const RESTING_STATES: LeafStates = { paths: ['joined'] };

/** The combinations that begin with the nodes on the way here. */
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

/** Whether one of the states is this one or lies below it. */
export function isWithin({ paths }: LeafStates, state: StatePath): boolean {
  return state === '' || paths.some((path) => path === state || isInside(path, state));
}
