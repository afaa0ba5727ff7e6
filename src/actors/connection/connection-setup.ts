/** What a connection is given and hears, and the guards and actions that its chart (connection.ts) names. */

import { assertEvent, setup } from 'xstate';
import type { EventSink } from '../../events/server-events.ts';
import type { CloseName } from '../../protocol/close-codes.ts';
import type { Codec } from '../../protocol/codec.ts';
import type { CallOutcome, Command, Emulation, Json, MemberInfo, Reply } from '../../protocol/command.ts';
import { createRefusal, type Refusal } from '../../protocol/errors.ts';
import { failCall } from '../../protocol/rpc-errors.ts';
import type { ConnectionPort, RoomFact, RoomsPort } from '../room/ports.ts';
import { send } from '../runtime/send.ts';
import type { ActorSender } from '../runtime/sender.ts';
import type { TimerWheel, WheelTimer } from '../runtime/timer-wheel.ts';
import { CommandQueue, type CommandTaker, type QueuedCommand } from './command-queue.ts';
import { ConnectionSubscriber, PublishCommand, withId, type FactReceiver } from './subscriber.ts';
import { countJoins, endOperation, findOperation, type UnderWay } from './under-way.ts';

/** How long a client may take to send `connect`, where its protocol has this command. */
const GREETING_MS = 10_000;

export interface ConnectionLimits {
  /** Rooms a connection may be in at a time. */
  readonly roomsPerConnection: number;
  /** Bytes of commands that may wait for an earlier one; with more, the socket is closed. */
  readonly receiveQueueBytes: number;
  /** Calls of servants that a connection may have under way. */
  readonly callsPerConnection: number;
}

/** What is known of a connection when its socket opens. */
export interface NewConnection {
  readonly member: MemberInfo;
  /** The peer's address as text. */
  readonly remoteAddress: string;
  /** Set if the commands of the client come by requests of their own. */
  readonly emulation?: Emulation | undefined;
  readonly port: ConnectionPort;
  /** What its protocol asks of the chart. */
  readonly protocol: Pick<Codec, 'greeting' | 'keepsOrder'>;
  readonly rooms: RoomsPort;
  readonly limits: ConnectionLimits;
  readonly events: EventSink;
}

export interface ConnectionInput extends NewConnection {
  /** The timers of all connections. */
  readonly wheel: TimerWheel;
  /** The rooms in which a user is away. */
  readonly awayIn: (user: string | undefined) => readonly string[];
}

export type ConnectionEvent =
  | QueuedCommand
  | RoomFact
  /** The handshake has said who the client is. */
  | { readonly type: 'connection.greeted' }
  /** The client has not said in time who it is. */
  | { readonly type: 'greeting.expired' }
  /** The client broke its protocol. */
  | { readonly type: 'protocol.violated'; readonly close: CloseName }
  /** A command was not answered in its own turn, and its protocol keeps the order of answers. */
  | { readonly type: 'command.pending' }
  /** A message or broadcast that was under way is answered. */
  | { readonly type: 'command.settled' }
  | ({ readonly type: 'call.answered' } & AnsweredCall)
  /** Too many commands wait. */
  | { readonly type: 'queue.overflowed' }
  /** Bytes wait in the send queue. */
  | { readonly type: 'socket.congested' }
  /** The send queue is empty again. */
  | { readonly type: 'socket.drained' }
  /** The send queue is full and a frame was lost: this client has a gap. */
  | { readonly type: 'socket.overflowed' }
  | { readonly type: 'socket.closed'; readonly code: number; readonly reason: string }
  /** The server or its owner closes this connection, and may tell the client why. */
  | { readonly type: 'server.disconnect'; readonly reason?: string | undefined }
  | { readonly type: 'server.draining' };

/** A call of a servant that has an outcome; `id` is the command's. */
export interface AnsweredCall {
  readonly id: number | undefined;
  readonly method: string;
  readonly outcome: CallOutcome;
}

export type CommandOf<Type extends Command['type']> = Extract<Command, { readonly type: Type }>;

export interface ConnectionContext extends ConnectionInput {
  readonly joined: Set<string>;
  readonly queue: CommandQueue;
  /** Commands that are not answered yet, besides calls of servants. */
  readonly underWay: UnderWay[];
  /** This connection, as rooms know it. */
  readonly subscriber: ConnectionSubscriber;
  /** Calls of servants that are not answered yet. No other command waits for them. */
  calls: number;
  /** The deadline of the greeting, while there is one. */
  deadline: WheelTimer | undefined;
  /** Why the server closed the socket, once it has. */
  closedWith: CloseName | undefined;
}

/** What an action is told of a command, besides its type. */
export interface Asked {
  readonly id?: number;
}

/** Of a command or a fact about a room. */
export interface InRoom extends Asked {
  readonly room: string;
}

export interface Refused extends Asked {
  readonly refusal: Refusal;
}

export const connectionSetup = setup({
  types: {
    context: {} as ConnectionContext,
    input: {} as ConnectionInput,
    events: {} as ConnectionEvent,
    tags: {} as 'ready' | 'busy',
  },
  guards: {
    isMember: ({ context }, { room }: InRoom) => context.joined.has(room),
    isJoining: ({ context }, { room }: InRoom) => findOperation(context.underWay, room)?.type === 'join',
    /** Of a leave that nobody has asked for here, only `room.closed` is told to the client. */
    isLeaving: ({ context }, { room }: InRoom) => findOperation(context.underWay, room)?.type === 'leave',
    /** Whether a join or a leave is under way that a refusal answers. */
    isAwaited: ({ context }, { room }: InRoom) => findOperation(context.underWay, room) !== undefined,
    isUnanswered: ({ context }) => context.underWay.length > 0,
    owesNothing: ({ context }) => context.underWay.length === 0 && context.calls === 0,
    hasBadName: ({ context }, { room }: InRoom) => context.rooms.refuseName(room) !== undefined,
    hasAllCalls: ({ context }) => context.calls >= context.limits.callsPerConnection,
    hasAllRooms: ({ context }) =>
      context.joined.size + countJoins(context.underWay) >= context.limits.roomsPerConnection,
  },
  actions: {
    startDeadline: ({ context, self }) => {
      if (context.protocol.greeting === 'handshake') return;
      context.deadline = context.wheel.schedule(self, { type: 'greeting.expired' }, GREETING_MS);
    },
    stopDeadline: ({ context }) => {
      if (context.deadline !== undefined) context.wheel.cancel(context.deadline);
      context.deadline = undefined;
    },
    announceOpen: ({ context }) => {
      const { member, remoteAddress } = context;
      context.events.emit('connection.opened', { remoteAddress, ...member });
    },
    resumeMemberships: ({ context }) => {
      for (const room of context.awayIn(context.member.user))
        context.queue.add({ type: 'room.resume', room });
    },

    replyConnected: ({ context }, { id }: Asked) =>
      answer(context, id, { type: 'connected', client: context.member.id, ...context.emulation }),
    replyPong: ({ context }, { id }: Asked) => answer(context, id, PONG),
    replyUnknown: ({ context }, { id }: Asked) => answer(context, id, { type: 'unknown' }),
    replyRefused: ({ context }, { id, refusal }: Refused) =>
      answer(context, id, { type: 'refused', refusal }),
    replyAlreadyMember: ({ context }, { id, room }: InRoom) =>
      answer(context, id, { type: 'alreadyMember', room }),
    replyNotMember: ({ context }, { id, room }: InRoom) => answer(context, id, { type: 'notMember', room }),
    refuseName: ({ context }, { id, room }: InRoom) => {
      const refusal = context.rooms.refuseName(room);
      if (refusal !== undefined) answer(context, id, { type: 'refused', refusal });
    },
    refuseMoreRooms: ({ context }, { id }: Asked) =>
      answer(context, id, { type: 'refused', refusal: refuseMoreRooms(context) }),
    pushMoreRooms: ({ context }, { room }: InRoom) =>
      context.port.push({ type: 'left', room, refusal: refuseMoreRooms(context) }),

    join: ({ context, self }, { id, room }: InRoom) => {
      context.underWay.push({ type: 'join', room, id, isUnasked: false });
      context.rooms.join(room, context.subscriber);
      keepOrder(context, self);
    },
    resume: ({ context, self }, { room }: InRoom) => {
      context.underWay.push({ type: 'join', room, id: undefined, isUnasked: true });
      context.rooms.join(room, context.subscriber);
      keepOrder(context, self);
    },
    leave: ({ context, self }, { id, room }: InRoom) => {
      context.underWay.push({ type: 'leave', room, id, isUnasked: false });
      context.rooms.leave(room, context.subscriber, 'left');
      keepOrder(context, self);
    },
    // It reads the event itself: params from the chart cost another call for every message.
    publish: ({ context, event, self }) => {
      const { id, room, data } = event as CommandOf<'room.publish'>;
      const command = new PublishCommand(context.subscriber, context.underWay, id);
      context.rooms.publish(room, data, command);
      if (!command.isAnswered) waitFor(context, command, self);
    },
    broadcast: ({ context, self }, { id, data }: Asked & { readonly data: Json }) => {
      const command = new PublishCommand(context.subscriber, context.underWay, id);
      context.rooms.broadcast(data, command);
      if (!command.isAnswered) waitFor(context, command, self);
    },
    call: ({ context, self }, { id, room, method, args }: CommandOf<'room.call'>) => {
      context.calls += 1;
      context.rooms.call(room, method, args, {
        member: context.member,
        sender: self,
        settle: (outcome, from) => send(self, { type: 'call.answered', id, method, outcome }, from),
      });
    },
    refuseMoreCalls: ({ context }, { id, method }: CommandOf<'room.call'>) =>
      answer(context, id, { type: 'called', method, outcome: failCall('tooMany') }),

    answerCall: ({ context }, { id, method, outcome }: AnsweredCall) => {
      context.calls -= 1;
      answer(context, id, { type: 'called', method, outcome });
    },
    answerJoined: ({ context }, { room }: InRoom) => {
      const operation = endOperation(context.underWay, room);
      context.joined.add(room);
      if (operation?.isUnasked === true) context.port.push({ type: 'joined', room });
      else answer(context, operation?.id, { type: 'joined', room });
    },
    answerLeft: ({ context }, { room }: InRoom) => {
      const operation = endOperation(context.underWay, room);
      context.joined.delete(room);
      answer(context, operation?.id, { type: 'left', room });
    },
    answerRefused: ({ context }, { room, refusal }: InRoom & Refused) => {
      const operation = endOperation(context.underWay, room);
      if (operation?.isUnasked === true) context.port.push({ type: 'left', room, refusal });
      else answer(context, operation?.id, { type: 'refused', refusal });
    },
    tellPutOut: ({ context }, { room, refusal }: InRoom & Refused) => {
      if (context.joined.delete(room)) context.port.push({ type: 'left', room, refusal });
    },

    close: ({ context }, { close, reason }: { close: CloseName; reason?: string | undefined }) => {
      context.closedWith = close;
      context.port.close(close, reason);
    },
    leaveRooms: ({ context }) => {
      const reason = context.closedWith === 'shutdown' ? 'shutdown' : 'disconnected';
      for (const room of roomsOf(context)) context.rooms.leave(room, context.subscriber, reason);
      for (const command of context.underWay) if (command.type === 'publish') command.abandon();
    },
    announceClosed: ({ context, event }) => {
      assertEvent(event, 'socket.closed');
      const { code, reason } = event;
      context.events.emit('connection.closed', { code, reason, ...context.member });
    },
  },
});

const PONG: Reply = { type: 'pong' };

/** A connection at its beginning; `self` is its own actor. */
export function createConnectionContext(
  input: ConnectionInput,
  self: CommandTaker & FactReceiver,
): ConnectionContext {
  const { member, remoteAddress, emulation, port, protocol, rooms, limits, events, wheel, awayIn } = input;
  const underWay: UnderWay[] = [];
  const queue = new CommandQueue(self, underWay, limits.receiveQueueBytes);
  // Written out: with a spread, each of these objects would take a third more memory.
  return {
    member,
    remoteAddress,
    emulation,
    port,
    protocol,
    rooms,
    limits,
    events,
    wheel,
    awayIn,
    queue,
    underWay,
    joined: new Set(),
    subscriber: new ConnectionSubscriber(member, port, queue, self),
    calls: 0,
    deadline: undefined,
    closedWith: undefined,
  };
}

/** The rooms that a connection is in, or is about to be in. */
export function roomsOf({ joined, underWay }: Pick<ConnectionContext, 'joined' | 'underWay'>): Set<string> {
  const rooms = new Set(joined);
  for (const command of underWay) if (command.type === 'join') rooms.add(command.room);
  return rooms;
}

function answer({ port }: ConnectionContext, id: number | undefined, reply: Reply): void {
  port.reply(withId(reply, id));
}

function refuseMoreRooms({ limits }: ConnectionContext): Refusal {
  return createRefusal('limitExceeded', `this connection is in ${limits.roomsPerConnection} rooms already`);
}

interface Self extends ActorSender {
  send(event: { readonly type: 'command.pending' }): void;
}

function waitFor(context: ConnectionContext, command: PublishCommand, self: Self): void {
  context.underWay.push(command);
  keepOrder(context, self);
}

/**
 * Makes later commands wait, where the protocol keeps the order of answers. An answer that comes in this turn is on its
 * way to the chart before this event.
 */
function keepOrder({ protocol }: ConnectionContext, self: Self): void {
  // `raise` would do the same, but it takes the event out of the fast lane (docs/decisions/0011-a-fast-lane.md).
  if (protocol.keepsOrder) send(self, { type: 'command.pending' }, self);
}
