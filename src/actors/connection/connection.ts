/**
 * The chart of one connection: who it is, what it may do, its limits, its end. It knows rooms and its socket by their
 * ports, and neither bytes nor codecs.
 */

import type { ActorRefFrom } from 'xstate';
import type { Identity, IdentityOutcome } from './authenticator.ts';
import { createConnectionContext } from './connection-context.ts';
import { connectionSetup } from './connection-setup.ts';
import { closeBadRequest, closeOf, closeRefusedByRoom, closeWith, disconnect } from './closes.ts';
import { greetingState } from './greeting.ts';
import { workState } from './work.ts';

export const connectionMachine = connectionSetup.createMachine({
  id: 'connection',
  description: 'One connection, from its handshake to its close.',
  context: ({ input, self }) => createConnectionContext(input, self),
  initial: 'greeting',
  on: { 'socket.closed': { target: '.closed' } },
  states: {
    greeting: greetingState,
    open: {
      description: 'The client may send commands.',
      type: 'parallel',
      entry: 'stopDeadline',
      on: {
        'room.joined': {
          guard: { type: 'isJoining', params: ({ event }) => event },
          actions: { type: 'answerJoined', params: ({ event }) => event },
        },
        'room.left': {
          guard: { type: 'isLeaving', params: ({ event }) => event },
          actions: { type: 'answerLeft', params: ({ event }) => event },
        },
        'room.refused': [
          closeRefusedByRoom,
          {
            guard: { type: 'isAwaited', params: ({ event }) => event },
            actions: { type: 'answerRefused', params: ({ event }) => event },
          },
          { actions: { type: 'tellPutOut', params: ({ event }) => event } },
        ],
        'room.closed': { actions: { type: 'tellPutOut', params: ({ event }) => event } },
        'seat.expired': [
          {
            guard: { type: 'isSeatRenewable', params: ({ event }) => event },
            actions: { type: 'askSeatRenewal', params: ({ event }) => event },
          },
          {
            guard: { type: 'isServerSide', params: ({ event }) => event },
            ...closeWith('subscriptionExpired'),
          },
          {
            guard: { type: 'isSettled', params: ({ event }) => event },
            actions: {
              type: 'endMembership',
              params: ({ event }) => ({ room: event.room, ending: 'expired' as const }),
            },
          },
        ],
        'seatRenewal.answered': [
          { guard: { type: 'isStaleRenewal', params: ({ event }) => event } },
          {
            guard: { type: 'goesOn', params: ({ event }) => event },
            actions: { type: 'applySeatRenewal', params: ({ event }) => event },
          },
          {
            guard: { type: 'disconnects', params: ({ event }) => event },
            target: 'closing',
            actions: {
              type: 'close',
              params: ({ event }) => closeOf(event.outcome),
            },
          },
          {
            guard: { type: 'isServerSide', params: ({ event }) => event },
            ...closeWith('subscriptionExpired'),
          },
          {
            guard: { type: 'isSettled', params: ({ event }) => event },
            actions: {
              type: 'endMembership',
              params: ({ event }) => ({ room: event.room, ending: 'expired' as const }),
            },
          },
        ],
        'backend.closed': {
          target: 'closing',
          actions: { type: 'close', params: ({ event }) => event },
        },
        'stream.broken': [
          { guard: { type: 'isServerSide', params: ({ event }) => event }, ...closeWith('insufficient') },
          {
            guard: { type: 'isSettled', params: ({ event }) => event },
            actions: {
              type: 'endMembership',
              params: ({ event }) => ({ room: event.room, ending: 'insufficient' as const }),
            },
          },
        ],
        'join.broken': closeWith('insufficient'),
        'call.answered': { actions: { type: 'answerCall', params: ({ event }) => event } },
        'query.answered': { actions: { type: 'answerQuery', params: ({ event }) => event } },
        'roomRefresh.answered': [
          {
            guard: {
              type: 'closes',
              params: ({ event: { outcome } }) => (outcome.type === 'refused' ? outcome : {}),
            },
            ...closeWith('invalidToken'),
          },
          { actions: { type: 'answerRoomRefresh', params: ({ event }) => event } },
        ],
        'refresh.answered': [
          {
            guard: { type: 'isRevoked', params: ({ event: { outcome } }) => identityOf(outcome) },
            target: 'closing',
            actions: { type: 'closeRevoked', params: ({ event: { outcome } }) => identityOf(outcome) },
          },
          {
            guard: { type: 'isAccepted', params: ({ event }) => event },
            target: '.credentials.valid',
            actions: { type: 'applyRefresh', params: ({ event }) => event },
          },
          {
            guard: { type: 'isClosing', params: ({ event }) => event },
            target: 'closing',
            actions: {
              type: 'close',
              params: ({ event: { outcome } }) => ({
                close: outcome.type === 'closed' ? outcome.close : 'invalidToken',
              }),
            },
          },
          { actions: { type: 'refuseRefresh', params: ({ event }) => event } },
        ],
        'server.leave': [
          {
            guard: { type: 'mustConnectAnew', params: ({ event }) => event },
            ...closeWith('invalidated'),
          },
          {
            guard: { type: 'isSettled', params: ({ event }) => event },
            actions: { type: 'endByServer', params: ({ event }) => event },
          },
          { actions: { type: 'refuseJoining', params: ({ event }) => event } },
        ],
        'server.refresh': [
          { guard: { type: 'endsTime', params: ({ event }) => event }, ...closeWith('expired') },
          {
            guard: { type: 'changesTime', params: ({ event }) => event },
            target: '.credentials.valid',
            actions: [{ type: 'noteRefreshed', params: ({ event }) => event }, 'tellRefreshed'],
          },
          { actions: { type: 'noteRefreshed', params: ({ event }) => event } },
        ],
        'server.tell': { actions: { type: 'tell', params: ({ event }) => event } },
        'protocol.violated': {
          target: 'closing',
          actions: { type: 'close', params: ({ event }) => event },
        },
        'queue.overflowed': closeWith('tooManyRequests'),
        'client.flooding': closeWith('tooManyRequests'),
        'socket.overflowed': closeWith('slow'),
        'socket.evicted': closeWith('slow'),
        'server.disconnect': disconnect,
      },
      states: {
        flow: {
          description: 'Whether the client reads as fast as it is sent to.',
          initial: 'clear',
          states: {
            clear: {
              description: 'Nothing waits in the send queue, as far as the socket has told.',
              on: { 'socket.congested': 'congested' },
            },
            congested: {
              description: 'The client reads slower than it is sent to: bytes wait in the send queue.',
              meta: { maxSeconds: 300 },
              on: { 'socket.drained': 'clear' },
            },
          },
        },
        work: workState,
        credentials: {
          description: 'Whether what the client has proven still holds.',
          initial: 'valid',
          entry: 'scheduleExpiry',
          states: {
            valid: {
              description: 'What the client has proven holds, or it need not prove anything.',
              on: {
                'credentials.due': [
                  { guard: 'isAskedAgain', target: 'renewing' },
                  { target: 'expiring', actions: 'scheduleGrace' },
                ],
              },
            },
            renewing: {
              description: "The owner's backend, which has let the client in, is asked whether it may stay.",
              meta: { maxSeconds: 60 },
              entry: 'askRenewal',
              on: {
                'renewal.answered': [
                  {
                    guard: { type: 'goesOn', params: ({ event }) => event },
                    target: 'valid',
                    actions: { type: 'applyRenewal', params: ({ event }) => event },
                  },
                  {
                    guard: { type: 'disconnects', params: ({ event }) => event },
                    target: '#connection.closing',
                    actions: { type: 'close', params: ({ event }) => closeOf(event.outcome) },
                  },
                  closeWith('expired'),
                ],
              },
            },
            expiring: {
              description: 'The token has expired. A new one is waited for.',
              meta: { maxSeconds: 60 },
              on: { 'credentials.expired': closeWith('expired') },
            },
          },
        },
        liveness: {
          description: 'Whether the client answers pings, where its protocol has them.',
          initial: 'alive',
          entry: 'scheduleFirstPing',
          states: {
            alive: {
              description: 'No ping is unanswered.',
              on: {
                'ping.due': { target: 'asked', actions: 'ping' },
                pong: closeBadRequest,
              },
            },
            asked: {
              description: 'The client was pinged and has not answered yet.',
              meta: { maxSeconds: 30 },
              on: {
                pong: { target: 'alive', actions: 'schedulePing' },
                'pong.overdue': closeWith('noPong'),
              },
            },
          },
        },
      },
    },
    closing: {
      description: 'The server has closed the connection; the socket has not confirmed that it is closed.',
      meta: { maxSeconds: 30 },
    },
    closed: {
      description: 'The socket is gone and its rooms are told.',
      type: 'final',
      entry: ['cancelTimers', 'leaveRooms', 'announceClosed'],
    },
  },
});

/** Who a new token says that the client is; nobody if it is not accepted. */
function identityOf(outcome: IdentityOutcome): { readonly identity: Identity | undefined } {
  return { identity: outcome.type === 'known' ? outcome.identity : undefined };
}

export type ConnectionRef = ActorRefFrom<typeof connectionMachine>;
