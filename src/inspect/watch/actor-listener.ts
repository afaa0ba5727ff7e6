/** What attached actors are seen to do, before it is an item of a feed. */

import type { EventObject } from 'xstate';
import type { StatePath } from '../chart/chart.ts';
import type { ActorAddress, LifeItem, Party } from '../feed/feed-protocol.ts';
import type { Steps } from './step-log.ts';

/** An event that an actor has taken, with all that came of it. */
export interface HandledEvent extends Steps {
  readonly at: number;
  readonly event: EventObject;
  readonly source: Party | undefined;
  /** When they are others than before. */
  readonly states: readonly StatePath[] | undefined;
}

/** An actor is about to speak to somebody. */
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

/** Which attached actor it is. */
export interface Attached {
  readonly address: ActorAddress;
  /** The address as one text. */
  readonly key: string;
}

/** Is told of attached actors in the midst of what they do. */
export interface Listener {
  /** The actor has begun to work on an event. What it says comes next, and {@link ended} at last. */
  began(attached: Attached, at: number): void;
  affected(attached: Attached, effect: Effect): void;
  /** Nothing to tell: the actor has started, and that did no more than enter its first states. */
  ended(attached: Attached, handled: HandledEvent | undefined): void;
  /** After `ended`, `rested` and `failed` nothing more comes: the actor is detached. */
  lifeChanged(attached: Attached, life: LifeChange): void;
  /** It has thrown, or the inspection of an actor that it listens to. */
  broke(error: unknown): void;
}
