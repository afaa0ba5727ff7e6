/** The part of a room's chart (room.ts) that is about its store: whether it knows who is in the room. */

import { stateIn } from 'xstate';
import { absorb, record, recordWhileFailing, reportStoreFailed, sync } from './room-actions.ts';
import { roomSetup } from './room-setup.ts';

const STALLED = { active: { journal: { writing: 'stalled' } } };

export const journalState = roomSetup.createStateConfig({
  description: 'Whether the store knows who is in the room.',
  initial: 'choosing',
  on: {
    'room.orphaned': { actions: 'noteOrphaned' },
    'room.forgotten': { actions: 'noteAll' },
  },
  states: {
    choosing: {
      description: 'What the store has yet to learn, or to tell, is looked up.',
      always: [
        { guard: 'isOrphaned', target: 'rereading', actions: 'beginReading' },
        { guard: 'hasChanges', target: 'dirty' },
        { guard: 'isLoaded', target: 'clean' },
        { target: 'failing' },
      ],
    },
    clean: {
      description: 'The store has everything.',
      on: {
        'member.recording': { target: 'dirty', actions: record },
        'room.noted': 'dirty',
        'room.orphaned': { target: 'rereading', actions: 'beginReading' },
      },
    },
    dirty: {
      description: 'Changes wait a moment for others to be written with them.',
      meta: { maxSeconds: 120 },
      on: { 'member.recording': { actions: record } },
      after: { flush: 'writing' },
    },
    writing: {
      description: 'Changes are being written; later ones wait for the next write.',
      initial: 'timely',
      on: { 'member.recording': { actions: record } },
      invoke: {
        ...sync(false),
        onDone: [
          {
            guard: stateIn(STALLED),
            target: 'choosing',
            actions: ['confirmWrite', 'reportStoreRecovered'],
          },
          { target: 'choosing', actions: 'confirmWrite' },
        ],
        onError: {
          target: 'failing',
          actions: [
            'giveBackWrite',
            { type: 'reportStoreFailed', params: ({ event }) => ({ error: event.error }) },
          ],
        },
      },
      states: {
        timely: {
          description: 'The store is expected to answer soon.',
          after: {
            timeout: [
              {
                guard: 'isLate',
                target: 'stalled',
                actions: reportStoreFailed('the store does not answer'),
              },
              { target: 'timely', reenter: true },
            ],
          },
        },
        stalled: {
          description:
            'The store has not answered for too long; it is waited for and nothing else is written.',
          meta: { maxSeconds: 30 },
        },
      },
    },
    rereading: {
      description:
        'A node has ended that had members in the room: the store is asked for them, and later changes wait.',
      meta: { maxSeconds: 60 },
      on: { 'member.recording': { actions: record } },
      invoke: {
        ...sync(true),
        onDone: { target: 'choosing', actions: [absorb, 'announceLeftovers', 'confirmWrite'] },
        onError: {
          target: 'failing',
          actions: [
            'giveBackWrite',
            { type: 'reportStoreFailed', params: ({ event }) => ({ error: event.error }) },
          ],
        },
      },
    },
    failing: {
      description: 'The store refuses changes: they are kept and tried again; talking goes on.',
      meta: { maxSeconds: 60 },
      initial: 'waiting',
      on: { 'member.recording': { actions: recordWhileFailing } },
      states: {
        waiting: {
          description: 'The next attempt is due after a wait that doubles each time.',
          after: { retry: 'retrying' },
        },
        retrying: {
          description: 'The changes are tried again; a room that could not be read is read first.',
          invoke: {
            ...sync(true),
            onDone: {
              target: '#room.active.journal.choosing',
              actions: [
                absorb,
                // Who was found in the store may be away.
                'announceLeftovers',
                'confirmWrite',
                'reportStoreRecovered',
              ],
            },
            onError: { target: 'waiting', actions: 'giveBackWrite' },
          },
        },
      },
    },
  },
});
