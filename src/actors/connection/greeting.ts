/** The part of a connection's chart (connection.ts) until it is known who the client is. */

import { closeBadRequest, closeRefusedByRoom, closeWith, disconnect } from './closes.ts';
import { connectionSetup } from './connection-setup.ts';

/** A command has come that may not come now. */
const REFUSE_COMMANDS = {
  ping: closeBadRequest,
  pong: closeBadRequest,
  'room.join': closeBadRequest,
  'room.leave': closeBadRequest,
  'room.publish': closeBadRequest,
  'room.call': closeBadRequest,
  'room.presence': closeBadRequest,
  'room.presenceStats': closeBadRequest,
  'room.history': closeBadRequest,
  'room.refresh': closeBadRequest,
  'connection.refresh': closeBadRequest,
  'server.broadcast': closeBadRequest,
  'server.call': closeBadRequest,
  'server.message': closeBadRequest,
  'command.unknown': closeBadRequest,
  'command.malformed': closeBadRequest,
} as const;

/** The user has as many connections as it may have. */
const closeOneTooMany = { guard: 'isOneTooMany', ...closeWith('connectionLimit') } as const;

export const greetingState = connectionSetup.createStateConfig({
  description: 'The socket is open, and it is not known yet who the client is.',
  meta: { maxSeconds: 60 },
  initial: 'waiting',
  entry: 'startDeadline',
  on: {
    'protocol.violated': {
      target: 'closing',
      actions: { type: 'close', params: ({ event }) => event },
    },
    'greeting.expired': closeWith('stale'),
    'socket.overflowed': closeWith('slow'),
    'socket.evicted': closeWith('slow'),
    'queue.overflowed': closeWith('tooManyRequests'),
    'client.flooding': closeWith('tooManyRequests'),
    'server.refresh': {
      guard: { type: 'endsTime', params: ({ event }) => event },
      ...closeWith('expired'),
    },
    'server.disconnect': disconnect,
    'server.draining': closeWith('shutdown'),
  },
  states: {
    waiting: {
      description: 'The client has to say who it is: with its handshake, or with the command connect.',
      tags: 'ready',
      on: {
        ...REFUSE_COMMANDS,
        'connection.greeted': [
          { guard: 'isUnwanted', ...closeWith('permissionDenied') },
          closeOneTooMany,
          { guard: 'asksAtOnce', target: 'recalling' },
          {
            guard: 'isTrusted',
            target: '#connection.open',
            actions: ['announceOpen', 'resumeMemberships'],
          },
          { target: 'identifying' },
        ],
        connect: [
          { guard: 'isUnwanted', ...closeWith('permissionDenied') },
          closeOneTooMany,
          {
            guard: 'asksAtOnce',
            target: 'recalling',
            actions: { type: 'noteConnect', params: ({ event }) => event },
          },
          {
            guard: 'isTrusted',
            target: 'entering',
            actions: { type: 'noteConnect', params: ({ event }) => event },
          },
          { target: 'identifying', actions: { type: 'noteConnect', params: ({ event }) => event } },
        ],
      },
    },
    identifying: {
      description: 'What the client has said of itself is being checked; its commands wait.',
      tags: 'busy',
      entry: 'identify',
      on: {
        'identity.known': [
          {
            guard: { type: 'isRevoked', params: ({ event }) => event },
            target: '#connection.closing',
            actions: { type: 'closeRevoked', params: ({ event }) => event },
          },
          {
            guard: { type: 'makesTooMany', params: ({ event }) => event },
            ...closeWith('connectionLimit'),
          },
          {
            guard: { type: 'asksElsewhere', params: ({ event }) => event },
            target: 'recalling',
            actions: { type: 'noteIdentity', params: ({ event }) => event },
          },
          {
            guard: 'greetsByHandshake',
            target: '#connection.open',
            actions: [
              { type: 'noteIdentity', params: ({ event }) => event },
              'announceOpen',
              'resumeMemberships',
            ],
          },
          { target: 'entering', actions: { type: 'noteIdentity', params: ({ event }) => event } },
        ],
        'identity.refused': [
          {
            guard: 'greetsByHandshake',
            target: '#connection.closing',
            actions: { type: 'closeRefused', params: ({ event }) => event },
          },
          {
            target: 'unusable',
            actions: { type: 'replyUnidentified', params: ({ event }) => event },
          },
        ],
        'identity.closed': {
          target: '#connection.closing',
          actions: { type: 'close', params: ({ event }) => event },
        },
      },
    },
    recalling: {
      description: 'Other nodes may wait for the user, and it is looked up in which rooms; commands wait.',
      tags: 'busy',
      entry: 'askElsewhere',
      on: {
        'absence.known': [
          {
            guard: 'greetsByHandshake',
            target: '#connection.open',
            actions: [
              { type: 'noteAbsence', params: ({ event }) => event },
              'announceOpen',
              'resumeMemberships',
            ],
          },
          { target: 'entering', actions: { type: 'noteAbsence', params: ({ event }) => event } },
        ],
      },
    },
    entering: {
      description: 'The server joins the client to its rooms before it answers; commands wait.',
      tags: 'busy',
      entry: 'enterRooms',
      always: [
        { guard: 'exceedsRooms', ...closeWith('roomLimit') },
        {
          guard: 'hasEntered',
          target: '#connection.open',
          actions: ['announceOpen', 'replyConnected'],
        },
      ],
      on: {
        'room.joined': { actions: { type: 'noteEntered', params: ({ event }) => event } },
        'room.refused': [
          closeRefusedByRoom,
          { actions: { type: 'noteNotEntered', params: ({ event }) => event } },
        ],
        'room.closed': { actions: { type: 'noteNotEntered', params: ({ event }) => event } },
        'server.leave': [
          {
            guard: { type: 'mustConnectAnew', params: ({ event }) => event },
            ...closeWith('invalidated'),
          },
          { actions: { type: 'refuseJoining', params: ({ event }) => event } },
        ],
        'server.refresh': [
          { guard: { type: 'endsTime', params: ({ event }) => event }, ...closeWith('expired') },
          { actions: { type: 'noteRefreshed', params: ({ event }) => event } },
        ],
      },
    },
    unusable: {
      description: 'The client has been told that it may not connect. Any other command closes the socket.',
      tags: 'ready',
      on: { ...REFUSE_COMMANDS, connect: closeBadRequest },
    },
  },
});
