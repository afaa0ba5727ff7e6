/** The part of a connection's chart (connection.ts) that takes its commands, one after the other or side by side. */

import { closeBadRequest, closeRefusedByRoom, closeWith } from './closes.ts';
import { connectionSetup } from './connection-setup.ts';
import { refuseBroadcasts, refuseJoins, refuseMessages, refuseNewRooms } from './rate-refusals.ts';

export const workState = connectionSetup.createStateConfig({
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
            guard: { type: 'isJoining', params: ({ event }) => event },
            actions: { type: 'replyAlreadyMember', params: ({ event }) => event },
          },
          {
            guard: { type: 'isResumed', params: ({ event }) => event },
            actions: { type: 'takeOver', params: ({ event }) => event },
          },
          {
            guard: { type: 'isMember', params: ({ event }) => event },
            actions: { type: 'replyAlreadyMember', params: ({ event }) => event },
          },
          {
            guard: 'hasAllRooms',
            actions: { type: 'refuseMoreRooms', params: ({ event }) => event },
          },
          { guard: 'isOverJoinRate', actions: refuseJoins },
          {
            guard: { type: 'opensTooManyRooms', params: ({ event }) => event },
            actions: refuseNewRooms,
          },
          { actions: { type: 'join', params: ({ event }) => event } },
        ],
        'room.resume': [
          { guard: 'hasAllRooms', actions: { type: 'pushMoreRooms', params: ({ event }) => event } },
          { actions: { type: 'resume', params: ({ event }) => event } },
        ],
        'room.recall': [
          {
            guard: { type: 'isMember', params: ({ event }) => event },
            actions: { type: 'tellBack', params: ({ event }) => event },
          },
          { guard: 'hasAllRooms', actions: { type: 'pushMoreRooms', params: ({ event }) => event } },
          {
            actions: [
              { type: 'noteRecalled', params: ({ event }) => event },
              { type: 'resume', params: ({ event }) => event },
            ],
          },
        ],
        'server.join': [
          { guard: { type: 'isMember', params: ({ event }) => event } },
          { guard: 'hasAllRooms', ...closeWith('roomLimit') },
          { actions: { type: 'joinByServer', params: ({ event }) => event } },
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
        'room.publish': [{ guard: 'isOverMessageRate', actions: refuseMessages }, { actions: 'publish' }],
        'server.broadcast': [
          { guard: 'isOverMessageRate', actions: refuseMessages },
          { guard: 'isOverBroadcastRate', actions: refuseBroadcasts },
          { actions: { type: 'broadcast', params: ({ event }) => event } },
        ],
        'room.call': [
          { guard: 'isOverMessageRate', actions: refuseMessages },
          {
            guard: 'hasAllCalls',
            actions: { type: 'refuseMoreCalls', params: ({ event }) => event },
          },
          { actions: { type: 'call', params: ({ event }) => event } },
        ],
        'server.call': [
          { guard: 'isOverMessageRate', actions: refuseMessages },
          {
            guard: 'hasAllCalls',
            actions: { type: 'refuseMoreCalls', params: ({ event }) => event },
          },
          { actions: { type: 'callServer', params: ({ event }) => event } },
        ],
        'server.message': [
          { guard: 'isOverMessageRate', actions: refuseMessages },
          {
            guard: 'takesMessages',
            actions: { type: 'takeMessage', params: ({ event }) => event },
          },
          closeWith('notAvailable'),
        ],
        'room.presence': [
          {
            guard: 'hasAllCalls',
            actions: { type: 'refuseMoreQueries', params: ({ event }) => event },
          },
          { actions: { type: 'askPresence', params: ({ event }) => event } },
        ],
        'room.presenceStats': [
          {
            guard: 'hasAllCalls',
            actions: { type: 'refuseMoreQueries', params: ({ event }) => event },
          },
          { actions: { type: 'askPresenceStats', params: ({ event }) => event } },
        ],
        'room.history': [
          {
            guard: 'hasAllCalls',
            actions: { type: 'refuseMoreQueries', params: ({ event }) => event },
          },
          { actions: { type: 'askHistory', params: ({ event }) => event } },
        ],
        'connection.refresh': [
          {
            guard: 'hasAllCalls',
            actions: { type: 'refuseMoreQueries', params: ({ event }) => event },
          },
          { actions: { type: 'refresh', params: ({ event }) => event } },
        ],
        'room.refresh': [
          {
            guard: 'hasAllCalls',
            actions: { type: 'refuseMoreQueries', params: ({ event }) => event },
          },
          {
            guard: { type: 'isMember', params: ({ event }) => event },
            actions: { type: 'refreshRoom', params: ({ event }) => event },
          },
          { actions: { type: 'refuseRefreshOutside', params: ({ event }) => event } },
        ],
        'command.pending': { guard: 'isUnanswered', target: 'busy' },
        'server.draining': 'parting',
      },
    },
    busy: {
      description:
        'A command waits for its room, its handler or the store. Later commands wait for its answer, since the protocol keeps the order of answers.',
      meta: { maxSeconds: 300 },
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
        'room.refused': [
          closeRefusedByRoom,
          {
            guard: { type: 'isAwaited', params: ({ event }) => event },
            target: 'ready',
            actions: { type: 'answerRefused', params: ({ event }) => event },
          },
        ],
        'command.settled': 'ready',
        'server.draining': 'parting',
      },
    },
    parting: {
      description:
        'The server is shutting down: no command is taken any more, and when all are answered, the socket is closed.',
      meta: { maxSeconds: 120 },
      always: { guard: 'owesNothing', ...closeWith('shutdown') },
    },
  },
});
