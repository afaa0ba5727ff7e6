/**
 * Counts what machines do, as an observer of all of them. It is called for every message, so what an event has to raise is
 * found by the identity of the list of active states, and an event that repeats in the same states only raises a number.
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
import { MachineCounts, type EventCounts, type StateCounts } from './state-counts.ts';

/** States that are active together. */
export interface Configuration {
  readonly owner: StateTables;
  readonly nodes: readonly AnyStateNode[];
  /** What is counted of each of the nodes; undefined for the machine itself. */
  readonly states: readonly (StateCounts | undefined)[];
  readonly stays: Map<string, EventCounts>;
  /** The last event that left an actor in these states: on a busy server the same type comes many times in a row. */
  latestType: string;
  latestStay: EventCounts;
  readonly moves: Map<string, Move[]>;
  latestMove: Move | undefined;
}

/** A change of states by one type of events. */
interface Move {
  readonly type: string;
  readonly to: Configuration;
  readonly event: EventCounts;
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

const NO_STAY: EventCounts = { stayed: 0, moved: 0 };

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

  readonly observer: Pick<MachineObserver, 'moved' | 'stayed'> = {
    moved: (kind, _actor, { type }, from, to) => {
      const at = this.of(kind, from._nodes);
      const there = this.of(kind, to._nodes);
      let move = at.latestMove;
      if (move === undefined || move.to !== there || move.type !== type)
        move = this.#findMove(at, there, type);
      at.latestMove = move;
      count(move, at, from, to);
    },
    stayed: (kind, _actor, { type }, { _nodes: nodes }) => {
      const at = (nodes as Marked)[CONFIGURATION];
      if (at !== undefined && at.latestType === type && at.owner === this) at.latestStay.stayed += 1;
      else this.#stayAnew(this.of(kind, nodes), type);
    },
  };

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
        stays: new Map(),
        latestType: '',
        latestStay: NO_STAY,
        moves: new Map(),
        latestMove: undefined,
      };
      this.#configurations.set(nodes, found);
    }
    (nodes as Marked)[CONFIGURATION] = found;
    return found;
  }

  #stayAnew(at: Configuration, type: string): void {
    let stay = at.stays.get(type);
    if (stay === undefined) {
      stay = this.#machineOf(at).event(type);
      at.stays.set(type, stay);
    }
    at.latestType = type;
    at.latestStay = stay;
    stay.stayed += 1;
  }

  #findMove(at: Configuration, to: Configuration, type: string): Move {
    const known = at.moves.get(type) ?? [];
    let move = known.find((one) => one.to === to);
    if (move === undefined) {
      move = planMove(at, to, type, this.#machineOf(at).event(type));
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

function planMove(at: Configuration, to: Configuration, type: string, event: EventCounts): Move {
  const sources = to.nodes.map((node) => at.nodes.indexOf(node));
  return {
    type,
    to,
    event,
    left: at.nodes.flatMap((node, index) => (to.nodes.includes(node) ? [] : [index])),
    entered: to.states.filter(
      (state, index) => state !== undefined && sources[index] === -1,
    ) as StateCounts[],
    sources,
    keeps: to.states.some((state, index) => state !== undefined && sources[index] !== -1),
  };
}

function count(move: Move, at: Configuration, from: AnyMachineSnapshot, to: AnyMachineSnapshot): void {
  const { event, left, entered, sources } = move;
  const now = sinceOf(to) ?? 0;
  const since = sinceOf(from) ?? now;
  const before = enteredOf(from);
  event.moved += 1;
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
