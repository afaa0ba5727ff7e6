/** Counts all actors by kind and by state. Resting memberships are counted for each room, without a walk. */

import type { ActorSummary, KindCount, MachineName } from '../feed/feed-protocol.ts';
import { RESTING_STATES, type LeafStates } from '../summary/leaf-states.ts';
import type { ActorReading } from '../summary/actor-reading.ts';
import { MACHINE_NAMES } from '../population/machine-names.ts';

export type Counts = Readonly<Record<MachineName, KindCount>>;

export class ActorCounter {
  readonly #tallies = new Map(MACHINE_NAMES.map((kind) => [kind, new Map<LeafStates, number>()]));

  visit({ entry, states }: ActorReading): void {
    if (entry.actor !== undefined) this.#count(entry.address.kind, states, 1);
  }

  /** Adds the resting memberships of a room. */
  countResting(members: number): void {
    this.#count('membership', RESTING_STATES, members);
  }

  /** The counts, after all actors were visited. Failed ones are counted in addition. */
  finish(failed: readonly Pick<ActorSummary, 'kind'>[]): Counts {
    const counts = [...this.#tallies].map(([kind, tally]) => [
      kind,
      { ...sum(tally), failed: failed.filter((actor) => actor.kind === kind).length },
    ]);
    return Object.fromEntries(counts) as Counts;
  }

  #count(kind: MachineName, states: LeafStates, actors: number): void {
    const tally = this.#tallies.get(kind);
    tally?.set(states, (tally.get(states) ?? 0) + actors);
  }
}

/** The counts of several nodes together. */
export function addCounts(all: readonly Counts[]): Counts {
  const added = MACHINE_NAMES.map((kind) => {
    const states: Record<string, number> = {};
    let total = 0;
    let failed = 0;
    // A node of another version may not know all kinds.
    for (const one of all.map((counts) => counts[kind] as KindCount | undefined)) {
      total += one?.total ?? 0;
      failed += one?.failed ?? 0;
      for (const [path, actors] of Object.entries(one?.states ?? {})) {
        states[path] = (states[path] ?? 0) + actors;
      }
    }
    return [kind, { total, states, failed }];
  });
  return Object.fromEntries(added) as Counts;
}

function sum(tally: ReadonlyMap<LeafStates, number>): Omit<KindCount, 'failed'> {
  let total = 0;
  const states: Record<string, number> = {};
  for (const [{ paths }, actors] of tally) {
    if (actors === 0) continue;
    total += actors;
    for (const path of paths) states[path] = (states[path] ?? 0) + actors;
  }
  return { total, states };
}
