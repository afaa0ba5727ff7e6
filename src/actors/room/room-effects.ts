/** What a room does to its members, its messages and its journal; when it does so is the chart's (room.ts). */

import { createRefusal, type Refusal } from '../../protocol/errors.ts';
import type { Position } from '../../broker/broker.ts';
import type { Json } from '../../protocol/command.ts';
import type { LeaveReason } from '../../events/server-events.ts';
import type { LoadedRoom, MembershipChange } from '../../storage/membership-store.ts';
import { startMembership, wakeMembership, type MembershipInput } from './membership.ts';
import type { Subscriber, Publisher, RpcRequester } from './ports.ts';
import { startModeration } from './moderation.ts';
import type { RoomContext, RoomEvent } from './room-events.ts';
import { sortLeftovers } from './room-record.ts';

const JOIN_FAILED = createRefusal('internal', 'the join failed, try again later');
const PUBLISH_FAILED = createRefusal('internal', 'the message could not be published, try again later');

/** Gives a seat to a connection and starts its join. */
export function admit(context: RoomContext, subscriber: Subscriber): void {
  const { roster } = context.record;
  const { id, user } = subscriber.member;
  listen(context);
  // Registered first: a join that needs nobody's answer is over when `startMembership` returns.
  roster.awake.set(id, { subscriber, ref: undefined });
  const input = toMembershipInput(
    context,
    subscriber,
    context.clock.now(),
    user !== undefined && roster.away.has(user),
  );
  const ref = startMembership(context.machines.membership, input, context);
  if (roster.awake.has(id)) roster.awake.set(id, { subscriber, ref });
}

/** Has the broker bring the room's publications to this node, from the first local member on. */
function listen({ record, broker }: RoomContext): void {
  if (record.isListening) return;
  record.isListening = true;
  void broker.subscribe(record.name);
}

/** The room has no local member any more. */
export function stopListening({ record, broker }: Pick<RoomContext, 'record' | 'broker'>): void {
  if (!record.isListening) return;
  record.isListening = false;
  void broker.unsubscribe(record.name);
}

/** Wakes the membership of a connection for its leave, or takes back a join that is under way. */
export function beginLeave(context: RoomContext, subscriber: Subscriber, reason: LeaveReason): void {
  const { name, roster } = context.record;
  const { id } = subscriber.member;
  const awake = roster.awake.get(id);
  const resting = roster.joined.get(id);
  if (awake !== undefined) {
    awake.ref?.send({ type: 'membership.leave', reason });
  } else if (resting !== undefined) {
    const input = toMembershipInput(context, subscriber, resting.joinedAt, false);
    const ref = wakeMembership(context.machines.membership, input, context);
    roster.awake.set(id, { subscriber, ref });
    ref.send({ type: 'membership.leave', reason });
  } else {
    subscriber.send({ type: 'room.left', room: name });
  }
}

/** Puts a member out of the room; its connection stays and is told why. */
export function kick(context: RoomContext, id: string, refusal: Refusal): void {
  const { name, roster } = context.record;
  const member = roster.joined.get(id);
  if (member === undefined) return;
  member.subscriber.send({ type: 'room.closed', room: name, refusal });
  beginLeave(context, member.subscriber, 'kicked');
}

/** Ends a membership whose machine has failed: the connection stays and is told. */
export function dropFailed(context: RoomContext, subscriber: Subscriber, error: unknown): void {
  const { record, events } = context;
  const { id } = subscriber.member;
  record.roster.awake.delete(id);
  record.roster.joined.delete(id);
  events.emit('member.failed', { room: record.name, member: subscriber.member, error });
  note(context, { type: 'remove', id });
  subscriber.send({ type: 'room.refused', room: record.name, refusal: JOIN_FAILED });
}

/** Takes up who was a member in an earlier run: anonymous ones are swept, users are away from now on. */
export function absorb(context: RoomContext, loaded: LoadedRoom): void {
  const { record, events, absence, clock } = context;
  const room = record.name;
  record.loaded = true;
  if (loaded.setAside !== undefined) {
    const { place, reason } = loaded.setAside;
    events.emit('store.failed', { room, error: new Error(reason), setAside: place });
  }
  const { swept, away } = sortLeftovers(loaded.members, record.roster, clock.now());
  for (const { id, user } of swept) {
    note(context, { type: 'remove', id });
    events.emit('member.left', {
      room,
      member: { id, ...(user !== undefined && { user }) },
      reason: 'swept',
    });
  }
  for (const member of away) {
    record.roster.away.set(member.user, member);
    absence.add(member.user, room);
    note(context, { type: 'put', member });
  }
  if (away.length > 0) context.send({ type: 'room.leftovers' });
}

/** Takes a user off the roster of those who are away, if it is on it. */
export function endAbsence(
  context: RoomContext,
  user: string | undefined,
  reason: LeaveReason = 'resumed',
): void {
  const { record, events, absence } = context;
  const away = user === undefined ? undefined : record.roster.away.get(user);
  if (away === undefined) return;
  record.roster.away.delete(away.user);
  absence.delete(away.user, record.name);
  note(context, { type: 'remove', id: away.id });
  events.emit('member.left', { room: record.name, member: { id: away.id, user: away.user }, reason });
}

/** Sends a message past the room's handler; it comes back as `room.cleared`, or its publisher is answered. */
export function moderate(context: RoomContext, data: Json, publisher: Publisher): void {
  const { record, events, clock, machines, send } = context;
  if (publisher.member === undefined) return;
  record.judged += 1;
  startModeration(
    machines.moderation,
    `${record.judged}@${record.name}`,
    {
      room: record.name,
      data,
      member: publisher.member,
      publisher,
      handlers: record.options.handlers,
      handlerMs: record.options.handlerMs,
      clear: (cleared) => send({ type: 'room.cleared', data: cleared, publisher }),
      events,
    },
    record.moderations,
    clock,
  );
}

/** Gives a message to the room's stream; the publisher is answered when the broker has accepted it. */
export function publish(context: RoomContext, data: Json, publisher: Publisher): void {
  const { record, broker } = context;
  try {
    const position = broker.publish(record.name, data, {
      from: publisher.member,
      history: record.options.history,
    });
    if (position instanceof Promise) {
      position.then(
        (accepted) => confirm(context, data, accepted, publisher),
        (error: unknown) => failPublish(context, publisher, error),
      );
    } else {
      confirm(context, data, position, publisher);
    }
  } catch (error) {
    failPublish(context, publisher, error);
  }
}

/** Hands a call on; it comes back as `room.called`. */
export function delegate(context: RoomContext, method: string, args: Json, requester: RpcRequester): void {
  const { record, rpc, send } = context;
  void rpc
    .call(method, args, { room: record.name, member: requester.member })
    .then((outcome) => send({ type: 'room.called', requester, outcome }));
}

/** Whether an event carries a connection's message, and not the server's own. */
export function isFromConnection(event: RoomEvent): boolean {
  return 'publisher' in event && event.publisher.member !== undefined;
}

/** The event is written out: with a spread, this would cost several times as much as all the rest. */
function confirm(
  { record: { name: room }, events }: RoomContext,
  data: Json,
  { offset, epoch }: Position,
  publisher: Publisher,
): void {
  const { member: from } = publisher;
  publisher.settle({ type: 'published', offset, epoch });
  events.emit(
    'message.published',
    from === undefined ? { room, data, offset, epoch } : { room, data, offset, epoch, from },
  );
}

function failPublish({ record, events }: RoomContext, publisher: Publisher, error: unknown): void {
  events.emit('message.failed', { room: record.name, error });
  publisher.settle({ type: 'refused', refusal: PUBLISH_FAILED });
}

function note(context: RoomContext, change: MembershipChange): void {
  context.record.journal.note(change);
  context.send({ type: 'room.noted' });
}

function toMembershipInput(
  context: RoomContext,
  subscriber: Subscriber,
  joinedAt: number,
  resumed: boolean,
): MembershipInput {
  const { record, events, send } = context;
  const { handlers, handlerMs } = record.options;
  return { room: record.name, subscriber, joinedAt, resumed, handlers, handlerMs, tellRoom: send, events };
}
