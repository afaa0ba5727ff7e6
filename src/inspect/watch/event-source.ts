/**
 * Who sent an event: what XState tells, else the watched actor in whose work it was sent, else what the event
 * itself tells. Our actors speak through ports, so that XState mostly does not know.
 */

import type { AnyActorRef, AnyMachineSnapshot, EventObject, InspectionEvent } from 'xstate';
import type { ActorAddress, Outside, Party } from '../feed/feed-protocol.ts';
import { INVOKED, SENDERS, STARTERS } from './senders.ts';

export interface Receiver {
  readonly address: ActorAddress;
  readonly actor: AnyActorRef & { getSnapshot(): AnyMachineSnapshot };
}

/** What is known of the moment at which an event was sent. */
export interface Sending {
  /** What XState tells: an invoked actor, or the receiver itself for its timers. */
  readonly sourceRef: InspectionEvent['actorRef'] | undefined;
  /** The watched actor that is at work on an event of its own: the innermost one, if several are. */
  readonly worker: ActorAddress | undefined;
  readonly isWatched: (address: ActorAddress) => boolean;
}

export function sourceOf(event: EventObject, receiver: Receiver, sending: Sending): Party | undefined {
  const { address } = receiver;
  const { sourceRef, worker, isWatched } = sending;
  if (sourceRef !== undefined) {
    if (sourceRef === receiver.actor)
      return event.type.startsWith('xstate.after.') ? { outside: 'timer' } : address;
    const invoked = invokedBy(address, sourceRef);
    return invoked && { outside: invoked.outside };
  }
  const usual = usualSender(event, receiver);
  const others = SENDERS[address.kind][event.type]?.or;
  if (worker === undefined || others === undefined) return usual;
  if (!isSame(worker, address)) return others.includes(worker.kind) ? worker : usual;
  // An actor that is not watched works unseen: it may have answered in the midst of the receiver's own work.
  const mayBeUnseen = usual !== undefined && 'kind' in usual && !isWatched(usual);
  return others.includes('itself') && !mayBeUnseen ? worker : usual;
}

/** The name of what a machine invoked as `child`, and what that stands for. */
export function invokedBy(
  { kind }: ActorAddress,
  child: InspectionEvent['actorRef'],
): { readonly name: string; readonly outside: Outside } | undefined {
  const { src } = child as AnyActorRef;
  if (typeof src !== 'string') return undefined;
  const outside = INVOKED[kind][src];
  return outside && { name: src, outside };
}

export function isSame(a: Party | undefined, b: Party | undefined): boolean {
  if (a === b) return true;
  if (a === undefined || b === undefined) return false;
  if ('outside' in a) return 'outside' in b && a.outside === b.outside;
  return 'kind' in b && a.kind === b.kind && a.id === b.id;
}

function usualSender(event: EventObject, { address, actor }: Receiver): Party | undefined {
  const sender = event.type === 'xstate.init' ? STARTERS[address.kind] : SENDERS[address.kind][event.type];
  if (sender === undefined) return undefined;
  if ('outside' in sender) return { outside: sender.outside };
  if ('itself' in sender) return address;
  const { kind, otherwise } = sender;
  const id = sender.id?.(event, address.id, actor.getSnapshot().context);
  return id === undefined ? otherwise && { outside: otherwise } : { kind, id };
}
