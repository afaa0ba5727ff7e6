/** The guards and actions that the chart of a connection (connection.ts) names, and its beginning. */

import { assertEvent, setup } from 'xstate';
import { CLOSE_CODES, comesBack, type CloseName } from '../../protocol/close-codes.ts';
import type { RefreshOrder } from '../../broker/control/control.ts';
import type { Reply } from '../../protocol/command.ts';
import { because, createRefusal } from '../../protocol/errors.ts';
import type { QuestionOutcome, RefreshResult } from '../backend/asking.ts';
import type { CustomClose } from '../room/ports.ts';
import type { Identity, IdentityOutcome } from './authenticator.ts';
import {
  answerCall,
  answerQuery,
  askHistory,
  askPresence,
  askPresenceStats,
  broadcast,
  call,
  callLimit,
  callServer,
  refuseMoreCalls,
  takeMessage,
} from './call-effects.ts';
import type {
  Asked,
  CommandOf,
  ConnectionContext,
  ConnectionEvent,
  ConnectionInput,
  InRoom,
  PutOut,
  Refused,
  SeatRenewed,
} from './connection-events.ts';
import {
  answerRoomRefresh,
  applyRefresh,
  cancelExpiry,
  refresh,
  refreshRoom,
  refuseRefresh,
  refuseRefreshOutside,
  scheduleExpiry,
  scheduleGrace,
} from './credentials-effects.ts';
import {
  announceOpen,
  askElsewhere,
  cancelDeadline,
  closeRefused,
  enterRooms,
  exceedsConnections,
  exceedsRooms,
  identify,
  noteAbsence,
  noteConnect,
  noteEntered,
  noteIdentity,
  noteNotEntered,
  replyConnected,
  replyUnidentified,
  resumeMemberships,
  startDeadline,
} from './greeting-effects.ts';
import { cancelPing, ping, scheduleFirstPing, schedulePing } from './liveness-effects.ts';
import {
  answer,
  answerJoined,
  answerLeft,
  answerRefused,
  asksAgain,
  endMembership,
  join,
  keepOrder,
  leave,
  noteRecalled,
  pushMoreRooms,
  refuseMoreRooms,
  resume,
  takeOver,
  tellBack,
  tellPutOut,
} from './room-effects.ts';
import { noteRefused } from './noting.ts';
import { closeSocket, refuse } from './refusing.ts';
import { groundsOf } from '../runtime/grounds.ts';
import { applyRenewal, applySeatRenewal, askRenewal, askSeatRenewal, goesOn } from './renewal-effects.ts';
import { isOverRate, opensTooMany, spendMessage } from './rate-checks.ts';
import { refuseOverRate } from './rate-effects.ts';
import { closeRevoked, findRevocation } from './revocation-effects.ts';
import {
  endByServer,
  endsTime,
  joinByServer,
  mustConnectAnew,
  noteRefreshed,
  refuseJoining,
  tellRefreshed,
} from './server-effects.ts';
import { PublishCommand } from './subscriber.ts';
import { countJoins, findOperation } from './under-way.ts';

export const connectionSetup = setup({
  types: {
    context: {} as ConnectionContext,
    input: {} as ConnectionInput,
    events: {} as ConnectionEvent,
    tags: {} as 'ready' | 'busy',
  },
  guards: {
    isTrusted: ({ context }) => context.authenticator === undefined,
    /** Whether other nodes are to be asked in which rooms the user is away. */
    asksElsewhere: ({ context }, { identity }: { readonly identity?: Identity }) =>
      context.awayElsewhere !== undefined && Boolean(identity?.user ?? context.member.user),
    /** The same, and it is believed who the client is. */
    asksAtOnce: ({ context: { authenticator, awayElsewhere, member } }) =>
      authenticator === undefined && awayElsewhere !== undefined && member.user !== undefined,
    greetsByHandshake: ({ context }) => context.protocol.greeting === 'handshake',
    hasEntered: ({ context }) => context.underWay.length === 0,
    exceedsRooms: ({ context }) => exceedsRooms(context),
    /** Where nobody is asked for a proof, a name may still be revoked. */
    isUnwanted: ({ context }) =>
      context.authenticator === undefined && findRevocation(context, {}) !== undefined,
    isRevoked: ({ context }, { identity }: { identity: Identity | undefined }) =>
      identity !== undefined && findRevocation(context, identity) !== undefined,
    /** Whether its user has too many connections, if this one, whose user is in its handshake, is one of them. */
    isOneTooMany: ({ context }) => exceedsConnections(context, context.member.user, 0),
    /** The same of a connection whose user is known only now. */
    makesTooMany: ({ context }, { identity }: { readonly identity: Identity }) =>
      exceedsConnections(context, identity.user, 1),
    isAccepted: (_, { outcome }: { outcome: IdentityOutcome }) => outcome.type === 'known',
    isClosing: (_, { outcome }: { outcome: IdentityOutcome }) => outcome.type === 'closed',
    closes: (_, { close }: { readonly close?: CloseName | CustomClose | undefined }) => close !== undefined,
    /** Whether the owner's backend is asked when the identity ends, and not the client. */
    isAskedAgain: ({ context: { identity, questions } }) =>
      identity?.isAskedAgain === true && questions?.refresh !== undefined,
    goesOn: (_, { outcome }: { readonly outcome: QuestionOutcome<RefreshResult> }) => goesOn(outcome),
    disconnects: (_, { outcome }: { readonly outcome: QuestionOutcome<RefreshResult> }) =>
      outcome.type === 'disconnect',
    /** The same of a seat, unless the client leaves it already. */
    isSeatRenewable: ({ context }, { room }: InRoom) =>
      asksAgain(context, context.seats.get(room)?.grant, room) &&
      findOperation(context.underWay, room) === undefined,
    /** The seat is another one now, or there is none. */
    isStaleRenewal: ({ context }, { room, asking }: SeatRenewed) =>
      context.seats.get(room)?.asking !== asking,

    isMember: ({ context }, { room }: InRoom) => context.joined.has(room),
    /** Whether the client is in a room, and does not leave it already. */
    isSettled: ({ context }, { room }: InRoom) =>
      context.joined.has(room) && findOperation(context.underWay, room) === undefined,
    isResumed: ({ context }, { room }: InRoom) =>
      context.seats.get(room)?.isResumed === true && context.protocol.readsStreams === true,
    isServerSide: ({ context }, { room }: InRoom) => context.seats.get(room)?.isServerSide === true,
    isJoining: ({ context }, { room }: InRoom) => findOperation(context.underWay, room)?.type === 'join',
    /** Of a leave that nobody has asked for here, only `room.closed` is told to the client. */
    isLeaving: ({ context }, { room }: InRoom) => findOperation(context.underWay, room)?.type === 'leave',
    /** Whether a join or a leave is under way that a refusal answers. */
    isAwaited: ({ context }, { room }: InRoom) => findOperation(context.underWay, room) !== undefined,
    isUnanswered: ({ context }) => context.underWay.length > 0,
    owesNothing: ({ context }) => context.underWay.length === 0 && context.calls === 0,
    hasBadName: ({ context }, { room }: InRoom) => context.rooms.refuseName(room) !== undefined,
    isOverMessageRate: ({ context }) => context.messageRates !== undefined && isOverRate(context, 'messages'),
    isOverBroadcastRate: ({ context }) => isOverRate(context, 'broadcasts'),
    isOverJoinRate: ({ context }) => isOverRate(context, 'joins'),
    opensTooManyRooms: ({ context }, { room }: InRoom) => opensTooMany(context, room),
    hasAllCalls: ({ context }) => context.calls >= context.limits.callsPerConnection,
    hasAllRooms: ({ context }) =>
      context.joined.size + countJoins(context.underWay) >= context.limits.roomsPerConnection,
    mustConnectAnew: ({ context }, putOut: PutOut) => mustConnectAnew(context, putOut),
    endsTime: ({ context }, order: RefreshOrder) => endsTime(context, order),
    changesTime: (_, { expiresAt }: RefreshOrder) => expiresAt !== undefined,
    takesMessages: ({ context }) => context.application.takesMessages,
  },
  actions: {
    startDeadline,
    stopDeadline: ({ context }) => cancelDeadline(context),
    noteConnect,
    identify,
    noteIdentity,
    askElsewhere,
    noteAbsence,
    announceOpen,
    resumeMemberships,
    enterRooms,
    noteEntered,
    noteNotEntered,
    replyConnected,
    replyUnidentified,
    closeRefused,

    scheduleExpiry,
    scheduleGrace,
    refresh,
    applyRefresh,
    refuseRefresh,
    refreshRoom,
    refuseRefreshOutside,
    answerRoomRefresh,

    askRenewal,
    applyRenewal,
    askSeatRenewal,
    applySeatRenewal,

    scheduleFirstPing,
    schedulePing,
    ping,

    replyPong: ({ context }, { id }: Asked) => answer(context, id, PONG),
    replyUnknown: ({ context, self, event }, { id }: Asked) => {
      const grounds = groundsOf(self, event, 'replyUnknown');
      noteRefused(context, because(createRefusal('unknownMethod'), grounds), undefined);
      answer(context, id, { type: 'unknown' });
    },
    replyRefused: (args, asked: Refused) => refuse(args, 'replyRefused', asked, asked.refusal),
    replyAlreadyMember: ({ context }, { id, room }: InRoom) =>
      answer(context, id, { type: 'alreadyMember', room }),
    replyNotMember: ({ context }, { id, room }: InRoom) => answer(context, id, { type: 'notMember', room }),
    refuseName: (args, asked: InRoom) => {
      const refusal = args.context.rooms.refuseName(asked.room);
      if (refusal !== undefined) refuse(args, 'refuseName', asked, refusal);
    },
    refuseMoreRooms,
    pushMoreRooms,

    join,
    noteRecalled,
    tellBack,
    resume,
    takeOver,
    leave,
    endMembership,
    joinByServer,
    endByServer,
    refuseJoining,
    noteRefreshed,
    tellRefreshed,
    closeRevoked,
    // It reads the event itself: params from the chart cost another call for every message.
    publish: ({ context, event, self }) => {
      const { id, room, data } = event as CommandOf<'room.publish'>;
      spendMessage(context);
      const command = new PublishCommand(context.subscriber, context.underWay, id, room);
      context.rooms.publish(room, data, command);
      if (command.isAnswered) return;
      context.underWay.push(command);
      keepOrder(context, self);
    },
    broadcast,
    call,
    callServer,
    takeMessage,
    askPresence,
    askPresenceStats,
    askHistory,
    refuseMoreCalls,
    refuseOverRate,
    refuseMoreQueries: (args, asked: Asked) =>
      refuse(args, 'refuseMoreQueries', asked, createRefusal('tooManyRequests'), callLimit(args.context)),
    answerCall,
    answerQuery,
    answerJoined,
    answerLeft,
    answerRefused,
    tellPutOut,
    tell: ({ context }, { data }: Extract<ConnectionEvent, { type: 'server.tell' }>) =>
      context.port.push({ type: 'message', data }),

    close: (args, { close, reason }: { close: CloseName | CustomClose; reason?: string | undefined }) =>
      closeSocket(args, 'close', close, reason),
    cancelTimers: ({ context }) => {
      cancelDeadline(context);
      cancelExpiry(context);
      cancelPing(context);
      context.greeting?.asking?.abort();
      context.gone?.abort();
      context.seats.each(({ timer, asking }) => {
        if (timer !== undefined) context.wheel.cancel(timer);
        asking?.abort();
      });
    },
    leaveRooms: ({ context, event }) => {
      assertEvent(event, 'socket.closed');
      const reason = toLeaveReason(context, event.code);
      if (context.joined.size > 0 || context.underWay.length > 0) {
        for (const room of roomsOf(context)) context.rooms.leave(room, context.subscriber, reason);
      }
      context.greeting?.entered?.forEach(({ reading }) => reading?.cancel());
      for (const command of context.underWay) {
        if (command.type === 'publish') command.abandon();
        else command.reading?.cancel();
      }
      context.underWay.length = 0;
    },
    announceClosed: ({ context, event }) => {
      assertEvent(event, 'socket.closed');
      const { code, reason } = event;
      const { closedFor: grounds } = context;
      context.events.emit('connection.closed', {
        code,
        reason,
        by: whoClosed(context, code),
        ...(grounds !== undefined && { grounds }),
        ...context.member,
      });
    },
  },
});

const PONG: Reply = { type: 'pong' };

/** The rooms that a connection is in, or is about to be in. */
export function roomsOf({ joined, underWay }: Pick<ConnectionContext, 'joined' | 'underWay'>): Set<string> {
  const rooms = new Set(joined);
  for (const command of underWay) if (command.type === 'join') rooms.add(command.room);
  return rooms;
}

/** A socket that closes without a close frame has this code (RFC 6455, section 7.1.5). */
const NO_CLOSE_FRAME = 1006;

function whoClosed({ closedWith }: ConnectionContext, code: number): 'server' | 'client' | 'network' {
  if (closedWith !== undefined) return 'server';
  return code === NO_CLOSE_FRAME ? 'network' : 'client';
}

/** The client's own end of the connection: it does not mean to come back. */
const MEANT = new Set([1000, 1005]);

function toLeaveReason({ closedWith }: ConnectionContext, code: number) {
  if (closedWith === 'shutdown') return 'shutdown';
  if (closedWith === undefined) return MEANT.has(code) ? 'disconnected' : 'lost';
  const given = typeof closedWith === 'string' ? CLOSE_CODES[closedWith].code : closedWith.code;
  return comesBack(given) ? 'lost' : 'disconnected';
}
