/** The tables of a machine (chart.ts), each made when its states are first met. */

import type { AnyStateMachine, AnyStateNode } from 'xstate';
import { tabulate } from './chart.ts';
import type { Destination, Table } from './table.ts';

/** Kept on a snapshot's list of states: it is looked up with each event, and goes with the states that it is about. */
const TABLE = Symbol('table');

interface Tabled {
  [TABLE]?: Table;
}

/** The tables of a machine, found by one state after the other. */
interface Branch {
  readonly next: Map<AnyStateNode, Branch>;
  table: Table | undefined;
}

export class Tables {
  readonly #machine: AnyStateMachine;
  readonly #root: Branch = { next: new Map(), table: undefined };

  constructor(machine: AnyStateMachine) {
    this.#machine = machine;
  }

  /** Of the states that a snapshot lists. */
  of(nodes: readonly AnyStateNode[]): Table {
    return ((nodes as Tabled)[TABLE] ??= this.#find(nodes));
  }

  ofDestination(to: Destination): Table {
    return (to.table ??= this.#find(to.nodes));
  }

  #find(nodes: readonly AnyStateNode[]): Table {
    let branch = this.#root;
    for (const node of nodes) {
      let next = branch.next.get(node);
      if (next === undefined) {
        next = { next: new Map(), table: undefined };
        branch.next.set(node, next);
      }
      branch = next;
    }
    branch.table ??= tabulate(this.#machine, nodes);
    return branch.table;
  }
}
