/** Tells the other members and the outside who has joined a room and who has left it, each leave after its join. */

import type { LeaveReason } from '../../events/server-events.ts';
import { afterThis } from './journal-effects.ts';
import { tellPart } from './parts/parts.ts';
import type { Subscriber } from './ports.ts';
import type { RoomContext } from './room-events.ts';
import { tellsJoins, toRoomMember } from './room-member.ts';
import type { RestingMember } from './roster.ts';

/** A member that has joined. */
export interface JoinedMember extends RestingMember {
  readonly resumed: boolean;
  /** The connection subscribes its socket itself, and does so at the latest when it is done with its command. */
  readonly readsStream: boolean;
}

/** Tells of a join: after the answer to it, so that the member also hears what is said because of it. */
export function announceJoin(context: RoomContext, joined: JoinedMember): void {
  const { roster } = context.record;
  const { id } = joined.subscriber.member;
  if (!joined.readsStream) {
    tellJoin(context, joined);
    return;
  }
  roster.unannounced ??= new Set();
  roster.unannounced.add(id);
  afterThis(() => {
    roster.unannounced?.delete(id);
    if (roster.unannounced?.size === 0) roster.unannounced = undefined;
    tellJoin(context, joined);
  });
}

/** Tells the other members of a leave. */
export function announceLeave(context: RoomContext, { subscriber, grant }: RestingMember): void {
  const { record, broker } = context;
  if (!tellsJoins(grant, record.options)) return;
  const member = toRoomMember(subscriber.member, grant);
  afterJoin(context, subscriber, () =>
    tellPart(context, 'broker', record.name, () => broker.leave(record.name, member)),
  );
}

/** Tells the outside of a leave. */
export function announceLeft(context: RoomContext, subscriber: Subscriber, reason: LeaveReason): void {
  const { record, events } = context;
  const { member } = subscriber;
  afterJoin(context, subscriber, () => {
    events.emit('member.left', { room: record.name, member, reason });
    announceVacated({ context });
  });
}

/** Tells the outside, once, that the room has no member any more. */
export function announceVacated({
  context,
}: {
  readonly context: Pick<RoomContext, 'record' | 'events'>;
}): void {
  const { record, events } = context;
  if (!record.occupied || record.roster.seats > 0) return;
  record.occupied = false;
  events.emit('room.vacated', { room: record.name });
}

function tellJoin(context: RoomContext, { subscriber, grant, resumed }: JoinedMember): void {
  const { record, events, broker } = context;
  const { member } = subscriber;
  if (tellsJoins(grant, record.options)) {
    tellPart(context, 'broker', record.name, () => broker.join(record.name, toRoomMember(member, grant)));
  }
  events.emit('member.joined', { room: record.name, member, resumed });
  if (record.occupied) return;
  record.occupied = true;
  events.emit('room.occupied', { room: record.name });
}

function afterJoin({ record }: RoomContext, { member }: Subscriber, effect: () => void): void {
  if (record.roster.unannounced?.has(member.id) === true) afterThis(effect);
  else effect();
}
