/**
 * Counts how actors move between states, as an observer of all machines. What a change has to raise is found by the identity
 * of the lists of states, so that a change that repeats only raises numbers. Events that change no state, as most messages do,
 * are not told to it: the fast lane counts them.
 */

import type { AnyMachineSnapshot, AnyStateNode } from 'xstate';
import { MACHINES, type Machines } from '../../actors/machines.ts';
import { NodesMap } from '../../actors/runtime/fast-lane/nodes-map.ts';
import {
  enteredOf,
  noteEntered,
  sinceOf,
  type MachineKind,
  type MachineObserver,
} from '../../actors/runtime/live-machine.ts';
import { MachineCounts, type MoveCount, type StateCounts } from './state-counts.ts';

/** States that are active together. */
export interface Configuration {
  readonly owner: StateTables;
  readonly nodes: readonly AnyStateNode[];
  /** What is counted of each of the nodes; undefined for the machine itself. */
  readonly states: readonly (StateCounts | undefined)[];
  /** By the type of the event. */
  readonly moves: Map<string, Move[]>;
  /** On a busy server the same change comes many times in a row. */
  latestMove: Move | undefined;
}

/** A change of states by one type of events. */
interface Move {
  readonly type: string;
  readonly to: Configuration;
  readonly made: MoveCount;
  /** The states that are left, by their places. */
  readonly left: readonly number[];
  readonly entered: readonly StateCounts[];
  /** Where each of the states after the change was before it; -1 for one that is entered. */
  readonly sources: readonly number[];
  /** Whether a state stays that is not the machine itself. */
  readonly keeps: boolean;
}

/** A property of a list of states, because it is looked up for every event. */
const CONFIGURATION = Symbol('configuration');

interface Marked {
  [CONFIGURATION]?: Configuration;
}

export class StateTables {
  readonly machines: ReadonlyMap<MachineKind, MachineCounts>;
  readonly #configurations = new NodesMap<Configuration>();

  /** @param machines The charts as they were written. */
  constructor(machines: Machines = MACHINES) {
    this.machines = new Map(
      Object.values(machines).map((machine) => {
        const counts = new MachineCounts(machine);
        return [counts.kind, counts];
      }),
    );
  }

  readonly observer: Pick<MachineObserver, 'moved'> = {
    moved: (kind, _actor, { type }, from, to) => {
      const at = this.of(kind, from._nodes);
      const there = this.of(kind, to._nodes);
      let move = at.latestMove;
      if (move === undefined || move.to !== there || move.type !== type)
        move = this.#findMove(at, there, type);
      at.latestMove = move;
      count(move, at, from, to);
    },
  };

  /** @param live The machines of the server, which count the events that they get. */
  readEvents(live: Machines): void {
    for (const machine of Object.values(live)) {
      this.machines.get(machine.id as MachineKind)?.readEvents(machine);
    }
  }

  /** The configuration of a list of states. */
  of(kind: MachineKind, nodes: readonly AnyStateNode[]): Configuration {
    const known = (nodes as Marked)[CONFIGURATION];
    return known !== undefined && known.owner === this ? known : this.#find(kind, nodes);
  }

  #find(kind: MachineKind, nodes: readonly AnyStateNode[]): Configuration {
    let found = this.#configurations.get(nodes);
    if (found === undefined) {
      const machine = this.#machine(kind);
      found = {
        owner: this,
        nodes,
        states: nodes.map((node) => machine.state(node)),
        moves: new Map(),
        latestMove: undefined,
      };
      this.#configurations.set(nodes, found);
    }
    (nodes as Marked)[CONFIGURATION] = found;
    return found;
  }

  #findMove(at: Configuration, to: Configuration, type: string): Move {
    const known = at.moves.get(type) ?? [];
    let move = known.find((one) => one.to === to);
    if (move === undefined) {
      move = planMove(at, to, type, this.#machineOf(at).move(type));
      known.push(move);
      at.moves.set(type, known);
    }
    return move;
  }

  #machineOf({ nodes }: Configuration): MachineCounts {
    return this.#machine(nodes[0]?.machine.id as MachineKind);
  }

  #machine(kind: MachineKind): MachineCounts {
    const machine = this.machines.get(kind);
    if (machine === undefined) throw new RangeError(`there is no machine ${kind}`);
    return machine;
  }
}

function planMove(at: Configuration, to: Configuration, type: string, made: MoveCount): Move {
  const sources = to.nodes.map((node) => at.nodes.indexOf(node));
  return {
    type,
    to,
    made,
    left: at.nodes.flatMap((node, index) => (to.nodes.includes(node) ? [] : [index])),
    entered: to.states.filter(
      (state, index) => state !== undefined && sources[index] === -1,
    ) as StateCounts[],
    sources,
    keeps: to.states.some((state, index) => state !== undefined && sources[index] !== -1),
  };
}

function count(move: Move, at: Configuration, from: AnyMachineSnapshot, to: AnyMachineSnapshot): void {
  const { made, left, entered, sources } = move;
  const now = sinceOf(to) ?? 0;
  const since = sinceOf(from) ?? now;
  const before = enteredOf(from);
  made.count += 1;
  for (let index = 0; index < entered.length; index += 1) entered[index]!.entered += 1;
  for (let index = 0; index < left.length; index += 1) {
    const place = left[index]!;
    const state = at.states[place];
    const ms = now - (before?.[place] ?? since);
    state?.time?.observe(ms);
    state?.step?.time.observe(ms);
  }
  if (!move.keeps) return;
  const dates: number[] = [];
  for (let index = 0; index < sources.length; index += 1) {
    const source = sources[index]!;
    dates.push(source === -1 ? now : (before?.[source] ?? since));
  }
  noteEntered(to, dates);
}
