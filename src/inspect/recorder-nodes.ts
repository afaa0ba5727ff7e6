/** Sets of state nodes, one array for each: rooms are in few different states, and each of them has arrays of its own. */

import type { StateNodes } from './state-paths.ts';

/** More than a chart has in practice; sets beyond are kept as they come. */
const MAX_SETS = 4_096;

interface Branch {
  /** The array of the nodes on the way to here, once there was one. */
  nodes: StateNodes | undefined;
  readonly next: Map<StateNodes[number], Branch>;
}

export class NodeSets {
  readonly #root = createBranch();
  #size = 0;

  /** An array with the same nodes in the same order, the same one each time. */
  share(nodes: StateNodes): StateNodes {
    let branch = this.#root;
    for (const node of nodes) {
      let next = branch.next.get(node);
      if (next === undefined) {
        if (this.#size >= MAX_SETS) return nodes;
        next = createBranch();
        branch.next.set(node, next);
      }
      branch = next;
    }
    if (branch.nodes === undefined) {
      if (this.#size >= MAX_SETS) return nodes;
      this.#size += 1;
      branch.nodes = nodes;
    }
    return branch.nodes;
  }
}

function createBranch(): Branch {
  return { nodes: undefined, next: new Map() };
}
