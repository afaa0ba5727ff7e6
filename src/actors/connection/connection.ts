/**
 * The chart of one connection: who it is, what it may do, its limits, its end. It knows rooms and its socket by their
 * ports, and neither bytes nor codecs.
 */

import type { ActorRefFrom } from 'xstate';
import type { CloseName } from '../../protocol/close-codes.ts';
import { connectionSetup, createConnectionContext } from './connection-setup.ts';

/** The server closes the socket; the chart then waits for the socket to confirm it. */
function closeWith<Close extends CloseName>(close: Close) {
  return {
    target: '#connection.closing',
    actions: { type: 'close', params: { close } },
  } as const;
}

const closeBadRequest = closeWith('badRequest');

/** The client is told the reason, if there is one. */
const disconnect = {
  target: '#connection.closing',
  actions: {
    type: 'close',
    params: ({ event: { reason } }: { readonly event: { readonly reason?: string | undefined } }) => ({
      close: 'disconnected' as const,
      reason,
    }),
  },
} as const;

export const connectionMachine = connectionSetup.createMachine({
  id: 'connection',
  description: 'One connection, from its handshake to its close.',
  context: ({ input, self }) => createConnectionContext(input, self),
  initial: 'greeting',
  on: { 'socket.closed': { target: '.closed' } },
  states: {
    greeting: {
      description:
        'The socket is open, and the client has to say who it is: with its handshake, or with the command connect.',
      tags: 'ready',
      entry: 'startDeadline',
      on: {
        'connection.greeted': { target: 'open', actions: ['announceOpen', 'resumeMemberships'] },
        connect: {
          target: 'open',
          actions: [
            'stopDeadline',
            'announceOpen',
            { type: 'replyConnected', params: ({ event }) => event },
            'resumeMemberships',
          ],
        },
        ping: closeBadRequest,
        'room.join': closeBadRequest,
        'room.leave': closeBadRequest,
        'room.publish': closeBadRequest,
        'room.call': closeBadRequest,
        'server.broadcast': closeBadRequest,
        'command.unknown': closeBadRequest,
        'command.malformed': closeBadRequest,
        'protocol.violated': {
          target: 'closing',
          actions: { type: 'close', params: ({ event }) => event },
        },
        'greeting.expired': closeWith('stale'),
        'socket.overflowed': closeWith('slow'),
        'server.disconnect': disconnect,
        'server.draining': closeWith('shutdown'),
      },
    },
    open: {
      description: 'The client may send commands.',
      type: 'parallel',
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
          {
            guard: { type: 'isAwaited', params: ({ event }) => event },
            actions: { type: 'answerRefused', params: ({ event }) => event },
          },
          { actions: { type: 'tellPutOut', params: ({ event }) => event } },
        ],
        'room.closed': { actions: { type: 'tellPutOut', params: ({ event }) => event } },
        'call.answered': { actions: { type: 'answerCall', params: ({ event }) => event } },
        'protocol.violated': {
          target: 'closing',
          actions: { type: 'close', params: ({ event }) => event },
        },
        'queue.overflowed': closeWith('tooManyRequests'),
        'socket.overflowed': closeWith('slow'),
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
              on: { 'socket.drained': 'clear' },
            },
          },
        },
        work: {
          description: 'Whether the next command is taken, or waits in the queue.',
          initial: 'ready',
          states: {
            ready: {
              description: 'The next command is taken at once.',
              tags: 'ready',
              on: {
                connect: closeBadRequest,
                ping: { actions: { type: 'replyPong', params: ({ event }) => event } },
                'command.unknown': { actions: { type: 'replyUnknown', params: ({ event }) => event } },
                'command.malformed': { actions: { type: 'replyRefused', params: ({ event }) => event } },
                'room.join': [
                  {
                    guard: { type: 'isMember', params: ({ event }) => event },
                    actions: { type: 'replyAlreadyMember', params: ({ event }) => event },
                  },
                  {
                    guard: 'hasAllRooms',
                    actions: { type: 'refuseMoreRooms', params: ({ event }) => event },
                  },
                  { actions: { type: 'join', params: ({ event }) => event } },
                ],
                'room.resume': [
                  { guard: 'hasAllRooms', actions: { type: 'pushMoreRooms', params: ({ event }) => event } },
                  { actions: { type: 'resume', params: ({ event }) => event } },
                ],
                'room.leave': [
                  {
                    guard: { type: 'isMember', params: ({ event }) => event },
                    actions: { type: 'leave', params: ({ event }) => event },
                  },
                  {
                    guard: { type: 'hasBadName', params: ({ event }) => event },
                    actions: { type: 'refuseName', params: ({ event }) => event },
                  },
                  { actions: { type: 'replyNotMember', params: ({ event }) => event } },
                ],
                'room.publish': { actions: 'publish' },
                'server.broadcast': { actions: { type: 'broadcast', params: ({ event }) => event } },
                'room.call': [
                  {
                    guard: 'hasAllCalls',
                    actions: { type: 'refuseMoreCalls', params: ({ event }) => event },
                  },
                  { actions: { type: 'call', params: ({ event }) => event } },
                ],
                'command.pending': { guard: 'isUnanswered', target: 'busy' },
                'server.draining': 'parting',
              },
            },
            busy: {
              description:
                'A command waits for its room, its handler or the store. Later commands wait for its answer, since the protocol keeps the order of answers.',
              tags: 'busy',
              on: {
                'room.joined': {
                  guard: { type: 'isJoining', params: ({ event }) => event },
                  target: 'ready',
                  actions: { type: 'answerJoined', params: ({ event }) => event },
                },
                'room.left': {
                  guard: { type: 'isLeaving', params: ({ event }) => event },
                  target: 'ready',
                  actions: { type: 'answerLeft', params: ({ event }) => event },
                },
                'room.refused': {
                  guard: { type: 'isAwaited', params: ({ event }) => event },
                  target: 'ready',
                  actions: { type: 'answerRefused', params: ({ event }) => event },
                },
                'command.settled': 'ready',
                'server.draining': 'parting',
              },
            },
            parting: {
              description:
                'The server is shutting down: no command is taken any more, and when all are answered, the socket is closed.',
              always: { guard: 'owesNothing', ...closeWith('shutdown') },
            },
          },
        },
      },
    },
    closing: {
      description: 'The server has closed the connection; the socket has not confirmed that it is closed.',
    },
    closed: {
      description: 'The socket is gone and its rooms are told.',
      type: 'final',
      entry: ['stopDeadline', 'leaveRooms', 'announceClosed'],
    },
  },
});

export type ConnectionRef = ActorRefFrom<typeof connectionMachine>;
