/** The tables of a machine (chart.ts), each made when its states are first met. */

import type { AnyStateMachine, AnyStateNode } from 'xstate';
import { NodesMap } from './nodes-map.ts';
import { tabulate } from './chart.ts';
import type { Table } from './table.ts';

/** Kept on a list of states: it is looked up with each event, and goes with the states that it is about. */
const TABLE = Symbol('table');

interface Tabled {
  [TABLE]?: Table;
}

export class Tables {
  readonly #machine: AnyStateMachine;
  readonly #tables = new NodesMap<Table>();

  constructor(machine: AnyStateMachine) {
    this.#machine = machine;
  }

  /** Of the states that a snapshot lists, or to which a transition leads. */
  of(nodes: readonly AnyStateNode[]): Table {
    return ((nodes as Tabled)[TABLE] ??= this.#find(nodes));
  }

  #find(nodes: readonly AnyStateNode[]): Table {
    let table = this.#tables.get(nodes);
    if (table === undefined) {
      table = tabulate(this.#machine, nodes);
      this.#tables.set(nodes, table);
    }
    return table;
  }
}
