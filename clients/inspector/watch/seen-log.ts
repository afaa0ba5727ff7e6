/**
 * The log of one watch: its last items in a ring, from which the states of every actor at each item can be computed.
 */

import type {
  ActorAddress,
  BatchMessage,
  FeedItem,
  WatchedActor,
} from '../../../src/inspect/feed/feed-protocol.ts';
import type { StatePath } from '../../../src/inspect/chart/chart.ts';
import { keyOf } from '../names/address.ts';
import { applyItem, applyTold, endOthers, isAlive, type ActorMoment, type Moments } from './moments.ts';

/** Entries that a log keeps. */
export const KEPT_ENTRIES = 5_000;

/** A part of the log that is missing. */
export interface Gap {
  readonly type: 'gap';
  /** `skipped`: there was more than the server sends. `unwatched`: the watch was stopped, or the link was lost. */
  readonly reason: 'skipped' | 'unwatched';
  /** How many items are missing; 0 when that is not known. */
  readonly count: number;
}

export interface SeenEntry {
  /** Grows by one with each entry of a log, from 1. */
  readonly position: number;
  /** In milliseconds since 1970. */
  readonly at: number;
  readonly what: FeedItem | Gap;
  /** The key of the actor that it is about; empty for a gap. */
  readonly key: string;
  /** The states that the actor entered with it, if it changed any. */
  readonly entered: readonly StatePath[] | undefined;
}

/** An entry, with the reports of the server about actors right after it. */
interface Slot extends SeenEntry {
  told: readonly WatchedActor[] | undefined;
  /** `told` includes all actors that exist. */
  readonly isComplete: boolean;
}

export class SeenLog {
  readonly #pinned: ActorAddress;
  readonly #capacity: number;
  readonly #slots: Slot[] = [];
  /** The actors before the first entry that is kept. */
  #base: Moments = new Map();
  /** The actors after the last entry. */
  #latest: Moments = new Map();
  #last = 0;

  /** @param pinned this actor is kept even when its end has left the ring */
  constructor(pinned: ActorAddress, capacity = KEPT_ENTRIES) {
    this.#pinned = pinned;
    this.#capacity = capacity;
  }

  /** The position of the newest entry; 0 in an empty log. */
  get last(): number {
    return this.#last;
  }

  /** The position of the oldest entry that is kept; `last + 1` in an empty log. */
  get first(): number {
    return this.#last - this.#slots.length + 1;
  }

  entryAt(position: number): SeenEntry | undefined {
    return this.#slotAt(position);
  }

  /** The entries from one position to another, both included, as far as they are kept; oldest first. */
  slice(from = this.first, to = this.#last): SeenEntry[] {
    const entries: SeenEntry[] = [];
    for (let position = Math.max(from, this.first); position <= Math.min(to, this.#last); position += 1) {
      entries.push(this.#slots[this.#indexOf(position)]!);
    }
    return entries;
  }

  /** All actors right after a position; for a position before the first entry, the actors at that time. */
  momentsAt(position: number): ReadonlyMap<string, ActorMoment> {
    if (position >= this.#last) return this.#latest;
    const moments: Moments = new Map(this.#base);
    for (let next = this.first; next <= position; next += 1) applySlot(moments, this.#slotAt(next)!);
    return moments;
  }

  /** A copy of the log that does not change any more. */
  freeze(): SeenLog {
    const copy = new SeenLog(this.#pinned, this.#capacity);
    copy.#slots.push(...this.#slots);
    copy.#base = new Map(this.#base);
    copy.#latest = new Map(this.#latest);
    copy.#last = this.#last;
    return copy;
  }

  /** A watch has begun, with all its actors. In a log that has entries, the time without a watch is a gap. */
  begin(actors: readonly WatchedActor[], at: number): void {
    if (this.#last > 0) {
      this.#push({ type: 'gap', reason: 'unwatched', count: 0 }, at, actors);
      return;
    }
    for (const moments of [this.#base, this.#latest]) {
      moments.clear();
      for (const actor of actors) applyTold(moments, actor);
    }
  }

  /** Adds a batch; `at` is when it came, in milliseconds since 1970. */
  add(batch: Pick<BatchMessage, 'items' | 'skipped' | 'actors'>, at: number): void {
    const before = this.#last;
    if (batch.skipped > 0) {
      this.#push({ type: 'gap', reason: 'skipped', count: batch.skipped }, batch.items[0]?.at ?? at);
    }
    for (const item of batch.items) this.#push(item, item.at);
    this.#tell(batch.actors, batch.skipped > 0 ? undefined : this.#lastPositions(before));
  }

  /**
   * A batch ends with the state of its actors. For each actor that is exact right after its last item in the batch.
   * Where items were skipped, it is exact only at the end of the batch.
   */
  #tell(actors: readonly WatchedActor[], lastPositions: ReadonlyMap<string, number> | undefined): void {
    for (const actor of actors) {
      applyTold(this.#latest, actor);
      const slot = this.#slotAt(lastPositions?.get(keyOf(actor)) ?? this.#last);
      if (slot === undefined) applyTold(this.#base, actor);
      else slot.told = [...(slot.told ?? []), actor];
    }
  }

  #lastPositions(before: number): Map<string, number> {
    const positions = new Map<string, number>();
    for (let position = Math.max(before + 1, this.first); position <= this.#last; position += 1) {
      positions.set(this.#slotAt(position)!.key, position);
    }
    return positions;
  }

  #push(what: FeedItem | Gap, at: number, everybody?: readonly WatchedActor[]): void {
    this.#last += 1;
    const key = what.type === 'gap' ? '' : keyOf(what.actor);
    const entered = what.type === 'gap' ? undefined : enteredBy(what, this.#latest.get(key));
    const isComplete = everybody !== undefined;
    const slot: Slot = { position: this.#last, at, what, key, entered, told: everybody, isComplete };
    const index = this.#indexOf(this.#last);
    const evicted = this.#slots[index];
    this.#slots[index] = slot;
    if (evicted !== undefined) this.#retire(evicted);
    applySlot(this.#latest, slot);
  }

  /** Applies an entry that leaves the ring to the base, and removes actors that have ended. */
  #retire(slot: Slot): void {
    applySlot(this.#base, slot);
    const { what, key } = slot;
    if (what.type !== 'ended' && what.type !== 'failed') return;
    if (key === keyOf(this.#pinned)) return;
    this.#base.delete(key);
    const latest = this.#latest.get(key);
    if (latest !== undefined && !isAlive(latest.status)) this.#latest.delete(key);
  }

  #slotAt(position: number): Slot | undefined {
    return position >= this.first && position <= this.#last
      ? this.#slots[this.#indexOf(position)]
      : undefined;
  }

  #indexOf(position: number): number {
    return (position - 1) % this.#capacity;
  }
}

/** The new states of an item that were not active before it. */
function enteredBy(item: FeedItem, before: ActorMoment | undefined): readonly StatePath[] | undefined {
  if (item.type === 'effect' || item.states === undefined) return undefined;
  const left = item.type === 'started' ? [] : (before?.states ?? []);
  return item.states.filter((state) => !left.includes(state));
}

function applySlot(moments: Moments, { what, position, told, isComplete }: Slot): void {
  if (what.type !== 'gap') applyItem(moments, what, position);
  if (told === undefined) return;
  for (const actor of told) applyTold(moments, actor);
  if (isComplete) endOthers(moments, told);
}
