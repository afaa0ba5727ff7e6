/**
 * The items of the next batch of one watch, in order. Equal items in a row are counted in one, and what is above the
 * limits is left out. It does not use actors or sockets.
 */

import type { EventObject } from 'xstate';
import type { EffectItem, FeedItem, FeedObject, LifeItem, TransitionItem } from '../feed/feed-protocol.ts';
import { isEqual } from './attachment.ts';
import { isSame } from './event-source.ts';
import type { HandledEvent, LifeChange, Effect } from './actor-listener.ts';
import type { FollowedActor, Place, PlacedEffect } from './followed-actors.ts';

/** At most so many items are in a batch. */
const MAX_ITEMS = 200;

export interface PendingItemsOptions {
  readonly itemsPerSecond: number;
  readonly redactEvent: (event: EventObject) => FeedObject;
}

/** An item without the fields that are only known when it is sent. */
type Unsent<Item> = Item extends unknown ? Omit<Item, 'seq' | 'repeat'> : never;

export class PendingItems {
  /** Actors that have changed since the page was last told. */
  readonly changed = new Set<FollowedActor>();
  /** While it is true, everything is left out. */
  isShut = false;
  readonly #options: PendingItemsOptions;
  /** The items, and places that have no item yet or have none any more. */
  #places: Place[] = [];
  #filled = 0;
  #skipped = 0;
  #batch = 0;
  #nextSeq = 0;
  /** How many more items the rate limit allows now. */
  #allowance = MAX_ITEMS;
  #allowedAt = 0;

  constructor(options: PendingItemsOptions) {
    this.#options = options;
  }

  get isEmpty(): boolean {
    return this.#filled === 0 && this.#skipped === 0 && this.changed.size === 0;
  }

  began(followed: FollowedActor, at: number): void {
    followed.open = { place: this.#take(at), effects: [] };
  }

  affected(followed: FollowedActor, effect: Effect): void {
    const place = this.#take(effect.at);
    if (place !== undefined) {
      const { at, to, action } = effect;
      place.item = { type: 'effect', at, actor: followed.address, to, action } satisfies Unsent<EffectItem>;
    }
    // Whether it repeats an earlier one is known when the event is done.
    if (followed.open !== undefined) followed.open.effects.push({ effect, place });
    else if (place === undefined) this.#skipped += 1;
  }

  ended(followed: FollowedActor, handled: HandledEvent | undefined): void {
    const { place, effects } = followed.open ?? NOTHING_OPEN;
    followed.open = undefined;
    this.changed.add(followed);
    if (handled !== undefined && this.#repeats(followed, handled)) {
      followed.last.place.count += 1;
      this.#giveBack(place);
      this.#foldEffects(effects, followed.last.effects);
      return;
    }
    for (const effect of effects) if (effect.place === undefined) this.#skipped += 1;
    followed.last = undefined;
    if (handled === undefined) {
      this.#giveBack(place);
      return;
    }
    if (place === undefined) {
      this.#skipped += 1;
      if (handled.states !== undefined) followed.isStale = true;
      return;
    }
    const { at, event, source, taken, actions, states } = handled;
    place.item = {
      type: 'transition',
      at,
      actor: followed.address,
      // The page sees the input of an actor as its context.
      event: { type: event.type, data: event.type === 'xstate.init' ? {} : this.#options.redactEvent(event) },
      ...(source !== undefined && { source }),
      taken,
      actions,
      ...(states !== undefined && { states }),
    } satisfies Unsent<TransitionItem>;
    followed.last = { batch: this.#batch, handled, place, effects: effects.filter(isPlaced) };
  }

  /** @returns whether the page will be told */
  lifeChanged(followed: FollowedActor, { type, at, states, error }: LifeChange): boolean {
    const place = this.#take(at);
    followed.last = undefined;
    this.changed.add(followed);
    if (place === undefined) {
      this.#skipped += 1;
      followed.isStale = true;
      return false;
    }
    place.item = {
      type,
      at,
      actor: followed.address,
      states,
      ...(error !== undefined && { error }),
    } satisfies Unsent<LifeItem>;
    return true;
  }

  /** The next batch. It is asked for by a timer: no actor handles an event then, so every place is filled. */
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

  #repeats(
    followed: FollowedActor,
    handled: HandledEvent,
  ): followed is FollowedActor & { last: NonNullable<FollowedActor['last']> } {
    const { last } = followed;
    return (
      last !== undefined &&
      last.batch === this.#batch &&
      last.handled.states === undefined &&
      handled.states === undefined &&
      last.handled.event.type === handled.event.type &&
      isSame(last.handled.source, handled.source) &&
      isEqual(last.handled.taken, handled.taken) &&
      isEqual(last.handled.actions, handled.actions)
    );
  }

  #foldEffects(effects: readonly PlacedEffect[], earlier: PlacedEffect[]): void {
    // From the last to the first, so that the places at the end become free.
    for (const said of effects.toReversed()) {
      const same = earlier.find(
        ({ effect }) => effect.action === said.effect.action && isSame(effect.to, said.effect.to),
      );
      if (same?.place !== undefined) {
        same.place.count += 1;
        this.#giveBack(said.place);
      } else if (said.place === undefined) this.#skipped += 1;
      else earlier.push(said);
    }
  }

  /** Whether the limits allow one more item now. */
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

/** For an event that began before the watch. */
const NOTHING_OPEN = { place: undefined, effects: [] } as const;

function isPlaced({ place }: PlacedEffect): boolean {
  return place !== undefined;
}
