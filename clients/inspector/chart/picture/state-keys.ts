/** Where the arrow keys lead from a state: along the nesting of the states, not by their places in the picture. */

import type { StatePath } from '../../../../src/inspect/chart/chart.ts';

/** A state and its parent, which the root does not have. */
export interface NestedState {
  readonly path: StatePath;
  readonly parent?: StatePath;
}

/**
 * The state that a key leads to, or undefined. Right goes into a state, left to its parent. Down and up go to the next
 * and the previous sibling or, where there is none, on from the parent. Home and End go to the root and to the last
 * state.
 *
 * @param states parents before their children, in the order of the chart
 */
export function stateAtKey(
  states: readonly NestedState[],
  from: StatePath,
  key: string,
): StatePath | undefined {
  switch (key) {
    case 'ArrowRight':
      return states.find(({ parent }) => parent === from)?.path;
    case 'ArrowLeft':
      return parentOf(states, from);
    case 'ArrowDown':
      return nextAfter(states, from);
    case 'ArrowUp':
      return siblingOf(states, from, -1) ?? parentOf(states, from);
    case 'Home':
      return states[0]?.path;
    case 'End':
      return states.at(-1)?.path;
    default:
      return undefined;
  }
}

function nextAfter(states: readonly NestedState[], from: StatePath): StatePath | undefined {
  for (let path: StatePath | undefined = from; path !== undefined; path = parentOf(states, path)) {
    const next = siblingOf(states, path, 1);
    if (next !== undefined) return next;
  }
  return undefined;
}

function siblingOf(states: readonly NestedState[], of: StatePath, step: 1 | -1): StatePath | undefined {
  const parent = parentOf(states, of);
  if (parent === undefined) return undefined;
  const siblings = states.filter((state) => state.parent === parent);
  return siblings[siblings.findIndex(({ path }) => path === of) + step]?.path;
}

function parentOf(states: readonly NestedState[], of: StatePath): StatePath | undefined {
  return states.find(({ path }) => path === of)?.parent;
}
