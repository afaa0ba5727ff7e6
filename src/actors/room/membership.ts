/**
 * The machine of one connection in one room: the join and the leave, as states. It rests as a record
 * while nothing happens to it (see roster.ts) and wakes from `joined`. It knows no store and no other member.
 */

import type { Clock } from '../../system/clock.ts';
import { createActor, fromPromise, setup, type ActorRefFrom, type SnapshotFrom } from 'xstate';
import type { EventSink, LeaveReason } from '../../events/server-events.ts';
import { createRefusal, type Refusal } from '../../protocol/errors.ts';
import type { MembershipChange } from '../../storage/membership-store.ts';
import type { Subscriber } from './ports.ts';
import type { JoinRefusal, RoomHandlers } from './room-options.ts';
import { send } from '../runtime/send.ts';
import type { ActorSender } from '../runtime/sender.ts';
import type { SharedSystem } from '../runtime/shared-system.ts';

export type MembershipEvent =
  /** The room's journal has the change, as safely as the room's durability asks for. */
  | { readonly type: 'membership.recorded' }
  /** The same, and the presence has yet to list the member; the promise rejects when it does not. */
  | MembershipListing
  /** The room's journal cannot take the change now. */
  | { readonly type: 'membership.unrecorded' }
  /** The room is closing: a join under way is refused. */
  | { readonly type: 'membership.refuse'; readonly refusal: Refusal }
  | MembershipLeave;

interface MembershipListing {
  readonly type: 'membership.listing';
  readonly listing: Promise<void>;
}

interface MembershipLeave {
  readonly type: 'membership.leave';
  readonly reason: LeaveReason;
}

/** What a membership tells its room. */
export type MemberFact =
  | {
      readonly type: 'member.recording';
      readonly change: MembershipChange;
      /** Where `membership.recorded` or `membership.unrecorded` goes. */
      readonly recorder: { send(event: MembershipEvent): void };
    }
  | {
      readonly type: 'member.joined';
      readonly subscriber: Subscriber;
      readonly joinedAt: number;
      readonly resumed: boolean;
    }
  /** It went away before it had joined. */
  | { readonly type: 'member.withdrawn'; readonly id: string }
  | { readonly type: 'member.leaving'; readonly id: string }
  | { readonly type: 'member.left'; readonly subscriber: Subscriber; readonly reason: LeaveReason }
  | { readonly type: 'member.refused'; readonly subscriber: Subscriber; readonly refusal: Refusal }
  | { readonly type: 'member.failed'; readonly subscriber: Subscriber; readonly error: unknown };

export interface MembershipInput {
  readonly room: string;
  readonly subscriber: Subscriber;
  /** When the join was asked for, in milliseconds since 1970. */
  readonly joinedAt: number;
  /** True when the server joins a returning user by itself. */
  readonly resumed: boolean;
  /** Present when the broker has yet to bring the room's publications to this node; it rejects when that fails. */
  readonly listening: Promise<void> | undefined;
  readonly handlers: RoomHandlers;
  /** Deadline of a handler, in milliseconds. */
  readonly handlerMs: number;
  readonly tellRoom: (fact: MemberFact, from: ActorSender) => void;
  readonly events: EventSink;
}

interface MembershipContext extends MembershipInput {
  refusal: Refusal;
  reason: LeaveReason;
  /** Settles when the presence has answered. */
  listing: Promise<void> | undefined;
}

const RECORD_FAILED = createRefusal('internal', 'the join could not be recorded, try again later');
const SUBSCRIBE_FAILED = createRefusal('internal', 'the room cannot be reached, try again later');
const HANDLER_FAILED = createRefusal('internal', 'the join could not be decided on, try again later');

const machine = setup({
  types: {
    context: {} as MembershipContext,
    input: {} as MembershipInput,
    events: {} as MembershipEvent,
  },
  actors: {
    authorize: fromPromise<JoinRefusal | undefined, MembershipContext>(
      async ({ input, signal }) =>
        (await input.handlers.onJoin?.({ ...toHandlerContext(input, signal), resumed: input.resumed })) ??
        undefined,
    ),
    hearRoom: fromPromise<void, MembershipContext>(async ({ input }) => input.listening),
    beListed: fromPromise<void, MembershipContext>(async ({ input }) => input.listing),
    sayGoodbye: fromPromise<void, MembershipContext>(async ({ input, signal }) => {
      await input.handlers.onLeave?.(toHandlerContext(input, signal));
    }),
  },
  delays: {
    handlerDeadline: ({ context }) => context.handlerMs,
  },
  guards: {
    mustWaitForRoom: ({ context }) => context.listening !== undefined,
    hasJoinHandler: ({ context }) => context.handlers.onJoin !== undefined,
    hasLeaveHandler: ({ context }) => context.handlers.onLeave !== undefined,
    isRefusal: (_, params: { output: JoinRefusal | undefined }) => params.output !== undefined,
  },
  actions: {
    recordJoin: ({ context, self }) => {
      const { id, user } = context.subscriber.member;
      const member = { id, ...(user !== undefined && { user }), joinedAt: context.joinedAt };
      context.tellRoom({ type: 'member.recording', change: { type: 'put', member }, recorder: self }, self);
    },
    recordLeave: ({ context, self }) => {
      const { id, user } = context.subscriber.member;
      // A user whom a shutdown cuts off is away, not gone: the record stays for the next run to find.
      if (context.reason === 'shutdown' && user !== undefined)
        send(self, { type: 'membership.recorded' }, self);
      else
        context.tellRoom({ type: 'member.recording', change: { type: 'remove', id }, recorder: self }, self);
    },
    unlist: ({ context, self }) => {
      context.tellRoom({ type: 'member.leaving', id: context.subscriber.member.id }, self);
    },
    letIn: ({ context, self }) => {
      const { subscriber, joinedAt, resumed, room } = context;
      subscriber.port.subscribe(room);
      // Answered before the event bus hears of it: what a listener publishes comes after the answer.
      subscriber.send({ type: 'room.joined', room }, self);
      context.tellRoom({ type: 'member.joined', subscriber, joinedAt, resumed }, self);
    },
    letOut: ({ context, self }) => {
      context.subscriber.port.unsubscribe(context.room);
      context.tellRoom({ type: 'member.leaving', id: context.subscriber.member.id }, self);
    },
    tellLeft: ({ context, self }) => {
      const { subscriber, reason, room } = context;
      context.tellRoom({ type: 'member.left', subscriber, reason }, self);
      subscriber.send({ type: 'room.left', room }, self);
    },
    tellWithdrawn: ({ context, self }) => {
      const { subscriber, room } = context;
      context.tellRoom({ type: 'member.withdrawn', id: subscriber.member.id }, self);
      subscriber.send({ type: 'room.left', room }, self);
    },
    tellRefused: ({ context, self }) => {
      const { subscriber, refusal, room } = context;
      context.tellRoom({ type: 'member.refused', subscriber, refusal }, self);
      subscriber.send({ type: 'room.refused', room, refusal }, self);
    },
    // In place, and not by `assign`, which would leave the fast lane.
    noteReason: ({ context }, params: { reason: LeaveReason }) => {
      context.reason = params.reason;
    },
    noteListing: ({ context }, params: { listing: Promise<void> }) => {
      context.listing = params.listing;
    },
    noteRefusal: ({ context }, params: { refusal: Refusal }) => {
      context.refusal = params.refusal;
    },
    reportHandler: ({ context }, params: { handler: 'onJoin' | 'onLeave'; error: unknown }) =>
      context.events.emit('handler.failed', { room: context.room, ...params }),
  },
});

const noteReason = {
  type: 'noteReason',
  params: ({ event }: { readonly event: MembershipLeave }) => event,
} as const;
const noteRefusal = {
  type: 'noteRefusal',
  params: ({ event }: { readonly event: { readonly refusal: Refusal } }) => event,
} as const;
const noteListing = {
  type: 'noteListing',
  params: ({ event }: { readonly event: MembershipListing }) => event,
} as const;

export const membershipMachine = machine.createMachine({
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
            { guard: 'hasJoinHandler', target: 'authorizing' },
            { guard: 'mustWaitForRoom', target: 'subscribing' },
            { target: 'recording' },
          ],
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
                  params: ({ event }) => ({
                    refusal: createRefusal('permissionDenied', event.output?.refused),
                  }),
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
                params: { handler: 'onJoin', error: new Error('onJoin has outlived its deadline') },
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
          invoke: {
            src: 'hearRoom',
            input: ({ context }) => context,
            onDone: 'recording',
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
          invoke: {
            src: 'beListed',
            input: ({ context }) => context,
            onDone: '#membership.joined',
            onError: {
              target: '#membership.retracting',
              actions: { type: 'noteRefusal', params: { refusal: RECORD_FAILED } },
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
      entry: 'recordLeave',
      on: {
        'membership.recorded': { target: 'refused', actions: 'unlist' },
        'membership.unrecorded': { target: 'refused', actions: 'unlist' },
      },
    },
    withdrawing: {
      description: 'The connection went away while its join was being recorded: the record is taken back.',
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
                params: { handler: 'onLeave', error: new Error('onLeave has outlived its deadline') },
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

/** What is spread stands last: the other way round, each object would get a hidden class of its own. */
function toContext(input: MembershipInput): MembershipContext {
  return { refusal: HANDLER_FAILED, reason: 'left', listing: undefined, ...input };
}

function toHandlerContext({ room, subscriber }: MembershipContext, signal: AbortSignal) {
  return { room, member: subscriber.member, signal };
}
