/** What inspected actors do, before it becomes items of a feed. */

import type { EventObject } from 'xstate';
import type { StatePath } from '../chart/chart.ts';
import type { ActorAddress, LifeItem, Party } from '../feed/feed-protocol.ts';
import type { Steps } from './step-log.ts';

/** An event that an actor has handled, with its transitions and actions. */
export interface HandledEvent extends Steps {
  readonly at: number;
  readonly event: EventObject;
  readonly source: Party | undefined;
  /** The new states; undefined if they have not changed. */
  readonly states: readonly StatePath[] | undefined;
}

/** An actor is about to use a port, or to send an event. */
export interface Effect {
  readonly at: number;
  readonly to: Party;
  readonly action: string;
}

export interface LifeChange {
  readonly type: LifeItem['type'];
  readonly at: number;
  readonly states: readonly StatePath[];
  readonly error?: string;
}

/** An inspected actor. */
export interface Attached {
  readonly address: ActorAddress;
  /** The address as one text. */
  readonly key: string;
}

/** It is called while the actors are working. */
export interface Listener {
  /** The actor begins to handle an event. Its effects follow, and then {@link ended}. */
  began(attached: Attached, at: number): void;
  affected(attached: Attached, effect: Effect): void;
  /** Without `handled` there is nothing to show: the actor has only entered its first states. */
  ended(attached: Attached, handled: HandledEvent | undefined): void;
  /** After `ended`, `rested` and `failed` nothing follows: the inspection has ended. */
  lifeChanged(attached: Attached, life: LifeChange): void;
  /** This listener has thrown, or the inspection of one of its actors. */
  broke(error: unknown): void;
}
