/**
 * What happened in one watch since its last batch: in order, folded, and no more than a page can take. It knows
 * neither actors nor sockets.
 */

import type { EventObject } from 'xstate';
import type { EffectItem, FeedItem, FeedObject, LifeItem, TransitionItem } from '../feed/feed-protocol.ts';
import { isSame } from './event-source.ts';
import type { Happening, Life, Speech } from './happening.ts';
import type { Lane, Place, PlacedSpeech } from './lane.ts';

/** Items of a batch at most. */
const MAX_ITEMS = 200;

export interface OutboxOptions {
  readonly itemsPerSecond: number;
  readonly redactEvent: (event: EventObject) => FeedObject;
}

/** An item without what is only known when it is sent. */
type Unsent<Item> = Item extends unknown ? Omit<Item, 'seq' | 'repeat'> : never;

export class Outbox {
  /** Lanes in which something happened that their pages have not been told. */
  readonly changed = new Set<Lane>();
  /** While shut, everything is left out. */
  isShut = false;
  readonly #options: OutboxOptions;
  /** What is to be said, and places that are not filled yet, or any more. */
  #places: Place[] = [];
  #filled = 0;
  #skipped = 0;
  #batch = 0;
  #nextSeq = 0;
  /** How many more items may be said now. */
  #allowance = MAX_ITEMS;
  #allowedAt = 0;

  constructor(options: OutboxOptions) {
    this.#options = options;
  }

  get isEmpty(): boolean {
    return this.#filled === 0 && this.#skipped === 0 && this.changed.size === 0;
  }

  began(lane: Lane, at: number): void {
    lane.open = { place: this.#take(at), speeches: [] };
  }

  spoke(lane: Lane, speech: Speech): void {
    const place = this.#take(speech.at);
    if (place !== undefined) {
      const { at, to, action } = speech;
      place.item = { type: 'effect', at, actor: lane.address, to, action } satisfies Unsent<EffectItem>;
    }
    // Whether it is one more of an earlier one is known when the event is done.
    if (lane.open !== undefined) lane.open.speeches.push({ speech, place });
    else if (place === undefined) this.#skipped += 1;
  }

  ended(lane: Lane, happening: Happening | undefined): void {
    const { place, speeches } = lane.open ?? NOTHING_OPEN;
    lane.open = undefined;
    this.changed.add(lane);
    if (happening !== undefined && this.#repeats(lane, happening)) {
      lane.last.place.count += 1;
      this.#giveBack(place);
      this.#foldSpeeches(speeches, lane.last.speeches);
      return;
    }
    for (const speech of speeches) if (speech.place === undefined) this.#skipped += 1;
    lane.last = undefined;
    if (happening === undefined) {
      this.#giveBack(place);
      return;
    }
    if (place === undefined) {
      this.#skipped += 1;
      if (happening.states !== undefined) lane.isStale = true;
      return;
    }
    const { at, event, source, taken, actions, states } = happening;
    place.item = {
      type: 'transition',
      at,
      actor: lane.address,
      // What an actor was started with is its context.
      event: { type: event.type, data: event.type === 'xstate.init' ? {} : this.#options.redactEvent(event) },
      ...(source !== undefined && { source }),
      taken,
      actions,
      ...(states !== undefined && { states }),
    } satisfies Unsent<TransitionItem>;
    lane.last = { batch: this.#batch, happening, place, speeches: speeches.filter(isPlaced) };
  }

  /** Whether the page will know of it. */
  lived(lane: Lane, { type, at, states, error }: Life): boolean {
    const place = this.#take(at);
    lane.last = undefined;
    this.changed.add(lane);
    if (place === undefined) {
      this.#skipped += 1;
      lane.isStale = true;
      return false;
    }
    place.item = {
      type,
      at,
      actor: lane.address,
      states,
      ...(error !== undefined && { error }),
    } satisfies Unsent<LifeItem>;
    return true;
  }

  /** The next batch. Nobody is at work on an event when a timer asks for it, so that every place is filled. */
  takeBatch(): { items: FeedItem[]; skipped: number } {
    const said = this.#places.filter(({ item }) => item !== undefined);
    const items = said.map(({ item, count, skippedBefore }, index) => ({
      ...item,
      seq: this.#nextSeq + index + skippedBefore,
      ...(count > 1 && { repeat: count }),
    }));
    const skipped = this.#skipped;
    this.#nextSeq += items.length + skipped;
    this.#batch += 1;
    this.#skipped = 0;
    this.#places = [];
    this.#filled = 0;
    return { items: items as unknown as FeedItem[], skipped };
  }

  #repeats(lane: Lane, happening: Happening): lane is Lane & { last: NonNullable<Lane['last']> } {
    const { last } = lane;
    return (
      last !== undefined &&
      last.batch === this.#batch &&
      last.happening.states === undefined &&
      happening.states === undefined &&
      last.happening.event.type === happening.event.type &&
      isSame(last.happening.source, happening.source) &&
      isEqual(last.happening.taken, happening.taken) &&
      isEqual(last.happening.actions, happening.actions)
    );
  }

  #foldSpeeches(speeches: readonly PlacedSpeech[], earlier: PlacedSpeech[]): void {
    // Backwards, so that the places at the end are free again.
    for (const said of speeches.toReversed()) {
      const same = earlier.find(
        ({ speech }) => speech.action === said.speech.action && isSame(speech.to, said.speech.to),
      );
      if (same?.place !== undefined) {
        same.place.count += 1;
        this.#giveBack(said.place);
      } else if (said.place === undefined) this.#skipped += 1;
      else earlier.push(said);
    }
  }

  /** Whether one more item may be said now. */
  hasSpace(at: number): boolean {
    if (this.isShut || this.#filled >= MAX_ITEMS) return false;
    const { itemsPerSecond } = this.#options;
    const elapsedMs = Math.max(0, at - this.#allowedAt);
    this.#allowance = Math.min(MAX_ITEMS, this.#allowance + (elapsedMs / 1000) * itemsPerSecond);
    this.#allowedAt = at;
    return this.#allowance >= 1;
  }

  #take(at: number): Place | undefined {
    if (!this.hasSpace(at)) return undefined;
    this.#allowance -= 1;
    this.#filled += 1;
    const place: Place = { item: undefined, count: 1, skippedBefore: this.#skipped };
    this.#places.push(place);
    return place;
  }

  #giveBack(place: Place | undefined): void {
    if (place === undefined) return;
    place.item = undefined;
    place.count = 0;
    this.#filled -= 1;
    this.#allowance += 1;
    while (this.#places.at(-1)?.count === 0) this.#places.pop();
  }
}

/** Of an event whose beginning was before the watch. */
const NOTHING_OPEN = { place: undefined, speeches: [] } as const;

function isPlaced({ place }: PlacedSpeech): boolean {
  return place !== undefined;
}

function isEqual(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((item, index) => item === b[index]);
}
