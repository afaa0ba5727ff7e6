/** What a connection does about its rooms; when it does so is the chart's (connection.ts). */

import type { JoinAnswer, JoinRequest, Reply } from '../../protocol/command.ts';
import { ENDINGS, readEnding, type Ending, type EndingName } from '../../protocol/endings.ts';
import { because, createRefusal } from '../../protocol/errors.ts';
import { getOwn } from '../../protocol/json/own-property.ts';
import type { RoomFact, RoomGrant } from '../room/ports.ts';
import type { StreamReading } from '../room/stream/stream-reading.ts';
import { groundsOf } from '../runtime/grounds.ts';
import { send } from '../runtime/send.ts';
import type {
  CommandOf,
  ConnectionArgs,
  ConnectionContext,
  InRoom,
  Refused,
  Self,
} from './connection-events.ts';
import { GRACE_MS, ttlOf } from './expiry.ts';
import { noteRefused } from './noting.ts';
import { refuse, type ActingArgs } from './refusing.ts';
import { spendJoin } from './rate-checks.ts';
import type { Seat } from './seats.ts';
import { withId } from './subscriber.ts';
import { countJoins, endOperation, type RoomOperation } from './under-way.ts';

export function answer({ port }: ConnectionContext, id: number | undefined, reply: Reply): void {
  port.reply(withId(reply, id));
}

/**
 * Makes later commands wait, where the protocol keeps the order of answers. An answer that comes in this turn is on its
 * way to the chart before this event.
 */
export function keepOrder({ protocol }: ConnectionContext, self: Self): void {
  // `raise` would do the same, but it takes the event out of the fast lane (docs/decisions/0011-a-fast-lane.md).
  if (protocol.keepsOrder) send(self, { type: 'command.pending' }, self);
}

export function join({ context, self }: ConnectionArgs, { id, room, request }: CommandOf<'room.join'>): void {
  spendJoin(context, room);
  context.underWay.push({ type: 'join', room, id, isUnasked: false });
  const readsStream = context.protocol.readsStreams === true;
  const entry = readsStream || request !== undefined ? { request, readsStream } : undefined;
  context.rooms.join(room, context.subscriber, entry);
  keepOrder(context, self);
}

/** The server joins the client: by what its identity says, or, where its user was away, by the room's rules. */
export function resume({ context, self }: ConnectionArgs, { room }: InRoom): void {
  const grant = getOwn(context.identity?.rooms, room);
  const isResumed = grant === undefined;
  context.underWay.push({ type: 'join', room, id: undefined, isUnasked: true, isResumed });
  context.rooms.join(room, context.subscriber, {
    grant,
    readsStream: context.protocol.readsStreams === true,
    isResumed: context.resumes?.includes(room) === true,
  });
  keepOrder(context, self);
}

/** The client has connected before it was found that its user is away in the room, on another node that has ended. */
export function noteRecalled({ context }: ConnectionArgs, { room }: InRoom): void {
  context.resumes = [...(context.resumes ?? []), room];
}

/** The same, and it is in the room. */
export function tellBack({ context }: ConnectionArgs, { room }: InRoom): void {
  context.rooms.tellBack(room, context.member);
}

/** The client joins a room to which the server has joined it, because its user was away there: it is its own from now on. */
export function takeOver(args: ConnectionArgs, { id, room, request = {} }: CommandOf<'room.join'>): void {
  const { context, self } = args;
  const operation: RoomOperation = { type: 'join', room, id, isUnasked: false };
  context.underWay.push(operation);
  if (request.token === undefined) {
    readAgain(args, operation, request, context.seats.get(room)?.grant);
    return;
  }
  void context.subscriber.prove(room, request.token).then((outcome) => {
    if (outcome.type === 'granted') readAgain(args, operation, request, outcome.grant);
    else context.subscriber.send({ ...outcome, type: 'room.refused', room }, self);
  });
}

/** The client was put out of the room while it took the room over: only the room lets it in again. */
const PUT_OUT = createRefusal('permissionDenied', 'you are not in the room any more');

/** Reads the stream of a room for a client that is in it. */
function readAgain(
  { context, self }: ConnectionArgs,
  operation: RoomOperation,
  request: JoinRequest,
  grant: RoomGrant | undefined,
): void {
  const { room } = operation;
  // The socket may have closed in the meantime.
  if (!context.underWay.includes(operation)) return;
  const reading = context.rooms.readStream(room, request);
  operation.reading = reading;
  const tell = (fact: RoomFact): void => {
    context.subscriber.send(fact, self);
    context.subscriber.goOn();
  };
  const tellJoined = (): void => {
    if (!context.joined.has(room)) {
      reading.cancel();
      tell({ type: 'room.refused', room, refusal: PUT_OUT });
    } else if (reading.isUnrecoverable) {
      reading.cancel();
      tell({ type: 'room.refused', room, refusal: createRefusal('unrecoverable') });
    } else {
      if (grant !== undefined) context.rooms.noteGrant(room, context.member, grant);
      tell({ type: 'room.joined', room, reading, grant });
    }
  };
  const prepared = reading.prepare();
  if (prepared === undefined) tellJoined();
  else {
    prepared.then(tellJoined, () => tell({ type: 'room.refused', room, refusal: createRefusal('internal') }));
  }
}

export function leave({ context, self }: ConnectionArgs, { id, room }: InRoom): void {
  context.underWay.push({ type: 'leave', room, id, isUnasked: false });
  context.rooms.leave(room, context.subscriber, 'left');
  keepOrder(context, self);
}

/** Ends a membership; the client is told when the room has let it go. */
export function endMembership(
  { context, self }: ConnectionArgs,
  { room, ending }: { readonly room: string; readonly ending: EndingName | Ending },
): void {
  context.underWay.push({ type: 'leave', room, id: undefined, isUnasked: true, ending });
  context.rooms.leave(room, context.subscriber, ending === 'expired' ? 'expired' : 'kicked');
  keepOrder(context, self);
}

export function answerJoined(
  args: ConnectionArgs,
  { room, reading, grant }: Extract<RoomFact, { type: 'room.joined' }>,
): void {
  const { context } = args;
  const operation = endOperation(context.underWay, room);
  context.joined.add(room);
  const isServerSide = operation?.isUnasked === true;
  noteSeat(args, room, {
    isServerSide,
    isResumed: operation?.isResumed === true,
    grant,
  });
  // Its token was revoked while the join was being decided on: it is told nothing of the room, and is put out again.
  const isRevoked = context.subscriber.isRevoked(grant);
  if (isRevoked) reading?.cancel();
  const joined = isRevoked ? undefined : attach(args, room, reading, grant);
  if (joined === 'broken') return;
  const told =
    joined === undefined
      ? ({ type: 'joined', room } as const)
      : ({ type: 'joined', room, answer: joined } as const);
  if (isServerSide) context.port.push(told);
  else answer(context, operation?.id, told);
  if (isRevoked) send(args.self, invalidate(room), args.self);
  goOnWaiting(args);
}

function invalidate(room: string) {
  const { code, reason } = ENDINGS.invalidated;
  return { type: 'server.leave', room, ending: { code, reason } } as const;
}

/**
 * What was answered may be another thing than what later commands wait for: the server joins and ends memberships while a
 * command is under way.
 */
function goOnWaiting({ context, self }: ConnectionArgs): void {
  if (context.underWay.length > 0) keepOrder(context, self);
}

/**
 * Ends the reading of the room's stream and subscribes the socket, in one turn. Returns what the client is told of the
 * join; undefined if there is nothing to tell. `broken`: the stream has a hole, and the chart is told.
 */
export function attach(
  { context, self }: ConnectionArgs,
  room: string,
  reading: StreamReading | undefined,
  grant: RoomGrant | undefined,
): JoinAnswer | 'broken' | undefined {
  if (reading === undefined && grant === undefined) return undefined;
  // A client need not care where a backend is asked again, and cannot where the server checks no tokens.
  const isOurs = asksAgain(context, grant, room) || context.authenticator?.refreshes !== true;
  const isRenewed = grant?.isAskedAgain !== true || !isOurs;
  const ttlSeconds = isRenewed ? ttlOf(context, grant?.expiresAt) : undefined;
  const ofGrant = {
    ...(ttlSeconds !== undefined && { ttlSeconds }),
    ...(grant?.data !== undefined && { data: grant.data }),
  };
  if (reading === undefined) return Object.keys(ofGrant).length > 0 ? ofGrant : undefined;
  const stream = reading.finish(grant?.override?.recovery);
  if (stream === undefined) {
    send(self, { type: 'join.broken', room }, self);
    return 'broken';
  }
  context.port.subscribe(room, stream.delta ? { base: stream.publications.at(-1) } : undefined);
  return { stream, ...ofGrant };
}

/** Keeps what there is to keep of a room, besides that the connection is in it. */
export function noteSeat(args: ConnectionArgs, room: string, noted: Omit<Seat, 'timer'>): void {
  dropSeat(args.context, room);
  const { isServerSide, isResumed, grant } = noted;
  if (!isServerSide && grant === undefined) return;
  args.context.seats.set(room, { isServerSide, isResumed, grant, timer: undefined });
  scheduleSeat(args, room, grant);
}

/** Whether the owner's backend is asked when a grant ends, and not the client. */
export function asksAgain(
  { questions }: ConnectionContext,
  grant: RoomGrant | undefined,
  room: string,
): boolean {
  return grant?.isAskedAgain === true && questions?.subRefresh(room) !== undefined;
}

/** Waits for the end of a grant. */
export function scheduleSeat(
  { context, self }: ConnectionArgs,
  room: string,
  grant: RoomGrant | undefined,
): void {
  const { seats, wheel, clock } = context;
  const seat = seats.get(room) ?? { isServerSide: false, isResumed: false, grant, timer: undefined };
  if (seat.timer !== undefined) wheel.cancel(seat.timer);
  seat.grant = grant;
  seat.timer = undefined;
  seats.set(room, seat);
  if (grant?.expiresAt === undefined) return;
  const graceMs = asksAgain(context, grant, room) ? 0 : GRACE_MS;
  const leftMs = Math.max(0, grant.expiresAt - clock.now()) + graceMs;
  seat.timer = wheel.schedule(self, { type: 'seat.expired', room }, leftMs);
}

function dropSeat({ seats, wheel }: ConnectionContext, room: string): void {
  const seat = seats.delete(room);
  if (seat?.timer !== undefined) wheel.cancel(seat.timer);
  seat?.asking?.abort();
}

export function answerLeft(args: ConnectionArgs, { room }: InRoom): void {
  const { context } = args;
  const operation = endOperation(context.underWay, room);
  context.joined.delete(room);
  dropSeat(context, room);
  if (operation?.ending === undefined) {
    answer(context, operation?.id, { type: 'left', room });
  } else {
    const { ending } = operation;
    const refusal = createRefusal('permissionDenied', readEnding(ending).reason);
    context.port.push({ type: 'left', room, refusal, ending });
  }
  goOnWaiting(args);
}

export function answerRefused(args: ActingArgs, { room, refusal }: InRoom & Refused): void {
  const { context } = args;
  const operation = endOperation(context.underWay, room);
  if (operation?.isUnasked === true) {
    noteRefused(context, refusal, room);
    context.port.push({ type: 'left', room, refusal });
  } else refuse(args, 'answerRefused', { id: operation?.id, room }, refusal);
  goOnWaiting(args);
}

export function tellPutOut({ context }: ConnectionArgs, { room, refusal }: InRoom & Refused): void {
  dropSeat(context, room);
  if (context.joined.delete(room)) context.port.push({ type: 'left', room, refusal });
}

export function refuseMoreRooms(args: ActingArgs, asked: InRoom): void {
  const { refusal, limit } = asMoreRooms(args.context);
  refuse(args, 'refuseMoreRooms', asked, refusal, limit);
}

export function pushMoreRooms({ context, self, event }: ActingArgs, { room }: InRoom): void {
  const { refusal: plain, limit } = asMoreRooms(context);
  const refusal = because(plain, groundsOf(self, event, 'pushMoreRooms', limit));
  noteRefused(context, refusal, room);
  context.port.push({ type: 'left', room, refusal });
}

function asMoreRooms({ limits, joined, underWay }: ConnectionContext) {
  const { roomsPerConnection: value } = limits;
  const actual = joined.size + countJoins(underWay) + 1;
  return {
    refusal: createRefusal('limitExceeded', `this connection is in ${value} rooms already`),
    limit: { name: 'limits.roomsPerConnection', value, actual },
  };
}
