/** The tables of a machine (chart.ts). Each is made when an actor is in its states for the first time. */

import type { AnyStateMachine, AnyStateNode } from 'xstate';
import { NodesMap } from './nodes-map.ts';
import { tabulate } from './chart.ts';
import type { Table } from './table.ts';

/** A property of a list of states, because the table is looked up for every event. */
const TABLE = Symbol('table');

interface Tabled {
  [TABLE]?: Table;
}

export class Tables {
  readonly #machine: AnyStateMachine;
  readonly #tables = new NodesMap<Table>();
  readonly #all: Table[] = [];

  constructor(machine: AnyStateMachine) {
    this.#machine = machine;
  }

  /** Those that were made so far. */
  get all(): readonly Table[] {
    return this.#all;
  }

  /** The table of the states in a snapshot, or of the target states of a transition. */
  of(nodes: readonly AnyStateNode[]): Table {
    return ((nodes as Tabled)[TABLE] ??= this.#find(nodes));
  }

  #find(nodes: readonly AnyStateNode[]): Table {
    let table = this.#tables.get(nodes);
    if (table === undefined) {
      table = tabulate(this.#machine, nodes);
      this.#tables.set(nodes, table);
      this.#all.push(table);
    }
    return table;
  }
}
