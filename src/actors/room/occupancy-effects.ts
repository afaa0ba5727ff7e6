/** What a room does to its members and to joins and leaves under way; when it does so is the chart's (room.ts). */

import { because, createRefusal, type Refusal } from '../../protocol/errors.ts';
import type { ReachedLimit } from '../../protocol/grounds.ts';
import type { LeaveReason } from '../../events/server-events.ts';
import { groundsOf } from '../runtime/grounds.ts';
import { send } from '../runtime/send.ts';
import { endAbsence, expect, kickAway } from './absence-effects.ts';
import { announceJoin, announceLeave, announceLeft, type JoinedMember } from './announcements.ts';
import { note } from './journal-effects.ts';
import type { MembershipInput } from './membership-setup.ts';
import { startMembership, wakeMembership } from './membership.ts';
import type { RoomEntry, Subscriber } from './ports.ts';
import { refuseFullRoom, refuseToJoin } from './rules/refuse-by-rules.ts';
import { StreamReading } from './stream/stream-reading.ts';
import { ask, tellPart } from './parts/parts.ts';
import type { RoomArgs, RoomContext, RoomEventArgs } from './room-events.ts';

const JOIN_FAILED = createRefusal('internal', 'the join failed, try again later');
const SHUTTING_DOWN = createRefusal('notAvailable', 'the server is shutting down');

/** A join that is asked for. */
export interface JoinAsked {
  readonly subscriber: Subscriber;
  readonly entry?: RoomEntry | undefined;
}

/** Gives a seat to a connection and starts its join. */
export function admit({ context }: RoomArgs, { subscriber, entry }: JoinAsked): void {
  const { roster } = context.record;
  const { id, user } = subscriber.member;
  // Registered first: a join that needs nobody's answer is over when `startMembership` returns.
  roster.awake.set(id, { subscriber, ref: undefined });
  const isReturning = user !== undefined && (roster.away.has(user) || entry?.isResumed === true);
  const joinedAt = context.clock.now();
  const reading = entry?.readsStream === true ? createReading(context, entry) : undefined;
  const input = toMembershipInput(
    context,
    subscriber,
    joinedAt,
    isReturning,
    entry,
    reading,
    hear(context, reading),
  );
  const ref = startMembership(context.machines.membership, input, context);
  if (roster.awake.has(id)) roster.awake.set(id, { subscriber, ref });
}

export function refuseForbidden(args: RoomEventArgs, { subscriber }: JoinAsked): void {
  const { name, options } = args.context.record;
  refuse(args, 'refuseForbidden', subscriber, refuseToJoin(options, name));
}

export function refuseFull(args: RoomEventArgs, { subscriber }: JoinAsked): void {
  const { name, options, roster } = args.context.record;
  const limit = { name: 'rooms.capacity', value: options.capacity, actual: roster.seats + 1 };
  refuse(args, 'refuseFull', subscriber, refuseFullRoom(name), limit);
}

export function refuseJoin(args: RoomEventArgs, { subscriber }: JoinAsked): void {
  refuse(args, 'refuseJoin', subscriber, SHUTTING_DOWN);
}

/** Refuses a join by an action of the chart. */
function refuse(
  { context: { record, events, self }, event }: RoomEventArgs,
  action: string,
  subscriber: Subscriber,
  plain: Refusal,
  limit?: ReachedLimit,
): void {
  const room = record.name;
  const refusal = because(plain, groundsOf(self, event, action, limit));
  events.emit('member.refused', { room, member: subscriber.member, refusal });
  subscriber.send({ type: 'room.refused', room, refusal }, self);
}

/** Wakes the membership of a connection for its leave, or takes back a join that is under way. */
export function beginLeave(
  { context }: RoomArgs,
  { subscriber, reason }: { readonly subscriber: Subscriber; readonly reason: LeaveReason },
): void {
  const { name, roster } = context.record;
  const { id } = subscriber.member;
  const awake = roster.awake.get(id);
  const resting = roster.joined.get(id);
  if (awake !== undefined) {
    if (awake.ref !== undefined) send(awake.ref, { type: 'membership.leave', reason }, context.self);
  } else if (resting !== undefined) {
    const input = toMembershipInput(context, subscriber, resting.joinedAt, false);
    const ref = wakeMembership(context.machines.membership, input, context);
    roster.awake.set(id, { subscriber, ref });
    send(ref, { type: 'membership.leave', reason }, context.self);
  } else {
    subscriber.send({ type: 'room.left', room: name }, context.self);
  }
}

/**
 * Puts a member out of the room, or refuses its join; its connection stays and is told why. One that is away is not
 * expected back any more.
 */
export function kick(
  { context }: RoomArgs,
  { id, refusal }: { readonly id: string; readonly refusal: Refusal },
): void {
  const { name, roster } = context.record;
  const member = roster.joined.get(id);
  if (member === undefined) {
    const ref = roster.awake.get(id)?.ref;
    // A membership that leaves already ignores it.
    if (ref === undefined) kickAway(context, id);
    else send(ref, { type: 'membership.refuse', refusal }, context.self);
    return;
  }
  const { subscriber } = member;
  subscriber.send({ type: 'room.closed', room: name, refusal }, context.self);
  beginLeave({ context }, { subscriber, reason: 'kicked' });
}

/** A membership has joined: it rests as a record from now on. */
export function seat({ context }: RoomArgs, joined: JoinedMember): void {
  const { subscriber, joinedAt, grant } = joined;
  const { roster, name } = context.record;
  const { id, user } = subscriber.member;
  context.record.hadMembers = true;
  roster.awake.delete(id);
  roster.joined.set(id, { subscriber, joinedAt, grant });
  if (joined.resumed && user !== undefined && !roster.away.has(user)) context.absence.tellResumed(user, name);
  announceJoin(context, joined);
}

/** A member is not listed any more, or a join that was listed is taken back. */
export function unseat({ context }: RoomArgs, { id }: { readonly id: string }): void {
  const { roster } = context.record;
  const seated = roster.joined.get(id);
  roster.joined.delete(id);
  unlist(context, id);
  if (seated !== undefined) announceLeave(context, seated);
}

/** A member has left, and the store knows. */
export function seeOff(
  { context }: RoomArgs,
  {
    subscriber,
    reason,
    joinedAt,
  }: { readonly subscriber: Subscriber; readonly reason: LeaveReason; readonly joinedAt: number },
): void {
  const { member } = subscriber;
  context.record.roster.awake.delete(member.id);
  if (reason === 'lost' && expect(context, member, joinedAt)) return;
  announceLeft(context, subscriber, reason === 'lost' ? 'disconnected' : reason);
}

/** A join was taken back. */
export function forget({ context }: RoomArgs, { id }: { readonly id: string }): void {
  context.record.roster.awake.delete(id);
  // The store may have confirmed the join after it was taken back.
  unlist(context, id);
}

/** A join was refused. */
export function turnAway(
  { context }: RoomArgs,
  { subscriber, refusal }: { readonly subscriber: Subscriber; readonly refusal: Refusal },
): void {
  const { record, events } = context;
  const { member } = subscriber;
  record.roster.awake.delete(member.id);
  events.emit('member.refused', { room: record.name, member, refusal });
  // A user who may not come back is not away any more.
  if (refusal.error === 'permissionDenied') endAbsence({ context }, { subscriber });
}

/** Ends a membership whose machine has failed: the connection stays and is told. */
export function dropFailed(
  { context }: RoomArgs,
  { subscriber, error }: { readonly subscriber: Subscriber; readonly error: unknown },
): void {
  const { record, events } = context;
  const { member } = subscriber;
  record.roster.awake.delete(member.id);
  record.roster.joined.delete(member.id);
  unlist(context, member.id);
  events.emit('member.failed', { room: record.name, member, error });
  note(context, { type: 'remove', id: member.id });
  subscriber.send({ type: 'room.refused', room: record.name, refusal: JOIN_FAILED }, context.self);
}

/** The room is closing: joins that are being decided on or recorded are refused. */
export function refuseJoins({ context }: RoomArgs): void {
  for (const { ref } of context.record.roster.awake.values()) {
    if (ref !== undefined) send(ref, { type: 'membership.refuse', refusal: SHUTTING_DOWN }, context.self);
  }
}

/** Has the broker bring the room's publications to this node, from the first local member on. A promise while it takes time. */
function listen({ record, broker, clock, events }: RoomContext): Promise<void> | undefined {
  const { name: room, subscription } = record;
  if (subscription === 'made') return undefined;
  if (subscription !== 'none') return subscription;
  const asked = ask(clock, () => broker.subscribe(room));
  record.subscription = asked ?? 'made';
  asked?.then(
    () => {
      if (record.subscription === asked) record.subscription = 'made';
    },
    (error: unknown) => {
      if (record.subscription === asked) record.subscription = 'none';
      events.emit('part.failed', { part: 'broker', room, error });
    },
  );
  return asked;
}

/** Hears the room, and then has the broker asked for what is to be read. A promise while one of them takes time. */
function hear(context: RoomContext, reading: StreamReading | undefined): Promise<void> | undefined {
  const listening = listen(context);
  if (reading === undefined) return listening;
  const prepare = (): Promise<void> | undefined => ask(context.clock, () => reading.prepare() ?? undefined);
  const prepared = listening === undefined ? prepare() : listening.then(prepare);
  // A join that ends earlier does not wait for it.
  prepared?.catch(() => undefined);
  return prepared;
}

function createReading({ record, broker, taps }: RoomContext, { request }: RoomEntry): StreamReading {
  return new StreamReading({
    room: record.name,
    request: request ?? {},
    offer: record.options.stream,
    broker,
    taps,
  });
}

/** The room has no local member any more. */
export function stopListening({
  context,
}: {
  readonly context: Pick<RoomContext, 'record' | 'broker' | 'clock' | 'events'>;
}): void {
  const { record, broker } = context;
  if (record.subscription === 'none') return;
  record.subscription = 'none';
  tellPart(context, 'broker', record.name, () => broker.unsubscribe(record.name));
}

export function unlist(
  context: Pick<RoomContext, 'record' | 'presence' | 'clock' | 'events'>,
  id: string,
): void {
  const { presence, record } = context;
  tellPart(context, 'presence', record.name, () => presence.remove(record.name, id));
}

function toMembershipInput(
  context: RoomContext,
  subscriber: Subscriber,
  joinedAt: number,
  resumed: boolean,
  entry?: RoomEntry,
  reading?: StreamReading,
  listening?: Promise<void>,
): MembershipInput {
  const { record, events, send: tellRoom } = context;
  const { handlers, handlerMs, questions } = record.options;
  return {
    room: record.name,
    subscriber,
    joinedAt,
    resumed,
    entry,
    reading,
    listening,
    handlers,
    questions,
    handlerMs,
    tellRoom,
    events,
  };
}
