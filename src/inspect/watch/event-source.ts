/** Who sent an event, as an address that pages can show. */

import type { AnyActorRef, EventObject, InspectionEvent } from 'xstate';
import { SERVER, type ActorSender, type Sender } from '../../actors/runtime/sender.ts';
import type { ActorAddress, MachineName, Outside, Party } from '../feed/feed-protocol.ts';
import { MACHINE_NAMES } from '../population/machine-names.ts';
import { splitId } from '../population/population.ts';
import { INVOKED } from './outside.ts';
import { usualSenderOf } from './usual-senders.ts';

export interface Receiver {
  readonly address: ActorAddress;
  readonly actor: AnyActorRef;
}

/** What is known of the moment at which an event was sent. */
export interface Sending {
  /** What the door was told. */
  readonly from?: Sender | undefined;
  /** What XState tells: an invoked actor, or the receiver itself for its timers. */
  readonly sourceRef?: InspectionEvent['actorRef'] | undefined;
  /** The watched actor that is handling an event: the innermost one, if several are. */
  readonly worker?: ActorAddress | undefined;
}

export function sourceOf(
  event: EventObject,
  { address, actor }: Receiver,
  { from, sourceRef, worker }: Sending,
): Party | undefined {
  if (from !== undefined) return toParty(from);
  if (sourceRef === undefined) return worker ?? usualSource(event.type, address);
  if (sourceRef === actor) return event.type.startsWith('xstate.after.') ? { outside: 'timer' } : address;
  const invoked = invokedBy(address, sourceRef);
  return invoked && { outside: invoked.outside };
}

/** Who sends such an event, where only one can. */
export function usualSource(event: string, address: ActorAddress): Party | undefined {
  const usual = usualSenderOf(address.kind, event);
  if (usual === undefined) return undefined;
  if (usual === 'itself') return address;
  if (usual === 'server') return SERVER;
  // A membership and a moderation belong to one room.
  if (usual === 'room' && address.kind !== 'connection')
    return { kind: 'room', id: splitId(address.id).room };
  return isMachine(usual) ? undefined : { outside: usual };
}

function isMachine(name: MachineName | Outside): name is MachineName {
  return (MACHINE_NAMES as readonly string[]).includes(name);
}

export function addressOf({ id, src }: ActorSender): ActorAddress {
  return { kind: (src as { readonly id?: string }).id as MachineName, id };
}

function toParty(sender: Sender): Party {
  if (typeof sender === 'string') return { outside: sender };
  return 'kind' in sender ? sender : addressOf(sender);
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
