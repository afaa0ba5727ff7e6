/** A map whose keys are lists of state nodes. Two lists with the same nodes in the same order are the same key. */

import type { AnyStateNode } from 'xstate';

interface Branch<Value> {
  readonly next: Map<AnyStateNode, Branch<Value>>;
  value: Value | undefined;
}

export class NodesMap<Value extends object> {
  readonly #root: Branch<Value> = createBranch();

  get(nodes: readonly AnyStateNode[]): Value | undefined {
    let branch: Branch<Value> | undefined = this.#root;
    for (const node of nodes) {
      branch = branch.next.get(node);
      if (branch === undefined) return undefined;
    }
    return branch.value;
  }

  set(nodes: readonly AnyStateNode[], value: Value): void {
    let branch = this.#root;
    for (const node of nodes) {
      let next = branch.next.get(node);
      if (next === undefined) {
        next = createBranch();
        branch.next.set(node, next);
      }
      branch = next;
    }
    branch.value = value;
  }
}

function createBranch<Value>(): Branch<Value> {
  return { next: new Map(), value: undefined };
}
