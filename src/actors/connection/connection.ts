/**
 * The chart of one socket: what it may do, its limits, its end. It knows rooms by their port and its socket
 * by its port, and neither bytes nor codecs.
 */

import type { ActorRefFrom } from 'xstate';
import { connectionSetup, createConnectionContext } from './connection-setup.ts';

/** What every command does while an earlier one is at work. */
const waitItsTurn = [
  { guard: 'hasSpace', actions: 'hold' },
  { target: '#connection.closing', actions: { type: 'close', params: { close: 'tooManyRequests' } } },
] as const;

export const connectionMachine = connectionSetup.createMachine({
  id: 'connection',
  description: 'One socket, from its handshake to its close.',
  context: ({ input, self }) => createConnectionContext(input, self),
  initial: 'greeting',
  on: { 'socket.closed': { target: '.closed' } },
  states: {
    greeting: {
      description:
        'The socket is open and the client has not yet said who it is; on the line protocol the handshake says it.',
      on: {
        'connection.greeted': { target: 'open', actions: ['announceOpen', 'resumeMemberships'] },
        'server.draining': {
          target: 'closing',
          actions: { type: 'close', params: { close: 'shutdown' } },
        },
      },
    },
    open: {
      description: 'The client may send commands.',
      type: 'parallel',
      on: {
        'room.joined': { actions: ['noteJoined', 'replyJoined', 'settle'] },
        'room.left': { guard: 'isLeaving', actions: ['noteLeft', 'replyLeft', 'settle'] },
        'room.refused': { actions: ['replyRefused', 'settle'] },
        'room.closed': { actions: 'tellRoomClosed' },
        'call.answered': { actions: 'replyCalled' },
        'socket.overflowed': {
          target: '#connection.closing',
          actions: { type: 'close', params: { close: 'slow' } },
        },
        'server.disconnect': {
          target: '#connection.closing',
          actions: { type: 'close', params: { close: 'disconnected' } },
        },
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
          description: 'One command at a time, answered in order.',
          initial: 'ready',
          states: {
            ready: {
              description: 'The next command is done at once.',
              entry: 'releaseNext',
              on: {
                ping: { actions: ['replyPong', 'releaseNext'] },
                'command.unknown': { actions: ['replyUnknown', 'releaseNext'] },
                'command.malformed': { actions: ['replyMalformed', 'releaseNext'] },
                'room.join': [
                  { guard: 'isMember', actions: ['replyJoined', 'releaseNext'] },
                  { guard: 'hasAllRooms', actions: ['refuseMoreRooms', 'releaseNext'] },
                  { target: 'busy', actions: 'join' },
                ],
                'room.leave': [
                  { guard: 'isMember', target: 'busy', actions: 'leave' },
                  { guard: 'hasBadName', actions: ['refuseName', 'releaseNext'] },
                  { actions: ['replyLeft', 'releaseNext'] },
                ],
                'room.publish': { actions: ['publish', 'releaseNext'] },
                'server.broadcast': { actions: ['broadcast', 'releaseNext'] },
                'room.call': [
                  { guard: 'hasAllCalls', actions: ['refuseMoreCalls', 'releaseNext'] },
                  { actions: ['call', 'releaseNext'] },
                ],
                'command.pending': 'busy',
                'server.draining': [
                  { guard: 'hasCalls', target: 'parting' },
                  {
                    target: '#connection.closing',
                    actions: { type: 'close', params: { close: 'shutdown' } },
                  },
                ],
              },
            },
            busy: {
              description:
                'A command waits for its room, its handler or the store; later ones wait behind it.',
              initial: 'serving',
              on: {
                ping: waitItsTurn,
                'command.unknown': waitItsTurn,
                'command.malformed': waitItsTurn,
                'room.join': waitItsTurn,
                'room.leave': waitItsTurn,
                'room.publish': waitItsTurn,
                'server.broadcast': waitItsTurn,
                'room.call': waitItsTurn,
              },
              states: {
                serving: {
                  description: 'When the answer is given, the next command is taken.',
                  on: {
                    'command.settled': '#connection.open.work.ready',
                    'server.draining': 'finishing',
                  },
                },
                finishing: {
                  description: 'The server is shutting down: when the answer is given, the socket is closed.',
                  on: {
                    'command.settled': [
                      { guard: 'hasCalls', target: '#connection.open.work.parting' },
                      {
                        target: '#connection.closing',
                        actions: { type: 'close', params: { close: 'shutdown' } },
                      },
                    ],
                  },
                },
              },
            },
            parting: {
              description:
                'The server is shutting down: when the last call is answered, the socket is closed.',
              on: {
                'call.answered': [
                  { guard: 'hasMoreCalls', actions: 'replyCalled' },
                  {
                    target: '#connection.closing',
                    actions: ['replyCalled', { type: 'close', params: { close: 'shutdown' } }],
                  },
                ],
              },
            },
          },
        },
      },
    },
    closing: {
      description: 'The server has said goodbye; the socket has not confirmed that it is closed.',
    },
    closed: {
      description: 'The socket is gone and its rooms are told.',
      type: 'final',
      entry: ['leaveRooms', 'announceClosed'],
    },
  },
});

export type ConnectionRef = ActorRefFrom<typeof connectionMachine>;
