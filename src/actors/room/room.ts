/**
 * The chart of one live room: who is in it, what is said in it, what its store does not have yet. It
 * knows the connections of members as subscribers, the store and the broker by their interfaces, and no sockets.
 */

import type { ActorRefFrom } from 'xstate';
import { journalState } from './journal-state.ts';
import {
  absorb,
  admit,
  beginLeave,
  dropFailed,
  endAbsence,
  endAbsenceHere,
  forget,
  kick,
  moderate,
  moderateCall,
  noteMuted,
  record,
  refuseCall,
  refuseForbidden,
  refuseFull,
  refuseJoin,
  refuseMessage,
  refuseMuted,
  refuseThrottled,
  refuseUnruled,
  reportStoreFailed,
  seat,
  seeOff,
  sync,
  turnAway,
  unseat,
} from './room-actions.ts';
import { roomSetup } from './room-setup.ts';

export const roomMachine = roomSetup.createMachine({
  id: 'room',
  description:
    'One live room, from the first join, or the first message that it judges, until it has lingered without members.',
  context: ({ input, self }) => ({ self, held: [], attempts: 0, ...input }),
  initial: 'opening',
  states: {
    opening: {
      description: 'What the store knows of the room is being read; whatever comes meanwhile waits in order.',
      initial: 'choosing',
      on: {
        'room.join': { actions: 'hold' },
        'room.leave': { actions: 'hold' },
        'room.kick': { actions: 'hold' },
        'room.publish': { actions: 'hold' },
        'room.cleared': { actions: 'hold' },
        'room.call': { actions: 'hold' },
        'room.called': { actions: 'answerCall' },
        'room.mute': { actions: 'hold' },
        'room.unmute': { actions: 'hold' },
        'room.close': { actions: 'hold' },
        'room.orphaned': { actions: 'hold' },
        'room.forgotten': { actions: 'hold' },
        'room.resumed': { actions: 'hold' },
      },
      states: {
        choosing: {
          description: 'A room that is restarted after a failure knows its members already.',
          always: [{ guard: 'isLoaded', target: '#room.active' }, { target: 'reading' }],
        },
        reading: {
          description: 'The store is asked for the members of an earlier run.',
          meta: { maxSeconds: 60 },
          invoke: {
            ...sync(true),
            onDone: {
              target: '#room.active',
              actions: [absorb, 'confirmWrite'],
            },
            onError: {
              target: '#room.active',
              actions: [
                'giveBackWrite',
                { type: 'reportStoreFailed', params: ({ event }) => ({ error: event.error }) },
              ],
            },
          },
          initial: 'timely',
          states: {
            timely: {
              description: 'The store is expected to answer soon, once it is the turn of this room.',
              after: {
                timeout: [
                  {
                    guard: 'isLate',
                    target: '#room.active',
                    actions: reportStoreFailed('the store does not tell who is in the room'),
                  },
                  { target: 'timely', reenter: true },
                ],
              },
            },
          },
        },
      },
    },
    active: {
      description: 'The room takes joins, leaves and messages.',
      type: 'parallel',
      entry: ['announceOpened', 'releaseHeld'],
      on: {
        'room.close': { target: 'closing', actions: 'refuseJoins' },
        'room.call': [
          { guard: 'forbidsCall', actions: refuseCall('notAllowed') },
          { guard: 'isCallModerated', actions: moderateCall },
          { actions: 'delegate' },
        ],
        'room.callCleared': { actions: 'delegate' },
        'room.called': { actions: 'answerCall' },
      },
      states: {
        occupancy: {
          description: 'How many seats are taken, by members and by joins under way.',
          initial: 'choosing',
          on: {
            'room.leave': { actions: beginLeave },
            'room.kick': { actions: kick },
            'member.joined': { actions: seat },
            'member.leaving': { actions: unseat },
          },
          states: {
            choosing: {
              description: 'The seats are counted.',
              always: [
                { guard: 'isFull', target: 'full' },
                { guard: 'isOccupied', target: 'occupied' },
                { target: 'empty' },
              ],
            },
            empty: {
              description: 'No connection is a member, and the broker need not bring publications.',
              entry: ['stopListening', 'announceVacated'],
              initial: 'lingering',
              on: {
                'room.join': [
                  { guard: 'isForbiddenToJoin', actions: refuseForbidden },
                  { guard: 'takesLastSeat', target: 'full', actions: admit },
                  { target: 'occupied', actions: admit },
                ],
              },
              states: {
                lingering: {
                  description:
                    'The room stays in memory for a while: members may come back soon. A room that nobody has joined yet stays for a moment only.',
                  after: {
                    linger: [
                      { guard: 'isIdle', target: 'lapsed' },
                      { target: 'lingering', reenter: true },
                    ],
                  },
                },
                lapsed: {
                  description: 'The room closes as soon as no user is away and the store has every change.',
                  always: {
                    guard: 'isForgettable',
                    target: '#room.closed',
                  },
                },
              },
            },
            occupied: {
              description: 'There are members, and free seats.',
              on: {
                'room.join': [
                  { guard: 'isForbiddenToJoin', actions: refuseForbidden },
                  { guard: 'takesLastSeat', target: 'full', actions: admit },
                  { actions: admit },
                ],
                'member.left': [
                  { guard: 'isOnlySeat', target: 'empty', actions: seeOff },
                  { actions: seeOff },
                ],
                'member.withdrawn': [
                  { guard: 'isOnlySeat', target: 'empty', actions: forget },
                  { actions: forget },
                ],
                'member.refused': [
                  { guard: 'isOnlySeat', target: 'empty', actions: turnAway },
                  { actions: turnAway },
                ],
                'member.failed': [
                  { guard: 'isOnlySeat', target: 'empty', actions: dropFailed },
                  { actions: dropFailed },
                ],
              },
            },
            full: {
              description: 'Every seat is taken: joins are refused.',
              on: {
                'room.join': [
                  { guard: 'isForbiddenToJoin', actions: refuseForbidden },
                  { actions: refuseFull },
                ],
                'member.left': { target: 'choosing', actions: seeOff },
                'member.withdrawn': { target: 'choosing', actions: forget },
                'member.refused': { target: 'choosing', actions: turnAway },
                'member.failed': { target: 'choosing', actions: dropFailed },
              },
            },
          },
        },
        absence: {
          description: 'Whether users are expected back, of an earlier run or after their connections broke.',
          initial: 'choosing',
          states: {
            choosing: {
              description: 'The roster is looked through.',
              always: [{ guard: 'hasAway', target: 'some' }, { target: 'none' }],
            },
            none: {
              description: 'Nobody is away.',
              on: { 'room.leftovers': 'choosing' },
            },
            some: {
              description: 'Users are away; they are off the roster when they have been away for too long.',
              on: {
                'room.leftovers': 'choosing',
                'room.resumed': { target: 'choosing', actions: endAbsenceHere },
                'member.joined': [
                  { guard: 'bringsBackLast', target: 'none', actions: endAbsence },
                  { actions: endAbsence },
                ],
              },
              after: { nextExpiry: { target: 'choosing', actions: 'expireAway' } },
            },
          },
        },
        broadcast: {
          description: 'Whether what connections say reaches the members.',
          initial: 'choosing',
          states: {
            choosing: {
              description: 'A restarted room stays as muted as it was.',
              always: [{ guard: 'isMuted', target: 'muted' }, { target: 'flowing' }],
            },
            flowing: {
              description: 'Messages are published as they come.',
              on: {
                'room.publish': [
                  { guard: 'isForbiddenToPublish', actions: refuseUnruled },
                  { guard: 'isOverRate', target: 'throttled', actions: refuseThrottled },
                  { guard: 'isModerated', actions: moderate },
                  { actions: 'publish' },
                ],
                'room.cleared': { actions: 'publish' },
                'room.mute': { target: 'muted', actions: noteMuted(true) },
              },
            },
            throttled: {
              description:
                "The room's connections have published more than it takes a second; only the server may publish.",
              on: {
                'room.publish': [
                  { guard: 'isCheckedOfServer', actions: moderate },
                  { guard: 'isFromServer', actions: 'publish' },
                  { guard: 'isForbiddenToPublish', actions: refuseUnruled },
                  { actions: refuseThrottled },
                ],
                'room.cleared': { actions: 'publish' },
                'room.mute': { target: 'muted', actions: noteMuted(true) },
              },
              after: { refill: 'flowing' },
            },
            muted: {
              description:
                'Only the server may publish until the room is unmuted; the handler is still asked, and may answer.',
              on: {
                'room.publish': [
                  { guard: 'isCheckedOfServer', actions: moderate },
                  { guard: 'isFromServer', actions: 'publish' },
                  { guard: 'isForbiddenToPublish', actions: refuseUnruled },
                  { guard: 'isModerated', actions: moderate },
                  { actions: refuseMuted },
                ],
                'room.cleared': [{ guard: 'isFromServer', actions: 'publish' }, { actions: refuseMuted }],
                'room.unmute': {
                  target: 'flowing',
                  actions: noteMuted(false),
                },
              },
            },
          },
        },
        journal: journalState,
      },
    },
    closing: {
      description:
        'The server is shutting down: nobody new is let in, and what the store has yet to learn is written.',
      meta: { maxSeconds: 30 },
      initial: 'flushing',
      on: {
        'room.join': { actions: refuseJoin },
        'room.publish': { actions: refuseMessage },
        'room.cleared': { actions: refuseMessage },
        'room.call': { actions: refuseCall('stopping') },
        'room.callCleared': { actions: refuseCall('stopping') },
        'room.called': { actions: 'answerCall' },
        'room.leave': { actions: beginLeave },
        'member.joined': { actions: seat },
        'member.leaving': { actions: unseat },
        'member.left': { target: '.deciding', actions: seeOff },
        'member.withdrawn': { target: '.deciding', actions: forget },
        'member.refused': { target: '.deciding', actions: turnAway },
        'member.failed': { target: '.deciding', actions: dropFailed },
        'member.recording': { target: '.deciding', actions: record },
      },
      after: {
        closeDeadline: {
          target: 'closed',
          // Who still waits for the store is answered.
          actions: ['reportDropped', 'giveBackWrite'],
        },
      },
      states: {
        deciding: {
          description: 'The room is closed when nothing is left to be written or to be waited for.',
          always: [
            { guard: 'hasChanges', target: 'flushing' },
            { guard: 'hasAwake', target: 'waiting' },
            { target: '#room.closed' },
          ],
        },
        flushing: {
          description: 'The last changes are being written.',
          invoke: {
            ...sync(false),
            onDone: { target: 'deciding', actions: 'confirmWrite' },
            onError: { target: 'waiting', actions: 'giveBackWrite' },
          },
        },
        waiting: {
          description:
            'A membership is still leaving, or the store has refused the last changes and is tried again soon.',
          after: { retry: 'deciding' },
        },
      },
    },
    closed: {
      description: 'The room is not in memory any more; a join or a publication opens it anew.',
      type: 'final',
      entry: ['stopListening', 'announceVacated', 'announceClosed'],
    },
  },
});

export type RoomRef = ActorRefFrom<typeof roomMachine>;
