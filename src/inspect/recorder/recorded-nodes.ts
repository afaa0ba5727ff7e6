/** Sets of state nodes, one array for each: rooms are in few different states, and each of them has arrays of its own. */

import { NodesMap } from '../../actors/runtime/fast-lane/nodes-map.ts';
import type { StateNodes } from '../population/state-paths.ts';

/** More than a chart has in practice; sets beyond are kept as they come. */
const MAX_SETS = 4_096;

export class NodeSets {
  readonly #sets = new NodesMap<StateNodes>();
  #size = 0;

  /** An array with the same nodes in the same order, the same one each time. */
  share(nodes: StateNodes): StateNodes {
    const known = this.#sets.get(nodes);
    if (known !== undefined) return known;
    if (this.#size >= MAX_SETS) return nodes;
    this.#size += 1;
    this.#sets.set(nodes, nodes);
    return nodes;
  }
}
