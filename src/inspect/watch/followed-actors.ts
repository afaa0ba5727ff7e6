/** The actors that one watch follows, and what its page knows of each. */

import type { ActorAddress } from '../feed/feed-protocol.ts';
import { toKey, type Attachment, type InspectedActor } from './attachment.ts';
import type { HandledEvent, Effect } from './actor-listener.ts';

/** The place of an item in the next batch. It is reserved before the item is known. */
export interface Place {
  /** Undefined before it is known, or when it repeats an earlier item. */
  item: object | undefined;
  /** How many equal ones in a row. */
  count: number;
  /** How many items of this batch were left out before it. */
  readonly skippedBefore: number;
}

export interface PlacedEffect {
  readonly effect: Effect;
  /** Undefined when the limits did not allow it. */
  readonly place: Place | undefined;
}

/** The last transition of an actor in the next batch. An equal one is only counted. */
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
  /** The last actor of this address, to describe it. Undefined for a resting membership. */
  actor: InspectedActor | undefined;
  /** Whether the page was told of the actor. */
  isTold = false;
  /** Whether a change of its states was left out. */
  isStale = false;
  /** The event that the actor is handling. */
  open: { readonly place: Place | undefined; readonly effects: PlacedEffect[] } | undefined;
  last: LastTransition | undefined;

  constructor(address: ActorAddress) {
    this.address = address;
  }
}

/** They are found by their addresses. */
export class FollowedActors {
  /** The ids of the connections among them. */
  readonly connections = new Set<string>();
  readonly #followed = new Map<string, FollowedActor>();
  /** Actors that have ended, while the page has not been told that. */
  readonly #gone = new Set<FollowedActor>();

  [Symbol.iterator](): Iterator<FollowedActor> {
    return this.#followed.values();
  }

  find(address: ActorAddress): FollowedActor | undefined {
    return this.#followed.get(toKey(address));
  }

  /** By the key of an address. */
  get(key: string): FollowedActor | undefined {
    return this.#followed.get(key);
  }

  /** Follows an actor. If its address is followed already, what the page knows of it is kept. */
  open(address: ActorAddress): FollowedActor {
    const key = toKey(address);
    const followed = this.#followed.get(key) ?? new FollowedActor(address);
    this.#followed.set(key, followed);
    this.#gone.delete(followed);
    if (address.kind === 'connection') this.connections.add(address.id);
    return followed;
  }

  /** Its actor has ended. @returns how many have ended and not been told */
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
