/** The last transitions of one or more actors. Old ones are overwritten. Once it is full, it allocates nothing. */

import type { MachineKind } from '../../actors/runtime/live-machine.ts';
import type { ActorAddress, HistoryEntry } from '../feed/feed-protocol.ts';
import type { Moments } from '../../system/moments.ts';
import { toStatePaths, type StateNodes } from '../population/state-paths.ts';

/** It has state nodes and no snapshots: those would keep contexts in memory. */
export interface RecordedTransition {
  /** A moment, and no date. */
  at: number;
  event: string;
  /** How many such events came in a row. */
  count: number;
  from: StateNodes;
  /** The same array as `from` if the event did not change the states. */
  to: StateNodes;
  /** The actor: one ring may have entries of several actors. */
  kind: MachineKind;
  id: string;
}

export class TransitionRing {
  /** The latest entry. Its count may grow. */
  last: RecordedTransition | undefined;
  /** The actor's own array of states, if the latest event did not change them. */
  stayedIn: StateNodes | undefined;
  readonly #capacity: number;
  /** Grows up to the capacity. */
  readonly #entries: RecordedTransition[] = [];
  #next = 0;
  #written = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** How many entries were overwritten. */
  get lost(): number {
    return this.#written - this.#entries.length;
  }

  write(at: number, event: string, from: StateNodes, to: StateNodes, kind: MachineKind, id: string): void {
    let entry = this.#entries[this.#next];
    if (entry === undefined) {
      entry = { at, event, count: 1, from, to, kind, id };
      this.#entries.push(entry);
    } else {
      entry.at = at;
      entry.event = event;
      entry.count = 1;
      entry.from = from;
      entry.to = to;
      entry.kind = kind;
      entry.id = id;
    }
    this.last = entry;
    this.#written += 1;
    this.#next = this.#next + 1 === this.#capacity ? 0 : this.#next + 1;
  }

  /** Copies of the latest entries of an actor, at most `limit`, oldest first. */
  copy({ kind, id }: ActorAddress, limit: number): RecordedTransition[] {
    const found: RecordedTransition[] = [];
    const count = this.#entries.length;
    for (let back = 1; back <= count && found.length < limit; back += 1) {
      const entry = this.#entries[(this.#next - back + count) % count];
      if (entry?.kind === kind && entry.id === id) found.push({ ...entry });
    }
    return found.toReversed();
  }
}

export function toHistoryEntries(recorded: readonly RecordedTransition[], moments: Moments): HistoryEntry[] {
  return recorded.map(({ at, event, count, from, to }) => {
    const before = toStatePaths(from);
    return {
      at: moments.toDate(at),
      event,
      count,
      from: before,
      to: from === to ? before : toStatePaths(to),
    };
  });
}
