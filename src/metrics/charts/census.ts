/**
 * Walks through all actors: how many are in which state, since when, and which of them stay in a state for too long. It is
 * done in slices, so that a server with a hundred thousand connections is not blocked.
 */

import type { AnyActorRef, AnyMachineSnapshot } from 'xstate';
import { enteredOf, sinceOf, snapshotOf } from '../../actors/runtime/live-machine.ts';
import type { ConnectionRef } from '../../actors/connection/connection.ts';
import { ALL_ACTIVE, inSlices, walk } from '../../inspect/catalogue/walk.ts';
import type { ActorEntry, Population } from '../../inspect/population/population.ts';
import type { Clock } from '../../system/clock.ts';
import type { StateCounts } from './state-counts.ts';
import type { StateTables } from './state-tables.ts';
import { raiseCount } from '../../system/raise-count.ts';

/** How many actors of one state are told as stuck by one walk; all are counted. */
const TOLD_AT_A_TIME = 20;

/** The actors in one state. */
export interface Present {
  actors: number;
  /** How long the one that is longest in it has been there, in milliseconds. */
  oldestMs: number;
  /** Those that are in it for longer than the chart allows. */
  stuck: number;
}

/** What one walk has found. */
export interface Findings {
  readonly states: ReadonlyMap<StateCounts, Present>;
  /** Open connections, by the way they came and the name of their protocol, with a space between. */
  readonly connections: ReadonlyMap<string, number>;
  readonly members: number;
  readonly away: number;
  /** Changes of rooms that the store does not have yet. */
  readonly unwritten: number;
}

/** An actor that is in a state for too long. */
export interface StuckActor {
  readonly entry: ActorEntry;
  readonly state: StateCounts;
  readonly ms: number;
}

export interface CensusInput {
  readonly population: Population;
  readonly tables: StateTables;
  readonly clock: Pick<Clock, 'monotonic'>;
  /** Told once of each actor for each time that it is in a state for too long. */
  readonly onStuck: (stuck: StuckActor) => void;
  /** Lets other work run. */
  readonly yieldTurn: () => Promise<void>;
}

export class Census {
  readonly #input: CensusInput;
  /** Since when an actor was in a state when it was told as stuck. */
  readonly #told = new WeakMap<AnyActorRef, Map<StateCounts, number>>();
  #underWay: Promise<Findings> | undefined;

  constructor(input: CensusInput) {
    this.#input = input;
  }

  /** Who asks while a walk is under way shares it. */
  take(): Promise<Findings> {
    this.#underWay ??= this.#walk().finally(() => {
      this.#underWay = undefined;
    });
    return this.#underWay;
  }

  async #walk(): Promise<Findings> {
    const { population, tables, clock, yieldTurn } = this.#input;
    const states = new Map<StateCounts, Present>();
    const connections = new Map<string, number>();
    let members = 0;
    let away = 0;
    let unwritten = 0;
    await inSlices(walk(population, ALL_ACTIVE), yieldTurn, (entry) => {
      const snapshot = entry?.actor && snapshotOf(entry.actor);
      if (entry?.actor === undefined || snapshot?.status !== 'active') return;
      this.#visit(entry, snapshot, clock.monotonic(), states);
      if (entry.address.kind === 'connection') raiseCount(connections, nameWay(entry.actor as ConnectionRef));
    });
    await inSlices(population.directory.rooms.values(), yieldTurn, ({ record: { roster, journal } }) => {
      members += roster.joined.size;
      away += roster.away.size;
      unwritten += journal.size;
    });
    const joined = tables.machines.get('membership')?.states.get('joined');
    // Resting memberships have no actor, and are in no state for too long.
    if (joined !== undefined) presentIn(states, joined).actors += members;
    return { states, connections, members, away, unwritten };
  }

  #visit(
    entry: ActorEntry & { readonly actor: AnyActorRef },
    snapshot: AnyMachineSnapshot,
    now: number,
    found: Map<StateCounts, Present>,
  ): void {
    const { states } = this.#input.tables.of(entry.address.kind, snapshot._nodes);
    const entered = enteredOf(snapshot);
    const since = sinceOf(snapshot) ?? now;
    for (let index = 0; index < states.length; index += 1) {
      const state = states[index];
      if (state === undefined) continue;
      const present = presentIn(found, state);
      const from = entered?.[index] ?? since;
      const ms = now - from;
      present.actors += 1;
      if (ms > present.oldestMs) present.oldestMs = ms;
      if (state.maxMs === undefined || ms <= state.maxMs) continue;
      present.stuck += 1;
      if (present.stuck <= TOLD_AT_A_TIME) this.#tell(entry, state, from, ms);
    }
  }

  #tell(
    entry: ActorEntry & { readonly actor: AnyActorRef },
    state: StateCounts,
    since: number,
    ms: number,
  ): void {
    const told = this.#told.get(entry.actor) ?? new Map<StateCounts, number>();
    if (told.get(state) === since) return;
    this.#told.set(entry.actor, told.set(state, since));
    this.#input.onStuck({ entry, state, ms });
  }
}

function presentIn(states: Map<StateCounts, Present>, state: StateCounts): Present {
  let present = states.get(state);
  if (present === undefined) {
    present = { actors: 0, oldestMs: 0, stuck: 0 };
    states.set(state, present);
  }
  return present;
}

function nameWay(connection: ConnectionRef): string {
  const { protocol, emulation } = connection.getSnapshot().context;
  return `${emulation === undefined ? 'websocket' : 'stream'} ${protocol.name}`;
}
