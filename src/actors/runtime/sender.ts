/** Who sends an event. Actors do not use it: it is for those who watch. */

import type { AnyActorRef } from 'xstate';

/** What sends events to actors and is not an actor itself. */
export type OutsideSender = 'socket' | 'http' | 'library' | 'servant' | 'broker' | 'timer';

/** An actor by its name: one that does not run, or that cannot be reached where the event is sent. */
export interface NamedSender {
  readonly kind: 'server' | 'room';
  readonly id: string;
}

/** A running actor. */
export type ActorSender = Pick<AnyActorRef, 'id' | 'src'>;

export type Sender = ActorSender | NamedSender | OutsideSender;

export const SERVER: NamedSender = { kind: 'server', id: 'server' };

export function nameRoom(id: string): NamedSender {
  return { kind: 'room', id };
}

/** The actor, where the sender is a running one. */
export function actorOf(sender: Sender | undefined): AnyActorRef | undefined {
  return typeof sender === 'object' && 'src' in sender ? (sender as AnyActorRef) : undefined;
}
