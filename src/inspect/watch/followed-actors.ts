/** The actors that one watch follows: what its page knows of each, and what is counted of them. */

import type { ActorAddress } from '../feed/feed-protocol.ts';
import { toKey, type Attachment, type InspectedActor } from './attachment.ts';
import type { HandledEvent, Effect } from './actor-listener.ts';

/** The place of an item in the next batch; taken before it is known what stands there. */
export interface Place {
  /** Nothing yet, or nothing any more: what happened was one more of an earlier item. */
  item: object | undefined;
  /** How many such in a row. */
  count: number;
  /** Items that were left out of this batch before it. */
  readonly skippedBefore: number;
}

export interface PlacedEffect {
  readonly effect: Effect;
  /** None when there was no room for it. */
  readonly place: Place | undefined;
}

/** The last transition of an actor in the next batch: one more of the same only counts. */
export interface LastTransition {
  readonly batch: number;
  readonly handled: HandledEvent;
  readonly place: Place;
  readonly effects: PlacedEffect[];
}

export class FollowedActor {
  readonly address: ActorAddress;
  /** While the actor is inspected. */
  attachment: Attachment | undefined;
  /** The last one at this address, to describe it by; none for a membership that rests. */
  actor: InspectedActor | undefined;
  /** Whether the page has heard of the actor. */
  isTold = false;
  /** Whether something was left out that the page needs to know its states. */
  isStale = false;
  /** The event that the actor is at work on. */
  open: { readonly place: Place | undefined; readonly effects: PlacedEffect[] } | undefined;
  last: LastTransition | undefined;

  constructor(address: ActorAddress) {
    this.address = address;
  }
}

/** By the keys of their addresses. */
export class FollowedActors {
  /** The ids of the connections among them. */
  readonly connections = new Set<string>();
  readonly #followed = new Map<string, FollowedActor>();
  /** Actors that are gone, and of whose end the page has not been told. */
  readonly #gone = new Set<FollowedActor>();

  [Symbol.iterator](): Iterator<FollowedActor> {
    return this.#followed.values();
  }

  find(address: ActorAddress): FollowedActor | undefined {
    return this.#followed.get(toKey(address));
  }

  /** By the key of an address, for those who have it at hand. */
  get(key: string): FollowedActor | undefined {
    return this.#followed.get(key);
  }

  /** Follows an actor, perhaps again: one that was followed before keeps what the page knows of it. */
  open(address: ActorAddress): FollowedActor {
    const key = toKey(address);
    const followed = this.#followed.get(key) ?? new FollowedActor(address);
    this.#followed.set(key, followed);
    this.#gone.delete(followed);
    if (address.kind === 'connection') this.connections.add(address.id);
    return followed;
  }

  /** Its actor is gone; returns how many are gone now. */
  leave(followed: FollowedActor): number {
    this.#gone.add(followed);
    return this.#gone.size;
  }

  forget(followed: FollowedActor): void {
    const { address } = followed;
    this.#gone.delete(followed);
    if (this.find(address) !== followed) return;
    this.#followed.delete(toKey(address));
    if (address.kind === 'connection') this.connections.delete(address.id);
  }

  clear(): void {
    this.#followed.clear();
    this.#gone.clear();
    this.connections.clear();
  }
}
