/** What a connection does until its client is known and has entered its rooms; when it does so is the chart's (connection.ts). */

import type { CloseName } from '../../protocol/close-codes.ts';
import type { ConnectRequest, JoinAnswer } from '../../protocol/command.ts';
import type { ErrorName } from '../../protocol/errors.ts';
import { getOwn, setOwn } from '../../protocol/json/own-property.ts';
import type { RoomFact } from '../room/ports.ts';
import { send } from '../runtime/send.ts';
import type { Identity, IdentityOutcome } from './authenticator.ts';
import type { ConnectionArgs, ConnectionContext, KnownAbsence, Refused, Self } from './connection-events.ts';
import { ttlOf } from './expiry.ts';
import { answer, attach, noteSeat } from './room-effects.ts';
import { toQuestionAsker } from './renewal-effects.ts';
import { closeSocket, refuse, type ActingArgs } from './refusing.ts';
import { endOperation } from './under-way.ts';

/** How long a client may take to say who it is, and the server to believe it. */
const GREETING_MS = 10_000;

export function startDeadline({ context, self }: ConnectionArgs): void {
  if (context.protocol.greeting === 'handshake' && context.authenticator === undefined) return;
  context.deadline = context.wheel.schedule(self, { type: 'greeting.expired' }, GREETING_MS);
}

export function cancelDeadline(context: ConnectionContext): void {
  if (context.deadline !== undefined) context.wheel.cancel(context.deadline);
  context.deadline = undefined;
}

export function noteConnect(
  { context }: ConnectionArgs,
  { id, request }: { readonly id?: number; readonly request?: ConnectRequest },
): void {
  const { greeting } = context;
  if (greeting === undefined) return;
  greeting.id = id;
  greeting.request = request ?? {};
  noteClaimed(context, request?.headers);
}

/** Headers that the client has named in `connect` are known to later questions. */
function noteClaimed({ questions, subscriber }: ConnectionContext, headers: ConnectRequest['headers']): void {
  if (questions === undefined || subscriber.facts === undefined) return;
  subscriber.facts = { ...subscriber.facts, claimedHeaders: questions.pickClaimed(headers) };
}

/** Asks who the client is. An answer that comes after the end of the greeting is ignored by the chart. */
export function identify({ context, self }: ConnectionArgs): void {
  const { authenticator, greeting, queue } = context;
  const handshake = greeting?.handshake;
  if (authenticator === undefined || greeting === undefined || handshake === undefined) {
    throw new Error('a client without a handshake cannot be identified');
  }
  const asking = new AbortController();
  greeting.asking = asking;
  const asker = toQuestionAsker({ context, self });
  void authenticator.identify(greeting.request, handshake, asker, asking.signal).then((outcome) => {
    greeting.asking = undefined;
    send(self, toEvent(outcome), 'library');
    queue.resume();
  });
}

function toEvent(outcome: IdentityOutcome): Parameters<Self['send']>[0] {
  switch (outcome.type) {
    case 'known':
      return { type: 'identity.known', identity: outcome.identity };
    case 'refused':
      return { type: 'identity.refused', refusal: outcome.refusal };
    case 'closed':
      return { type: 'identity.closed', close: outcome.close };
  }
}

export function noteIdentity(
  { context }: ConnectionArgs,
  { identity }: { readonly identity: Identity },
): void {
  const { user, info, data, meta } = identity;
  const { id } = context.member;
  const member = {
    id,
    ...(user !== undefined && user !== '' && { user }),
    ...(info !== undefined && { info }),
  };
  context.member = member;
  context.identity = identity;
  context.subscriber.member = member;
  context.subscriber.data = data;
  const { facts } = context.subscriber;
  if (facts !== undefined && meta !== undefined) context.subscriber.facts = { ...facts, meta };
  // From now on it is found by its user, also while it enters its rooms.
  context.onIdentified(member);
}

/** Asks where else its user is away. An answer that comes after the end of the greeting is ignored by the chart. */
export function askElsewhere({ context, self }: ConnectionArgs): void {
  const { awayElsewhere, member, queue } = context;
  void awayElsewhere?.(member.user ?? '').then((rooms) => {
    send(self, { type: 'absence.known', rooms }, 'library');
    queue.resume();
  });
}

export function noteAbsence({ context }: ConnectionArgs, { rooms }: KnownAbsence): void {
  context.resumes = rooms;
}

export function announceOpen({ context }: ConnectionArgs): void {
  const { member, remoteAddress } = context;
  context.events.emit('connection.opened', { remoteAddress, ...member });
}

const NO_ROOMS: ReadonlySet<string> = new Set();

/** The rooms to which the server joins the client: those of its identity, and those in which its user is away. */
function roomsToEnter({ identity, awayIn, member, resumes }: ConnectionContext): ReadonlySet<string> {
  // Most connections have neither a token nor a user.
  if (identity === undefined && member.user === undefined) return NO_ROOMS;
  return new Set([...Object.keys(identity?.rooms ?? {}), ...awayIn(member.user), ...(resumes ?? [])]);
}

/**
 * Joins the client to its rooms, one after the other, where the greeting ends with the handshake. What the client has
 * asked for in the meantime comes after that, or it would join a room twice.
 */
export function resumeMemberships({ context }: ConnectionArgs): void {
  context.greeting = undefined;
  const rooms = roomsToEnter(context);
  if (rooms.size > 0) context.queue.addFirst(rooms);
}

/**
 * Whether a user has more connections than it may have.
 * @param more those that are not counted yet
 */
export function exceedsConnections(
  { limits: { connectionsPerUser }, countConnections }: ConnectionContext,
  user: string | undefined,
  more: number,
): boolean {
  if (connectionsPerUser === 0 || user === undefined || user === '') return false;
  return countConnections(user) + more > connectionsPerUser;
}

/** Whether the server has more rooms for the client than a connection may be in. */
export function exceedsRooms({ identity, limits }: ConnectionContext): boolean {
  return Object.keys(identity?.rooms ?? {}).length > limits.roomsPerConnection;
}

/** Joins the client to its rooms before `connect` is answered. */
export function enterRooms({ context }: ConnectionArgs): void {
  if (exceedsRooms(context)) return;
  const { identity, greeting, protocol, rooms, subscriber, limits, resumes } = context;
  const entering = [...roomsToEnter(context)].slice(0, limits.roomsPerConnection);
  for (const room of entering) {
    context.underWay.push({ type: 'join', room, id: undefined, isUnasked: true });
  }
  for (const room of entering) {
    // Where its user was away, the rules of the room are asked.
    const grant = getOwn(identity?.rooms, room);
    const request = getOwn(greeting?.request.rooms, room);
    const isResumed = resumes?.includes(room) === true;
    rooms.join(room, subscriber, { request, grant, readsStream: protocol.readsStreams === true, isResumed });
  }
}

export function noteEntered(
  { context }: ConnectionArgs,
  fact: Extract<RoomFact, { type: 'room.joined' }>,
): void {
  const { room, reading, grant } = fact;
  const { greeting } = context;
  endOperation(context.underWay, room);
  context.joined.add(room);
  if (greeting !== undefined) (greeting.entered ??= new Map()).set(room, { reading, grant });
}

/** The room has refused the client, or has put it out again: it is not named in the answer. */
export function noteNotEntered({ context }: ConnectionArgs, { room }: { readonly room: string }): void {
  endOperation(context.underWay, room);
  context.joined.delete(room);
  const entered = context.greeting?.entered;
  entered?.get(room)?.reading?.cancel();
  entered?.delete(room);
}

/** Answers `connect`. From this turn on the socket gets what is published in its rooms. */
export function replyConnected(args: ConnectionArgs): void {
  const { context } = args;
  const { greeting, identity, emulation, member } = context;
  if (greeting === undefined) return;
  const rooms: Record<string, JoinAnswer> = {};
  for (const [room, { reading, grant }] of greeting.entered ?? []) {
    const isResumed = getOwn(identity?.rooms, room) === undefined;
    noteSeat(args, room, { isServerSide: true, isResumed, grant });
    const joined = attach(args, room, reading, grant);
    if (joined === 'broken') return;
    setOwn(rooms, room, joined ?? {});
  }
  context.greeting = undefined;
  const ttlSeconds =
    context.authenticator?.refreshes === true && identity?.isAskedAgain !== true
      ? ttlOf(context, identity?.expiresAt)
      : undefined;
  answer(context, greeting.id, {
    type: 'connected',
    client: member.id,
    ...(ttlSeconds !== undefined && { ttlSeconds }),
    ...(identity?.answer !== undefined && { data: identity.answer }),
    ...(greeting.entered !== undefined && greeting.entered.size > 0 && { rooms }),
    ...emulation,
  });
}

/** The commands that came with `connect` are not done. */
export function replyUnidentified(args: ActingArgs, { refusal }: Refused): void {
  const { queue, greeting } = args.context;
  queue.clear();
  refuse(args, 'replyUnidentified', { id: greeting?.id }, refusal);
}

/** The code of a socket that is closed because of an error that its protocol cannot tell. */
const CLOSE_OF: Partial<Record<ErrorName, CloseName>> = {
  internal: 'internal',
  tokenExpired: 'invalidToken',
  expired: 'invalidToken',
  tooManyRequests: 'tooManyRequests',
};

/** Closes the socket of a client that cannot be told of an error in another way. */
export function closeRefused(args: ActingArgs, { refusal }: Refused): void {
  // The client may connect again where it may try again.
  const close = CLOSE_OF[refusal.error] ?? (refusal.temporary === true ? 'internal' : 'permissionDenied');
  closeSocket(args, 'closeRefused', close, refusal.message);
}
