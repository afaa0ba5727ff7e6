/** One actor in one watch: what its page knows of it. */

import type { ActorAddress } from '../feed/feed-protocol.ts';
import type { Attachment, InspectedActor } from './attachment.ts';
import type { Happening, Speech } from './happening.ts';

/** The place of an item in the next batch; taken before it is known what stands there. */
export interface Place {
  /** Nothing yet, or nothing any more: what happened was one more of an earlier item. */
  item: object | undefined;
  /** How many such in a row. */
  count: number;
  /** Items that were left out of this batch before it. */
  readonly skippedBefore: number;
}

export interface PlacedSpeech {
  readonly speech: Speech;
  /** None when there was no room for it. */
  readonly place: Place | undefined;
}

/** The last transition of an actor in the next batch: one more of the same only counts. */
export interface LastTransition {
  readonly batch: number;
  readonly happening: Happening;
  readonly place: Place;
  readonly speeches: PlacedSpeech[];
}

export class Lane {
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
  open: { readonly place: Place | undefined; readonly speeches: PlacedSpeech[] } | undefined;
  last: LastTransition | undefined;

  constructor(address: ActorAddress) {
    this.address = address;
  }
}
