/**
 * The machine of one connection in one room: the join and the leave, as states. It rests as a record
 * while nothing happens to it (see roster.ts) and wakes from `joined`. It knows no store and no other member.
 */

import type { Clock } from '../../system/clock.ts';
import { createActor, type ActorRefFrom, type SnapshotFrom } from 'xstate';
import { toRefusal } from './verdicts.ts';
import type { SharedSystem } from '../runtime/shared-system.ts';
import {
  type MembershipInput,
  PROOF_FAILED,
  RECORD_FAILED,
  SUBSCRIBE_FAILED,
  UNRECOVERABLE,
  membershipSetup,
  noteReason,
  noteRefusal,
  noteListing,
  toContext,
} from './membership-setup.ts';

export const membershipMachine = membershipSetup.createMachine({
  id: 'membership',
  description: 'One connection in one room, from the request to join until it has left.',
  context: ({ input }) => toContext(input),
  initial: 'requesting',
  states: {
    requesting: {
      description: 'The join is being decided on and recorded; nobody sees the member yet.',
      initial: 'admitting',
      states: {
        admitting: {
          description: 'The room has a seat; whether something is to be waited for is looked up.',
          always: [
            { guard: 'hasToken', target: 'verifying' },
            {
              guard: 'isKnownUnrecoverable',
              target: '#membership.refused',
              actions: { type: 'noteRefusal', params: { refusal: UNRECOVERABLE } },
            },
            { guard: 'asksBackend', target: 'asking' },
            { guard: 'hasJoinHandler', target: 'authorizing' },
            { guard: 'mustWaitForRoom', target: 'subscribing' },
            { target: 'recording' },
          ],
        },
        verifying: {
          description: 'The subscription token of the client is being checked.',
          meta: { maxSeconds: 30 },
          invoke: {
            src: 'verify',
            input: ({ context }) => context,
            onDone: [
              {
                guard: { type: 'isGranted', params: ({ event }) => ({ outcome: event.output }) },
                target: 'admitting',
                actions: { type: 'noteProof', params: ({ event }) => ({ outcome: event.output }) },
              },
              {
                target: '#membership.refused',
                actions: { type: 'noteProof', params: ({ event }) => ({ outcome: event.output }) },
              },
            ],
            onError: {
              target: '#membership.refused',
              actions: { type: 'noteRefusal', params: { refusal: PROOF_FAILED } },
            },
          },
          on: {
            'membership.leave': '#membership.withdrawn',
            'membership.refuse': { target: '#membership.refused', actions: noteRefusal },
          },
        },
        asking: {
          description: "The owner's backend is asked, by a question of its own that has a deadline.",
          invoke: {
            src: 'askBackend',
            input: ({ context, self }) => ({ context, self }),
            onDone: [
              {
                guard: { type: 'isAllowed', params: ({ event }) => ({ outcome: event.output }) },
                target: 'admitting',
                actions: { type: 'noteAnswer', params: ({ event }) => ({ outcome: event.output }) },
              },
              {
                target: '#membership.refused',
                actions: { type: 'noteAnswer', params: ({ event }) => ({ outcome: event.output }) },
              },
            ],
            // The refusal is the one of a decision that could not be made.
            onError: '#membership.refused',
          },
          on: {
            'membership.leave': '#membership.withdrawn',
            'membership.refuse': { target: '#membership.refused', actions: noteRefusal },
          },
        },
        authorizing: {
          description: "The room's onJoin handler decides, within its deadline.",
          invoke: {
            src: 'authorize',
            input: ({ context }) => context,
            onDone: [
              {
                guard: { type: 'isRefusal', params: ({ event }) => ({ output: event.output }) },
                target: '#membership.refused',
                actions: {
                  type: 'noteRefusal',
                  params: ({ event }) => ({ refusal: toRefusal(event.output ?? { refused: '' }) }),
                },
              },
              { guard: 'mustWaitForRoom', target: 'subscribing' },
              { target: 'recording' },
            ],
            onError: {
              target: '#membership.refused',
              actions: {
                type: 'reportHandler',
                params: ({ event }) => ({ handler: 'onJoin' as const, error: event.error }),
              },
            },
          },
          after: {
            handlerDeadline: {
              target: '#membership.refused',
              actions: {
                type: 'reportHandler',
                params: () => ({
                  handler: 'onJoin' as const,
                  error: new Error('onJoin has outlived its deadline'),
                }),
              },
            },
          },
          on: {
            'membership.leave': '#membership.withdrawn',
            'membership.refuse': { target: '#membership.refused', actions: noteRefusal },
          },
        },
        subscribing: {
          description:
            'The broker has yet to bring the publications of the room to this node: its first members wait for that.',
          meta: { maxSeconds: 30 },
          invoke: {
            src: 'hearRoom',
            input: ({ context }) => context,
            onDone: [
              {
                guard: 'isUnrecoverable',
                target: '#membership.refused',
                actions: { type: 'noteRefusal', params: { refusal: UNRECOVERABLE } },
              },
              { target: 'recording' },
            ],
            onError: {
              target: '#membership.refused',
              actions: { type: 'noteRefusal', params: { refusal: SUBSCRIBE_FAILED } },
            },
          },
          on: {
            'membership.leave': '#membership.withdrawn',
            'membership.refuse': { target: '#membership.refused', actions: noteRefusal },
          },
        },
        recording: {
          description:
            "The room's journal takes the join, and answers when it is as safe as the durability asks for.",
          meta: { maxSeconds: 60 },
          entry: 'recordJoin',
          on: {
            'membership.recorded': '#membership.joined',
            'membership.listing': { target: 'listing', actions: noteListing },
            'membership.unrecorded': {
              target: '#membership.refused',
              actions: { type: 'noteRefusal', params: { refusal: RECORD_FAILED } },
            },
            'membership.leave': { target: '#membership.withdrawing', actions: noteReason },
            'membership.refuse': { target: '#membership.retracting', actions: noteRefusal },
          },
        },
        listing: {
          description: 'The join is recorded; the presence has yet to list the member.',
          meta: { maxSeconds: 30 },
          invoke: {
            src: 'beListed',
            input: ({ context }) => context,
            onDone: '#membership.joined',
            onError: {
              target: '#membership.retracting',
              actions: { type: 'noteUnlisted', params: ({ event }) => event },
            },
          },
          on: {
            'membership.leave': { target: '#membership.withdrawing', actions: [noteReason, 'unlist'] },
            'membership.refuse': { target: '#membership.retracting', actions: noteRefusal },
          },
        },
      },
    },
    retracting: {
      description: 'The join is refused after it was recorded: the record is taken back.',
      meta: { maxSeconds: 60 },
      entry: 'recordLeave',
      on: {
        'membership.recorded': { target: 'refused', actions: 'unlist' },
        'membership.unrecorded': { target: 'refused', actions: 'unlist' },
      },
    },
    withdrawing: {
      description: 'The connection went away while its join was being recorded: the record is taken back.',
      meta: { maxSeconds: 60 },
      entry: 'recordLeave',
      on: { 'membership.recorded': 'withdrawn', 'membership.unrecorded': 'withdrawn' },
    },
    withdrawn: {
      description: 'The connection went away before it had joined.',
      type: 'final',
      entry: 'tellWithdrawn',
    },
    joined: {
      description:
        'The connection is a member and receives what is published. The actor may rest here as a record.',
      entry: 'letIn',
      on: { 'membership.leave': { target: 'leaving', actions: noteReason } },
    },
    leaving: {
      description: 'The member receives nothing any more; its leave is being recorded.',
      meta: { maxSeconds: 60 },
      initial: 'recording',
      entry: 'letOut',
      states: {
        recording: {
          description: "The room's journal takes the leave; a leave is never refused, only recorded later.",
          entry: 'recordLeave',
          on: {
            'membership.recorded': '#membership.left',
            'membership.unrecorded': '#membership.left',
          },
        },
      },
    },
    left: {
      description: 'The connection is no member any more, and knows it.',
      entry: 'tellLeft',
      initial: 'parting',
      states: {
        parting: {
          description: 'Whether a handler is to be told is looked up.',
          always: [{ guard: 'hasLeaveHandler', target: 'notifying' }, { target: 'parted' }],
        },
        notifying: {
          description: "The room's onLeave handler is told, within its deadline.",
          invoke: {
            src: 'sayGoodbye',
            input: ({ context }) => context,
            onDone: 'parted',
            onError: {
              target: 'parted',
              actions: {
                type: 'reportHandler',
                params: ({ event }) => ({ handler: 'onLeave' as const, error: event.error }),
              },
            },
          },
          after: {
            handlerDeadline: {
              target: 'parted',
              actions: {
                type: 'reportHandler',
                params: () => ({
                  handler: 'onLeave' as const,
                  error: new Error('onLeave has outlived its deadline'),
                }),
              },
            },
          },
        },
        parted: { description: 'All is said.', type: 'final' },
      },
      onDone: 'gone',
    },
    gone: { description: 'Nothing is left of the membership.', type: 'final' },
    refused: {
      description: 'The join was not allowed, or could not be recorded; the connection knows why.',
      type: 'final',
      entry: 'tellRefused',
    },
  },
});

export type MembershipRef = ActorRefFrom<typeof membershipMachine>;

type MembershipMachine = typeof membershipMachine;

/** Where memberships live. */
interface MembershipSurroundings {
  readonly system: SharedSystem;
  /** For those that are given a deadline. */
  readonly clock: Clock;
}

/** The id of a membership's actor; a connection's id has no `@`, so that it can be taken apart again. */
export function nameMembership(connection: string, room: string): string {
  return `${connection}@${room}`;
}

/** Starts a join, or goes on from a snapshot. A machine that fails costs this one join: `member.failed` tells the room. */
export function startMembership(
  machine: MembershipMachine,
  input: MembershipInput,
  { system, clock }: MembershipSurroundings,
  snapshot?: SnapshotFrom<MembershipMachine>,
): MembershipRef {
  const { subscriber, room, handlers, tellRoom } = input;
  const id = nameMembership(subscriber.member.id, room);
  const options = snapshot === undefined ? { id, input } : { id, input, snapshot };
  // One that may wait for a handler has a deadline for it, and so a system of its own.
  const mayWait = handlers.onJoin !== undefined || handlers.onLeave !== undefined;
  const actor = mayWait ? createActor(machine, { ...options, clock }) : system.create(machine, options);
  actor.subscribe({ error: (error) => tellRoom({ type: 'member.failed', subscriber, error }, actor) });
  return actor.start();
}

/** Wakes a resting membership in the state in which it rested. */
export function wakeMembership(
  machine: MembershipMachine,
  input: MembershipInput,
  surroundings: MembershipSurroundings,
): MembershipRef {
  // Copied, as XState copies that of a beginning: contexts then have one hidden class.
  const snapshot = machine.resolveState({ value: 'joined', context: { ...toContext(input) } });
  return startMembership(machine, input, surroundings, snapshot);
}
