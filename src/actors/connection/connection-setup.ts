/** What a connection is given and hears, and the guards and actions that its chart (connection.ts) names. */

import { assertEvent, setup } from 'xstate';
import type { CallOutcome, Command, MemberInfo } from '../../protocol/command.ts';
import type { CloseName } from '../../protocol/close-codes.ts';
import { createRefusal } from '../../protocol/errors.ts';
import { failCall } from '../../protocol/rpc-errors.ts';
import type { EventSink } from '../../events/server-events.ts';
import { CommandDesk } from './command-queue.ts';
import { ConnectionVoice, type VoiceListener } from './subscriber.ts';
import { sendDirectly } from '../runtime/fast-lane/send.ts';
import type { ConnectionPort, Subscriber, Publisher, RoomFact, RoomsPort } from '../room/ports.ts';

export interface ConnectionLimits {
  /** Rooms a connection may be in at a time. */
  readonly roomsPerConnection: number;
  /** Bytes of commands that may wait for an earlier one; more costs the socket. */
  readonly receiveQueueBytes: number;
  /** Calls of servants that a connection may have under way. */
  readonly callsPerConnection: number;
}

export interface ConnectionInput {
  readonly member: MemberInfo;
  /** The peer's address as text. */
  readonly remoteAddress: string;
  readonly port: ConnectionPort;
  readonly rooms: RoomsPort;
  readonly limits: ConnectionLimits;
  readonly events: EventSink;
}

export type ConnectionEvent =
  | Command
  | RoomFact
  /** The client has said who it is, and the rooms in which its user is away are known. */
  | { readonly type: 'connection.greeted'; readonly awayIn: readonly string[] }
  /** The command at work was not answered in its own turn. */
  | { readonly type: 'command.pending' }
  /** The command at work was answered. */
  | { readonly type: 'command.settled' }
  | { readonly type: 'call.answered'; readonly method: string; readonly outcome: CallOutcome }
  /** Bytes wait in the send queue. */
  | { readonly type: 'socket.congested' }
  /** The send queue is empty again. */
  | { readonly type: 'socket.drained' }
  /** The send queue is full and a frame was lost: this client has a gap. */
  | { readonly type: 'socket.overflowed' }
  | { readonly type: 'socket.closed'; readonly code: number; readonly reason: string }
  /** Somebody wants this client gone. */
  | { readonly type: 'server.disconnect' }
  | { readonly type: 'server.draining' };

export interface ConnectionContext extends ConnectionInput {
  readonly joined: Set<string>;
  readonly desk: CommandDesk;
  /** This connection, as rooms know it. */
  readonly subscriber: Subscriber;
  /** This connection, as a publisher. */
  readonly publisher: Publisher;
  /** The room of a join that is under way, so that a lost socket takes it back. */
  joining: string | undefined;
  /** The room of a leave that is under way. */
  leaving: string | undefined;
  /** Why the server closed the socket, once it has. */
  goodbye: CloseName | undefined;
}

export const connectionSetup = setup({
  types: {
    context: {} as ConnectionContext,
    input: {} as ConnectionInput,
    events: {} as ConnectionEvent,
  },
  guards: {
    isMember: ({ context, event }) => 'room' in event && context.joined.has(event.room),
    // Of a membership that the server ended, only `room.closed` is for the client.
    isLeaving: ({ context, event }) => event.type === 'room.left' && context.leaving === event.room,
    hasBadName: ({ context, event }) =>
      event.type === 'room.leave' && context.rooms.refuseName(event.room) !== undefined,
    hasAllCalls: ({ context }) => context.desk.calls >= context.limits.callsPerConnection,
    hasCalls: ({ context }) => context.desk.calls > 0,
    hasMoreCalls: ({ context }) => context.desk.calls > 1,
    hasAllRooms: ({ context }) => context.joined.size >= context.limits.roomsPerConnection,
    hasSpace: ({ context, event }) =>
      context.desk.hasSpace(event as Command, context.limits.receiveQueueBytes),
  },
  actions: {
    announceOpen: ({ context }) => {
      const { member, remoteAddress } = context;
      context.events.emit('connection.opened', { remoteAddress, ...member });
    },
    resumeMemberships: ({ event, self }) => {
      assertEvent(event, 'connection.greeted');
      for (const room of event.awayIn) self.send({ type: 'room.join', room });
    },

    replyPong: ({ context }) => context.port.reply({ type: 'pong' }),
    replyUnknown: ({ context }) => context.port.reply({ type: 'unknown' }),
    replyMalformed: ({ context, event }) => {
      assertEvent(event, 'command.malformed');
      context.port.reply({ type: 'refused', refusal: event.refusal });
    },
    replyJoined: ({ context, event }) => {
      assertEvent(event, ['room.join', 'room.joined']);
      context.port.reply({ type: 'joined', room: event.room });
    },
    replyLeft: ({ context, event }) => {
      assertEvent(event, ['room.leave', 'room.left']);
      context.port.reply({ type: 'left', room: event.room });
    },
    refuseName: ({ context, event }) => {
      assertEvent(event, 'room.leave');
      const refusal = context.rooms.refuseName(event.room);
      if (refusal !== undefined) context.port.reply({ type: 'refused', refusal });
    },
    refuseMoreRooms: ({ context }) => {
      const limit = context.limits.roomsPerConnection;
      const refusal = createRefusal('limitExceeded', `this connection is in ${limit} rooms already`);
      context.port.reply({ type: 'refused', refusal });
    },

    join: ({ context, event }) => {
      assertEvent(event, 'room.join');
      context.desk.begin();
      context.joining = event.room;
      context.rooms.join(event.room, context.subscriber);
    },
    leave: ({ context, event }) => {
      assertEvent(event, 'room.leave');
      context.desk.begin();
      context.leaving = event.room;
      context.rooms.leave(event.room, context.subscriber, 'left');
    },
    publish: ({ context, event, self }) => {
      if (event.type !== 'room.publish') return;
      context.desk.begin();
      context.rooms.publish(event.room, event.data, context.publisher);
      if (context.desk.endTurn()) self.send({ type: 'command.pending' });
    },
    broadcast: ({ context, event, self }) => {
      if (event.type !== 'server.broadcast') return;
      context.desk.begin();
      context.rooms.broadcast(event.data, context.publisher);
      if (context.desk.endTurn()) self.send({ type: 'command.pending' });
    },

    call: ({ context, event, self }) => {
      if (event.type !== 'room.call') return;
      const { room, method, args } = event;
      context.desk.calls += 1;
      context.rooms.call(room, method, args, {
        member: context.member,
        settle: (outcome) => sendDirectly(self, { type: 'call.answered', method, outcome }),
      });
    },
    replyCalled: ({ context, event }) => {
      if (event.type !== 'call.answered') return;
      context.desk.calls -= 1;
      context.port.reply({ type: 'called', method: event.method, outcome: event.outcome });
    },
    refuseMoreCalls: ({ context, event }) => {
      assertEvent(event, 'room.call');
      context.port.reply({ type: 'called', method: event.method, outcome: failCall('tooMany') });
    },
    noteJoined: ({ context, event }) => {
      assertEvent(event, 'room.joined');
      context.joining = undefined;
      context.joined.add(event.room);
    },
    noteLeft: ({ context, event }) => {
      assertEvent(event, 'room.left');
      context.leaving = undefined;
      context.joined.delete(event.room);
    },
    replyRefused: ({ context, event }) => {
      assertEvent(event, 'room.refused');
      context.joining = undefined;
      context.port.reply({ type: 'refused', refusal: event.refusal });
    },
    tellRoomClosed: ({ context, event }) => {
      assertEvent(event, 'room.closed');
      if (context.joined.delete(event.room)) {
        context.port.reply({ type: 'refused', refusal: event.refusal });
      }
    },

    settle: ({ context, self }) => {
      context.desk.settle();
      self.send({ type: 'command.settled' });
    },
    hold: ({ context, event }) => context.desk.hold(event as Command),
    releaseNext: ({ context, self }) => {
      const command = context.desk.next();
      if (command !== undefined) self.send(command);
    },

    close: ({ context }, params: { close: CloseName }) => {
      context.goodbye = params.close;
      context.port.close(params.close);
    },
    leaveRooms: ({ context }) => {
      const reason = context.goodbye === 'shutdown' ? 'shutdown' : 'disconnected';
      if (context.joining !== undefined) context.rooms.leave(context.joining, context.subscriber, reason);
      for (const room of context.joined) context.rooms.leave(room, context.subscriber, reason);
      context.desk.abandon();
    },
    announceClosed: ({ context, event }) => {
      assertEvent(event, 'socket.closed');
      const { code, reason } = event;
      context.events.emit('connection.closed', { code, reason, ...context.member });
    },
  },
});

/** A connection at its beginning; `self` is its own machine. */
export function createConnectionContext(input: ConnectionInput, self: VoiceListener): ConnectionContext {
  const desk = new CommandDesk();
  const voice = new ConnectionVoice(input.member, input.port, desk, self);
  // What is spread stands last: the other way round, each object would get a hidden class of its own.
  return {
    desk,
    joined: new Set(),
    joining: undefined,
    leaving: undefined,
    goodbye: undefined,
    subscriber: voice,
    publisher: voice,
    ...input,
  };
}
