/** What a membership is given, hears and tells, and the guards and actions that its chart (membership.ts) names. */

import { fromPromise, setup, type EventObject } from 'xstate';
import type { EventSink, LeaveReason } from '../../events/server-events.ts';
import { because, createRefusal, type Refusal } from '../../protocol/errors.ts';
import type { MembershipChange } from '../../storage/membership-store.ts';
import type { PresentMember } from '../../broker/presence/presence.ts';
import type { QuestionOutcome, RoomQuestions, SubscribeResult } from '../backend/asking.ts';
import type { CloseName } from '../../protocol/close-codes.ts';
import type { CustomClose, ProofOutcome, RoomEntry, RoomGrant, Subscriber } from './ports.ts';
import { toHandlerMember, type JoinRefusal, type RoomHandlers } from './room-options.ts';
import { RoomFullError } from './parts/seat.ts';
import { isListed, toRoomMember } from './room-member.ts';
import { refuseFullRoom } from './rules/refuse-by-rules.ts';
import type { StreamReading } from './stream/stream-reading.ts';
import { readJoinVerdict } from './verdicts.ts';
import { groundsOf } from '../runtime/grounds.ts';
import { send } from '../runtime/send.ts';
import type { ActorSender } from '../runtime/sender.ts';

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

export interface MembershipListing {
  readonly type: 'membership.listing';
  readonly listing: Promise<void>;
}

export interface MembershipLeave {
  readonly type: 'membership.leave';
  readonly reason: LeaveReason;
}

/** What a membership tells its room. */
export type MemberFact =
  | {
      readonly type: 'member.recording';
      readonly change: MembershipChange;
      /** Of a join: what the presence is told. */
      readonly listed?: PresentMember;
      /** Where `membership.recorded` or `membership.unrecorded` goes. */
      readonly recorder: { send(event: MembershipEvent): void };
    }
  | {
      readonly type: 'member.joined';
      readonly subscriber: Subscriber;
      readonly joinedAt: number;
      readonly resumed: boolean;
      readonly grant: RoomGrant | undefined;
      /** The connection subscribes its socket itself. */
      readonly readsStream: boolean;
    }
  /** It went away before it had joined. */
  | { readonly type: 'member.withdrawn'; readonly id: string }
  | { readonly type: 'member.leaving'; readonly id: string }
  | {
      readonly type: 'member.left';
      readonly subscriber: Subscriber;
      readonly reason: LeaveReason;
      readonly joinedAt: number;
    }
  | { readonly type: 'member.refused'; readonly subscriber: Subscriber; readonly refusal: Refusal }
  | { readonly type: 'member.failed'; readonly subscriber: Subscriber; readonly error: unknown };

export interface MembershipInput {
  readonly room: string;
  readonly subscriber: Subscriber;
  /** When the join was asked for, in milliseconds since 1970. */
  readonly joinedAt: number;
  /** True when the server joins a returning user by itself. */
  readonly resumed: boolean;
  /** How the connection joins; absent for a leave, and where only the room's name was given. */
  readonly entry: RoomEntry | undefined;
  /** Reads the room's stream; absent if the client's protocol does not ask for it. */
  readonly reading: StreamReading | undefined;
  /** Present when the broker has yet to bring the room's publications to this node; it rejects when that fails. */
  readonly listening: Promise<void> | undefined;
  readonly handlers: RoomHandlers;
  /** What is asked of the owner's backend; undefined where nothing is. */
  readonly questions: RoomQuestions | undefined;
  /** Deadline of a handler, in milliseconds. */
  readonly handlerMs: number;
  readonly tellRoom: (fact: MemberFact, from: ActorSender) => void;
  readonly events: EventSink;
}

export interface MembershipContext extends MembershipInput {
  refusal: Refusal;
  reason: LeaveReason;
  /** The connection is closed for the refusal. */
  close: CloseName | CustomClose | undefined;
  /** What a token, the backend or the server has said. */
  grant: RoomGrant | undefined;
  /** Settles when the presence has answered. */
  listing: Promise<void> | undefined;
}

export const UNRECOVERABLE = createRefusal('unrecoverable');
export const RECORD_FAILED = createRefusal('internal', 'the join could not be recorded, try again later');
export const SUBSCRIBE_FAILED = createRefusal('internal', 'the room cannot be reached, try again later');
export const PROOF_FAILED = createRefusal('internal', 'the token could not be checked, try again later');
const HANDLER_FAILED = createRefusal('internal', 'the join could not be decided on, try again later');

export const membershipSetup = setup({
  types: {
    context: {} as MembershipContext,
    input: {} as MembershipInput,
    events: {} as MembershipEvent,
  },
  actors: {
    authorize: fromPromise<JoinRefusal | undefined, MembershipContext>(async ({ input, signal }) => {
      const { resumed, entry } = input;
      const data = entry?.request?.data;
      const context = {
        ...toHandlerContext(input, signal),
        resumed,
        ...(data !== undefined && { data }),
      };
      return readJoinVerdict(await input.handlers.onJoin?.(context));
    }),
    verify: fromPromise<ProofOutcome, MembershipContext>(({ input: { entry, subscriber, room } }) =>
      subscriber.prove(room, entry?.request?.token ?? ''),
    ),
    askBackend: fromPromise<
      QuestionOutcome<SubscribeResult>,
      { readonly context: MembershipContext; readonly self: ActorSender }
    >(({ input, signal }) => askBackend(input.context, input.self, signal)),
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
    hasToken: ({ context: { entry, grant, questions } }) =>
      grant === undefined &&
      entry?.request?.token !== undefined &&
      !(questions?.subscribe !== undefined && questions.passesTokens),
    /** Not where a token or the server has decided. */
    asksBackend: ({ context: { questions, grant } }) =>
      questions?.subscribe !== undefined && grant === undefined,
    isAllowed: (_, { outcome }: { outcome: QuestionOutcome<SubscribeResult> }) => outcome.type === 'result',
    isGranted: (_, { outcome }: { outcome: ProofOutcome }) => outcome.type === 'granted',
    isUnrecoverable: ({ context: { reading } }) => reading?.isUnrecoverable === true,
    /** Where the broker takes time, this is not known yet. */
    isKnownUnrecoverable: ({ context: { reading, listening } }) =>
      listening === undefined && reading?.isUnrecoverable === true,
    hasJoinHandler: ({ context }) => context.handlers.onJoin !== undefined,
    hasLeaveHandler: ({ context }) => context.handlers.onLeave !== undefined,
    isRefusal: (_, params: { output: JoinRefusal | undefined }) => params.output !== undefined,
  },
  actions: {
    recordJoin: ({ context, self }) => {
      const { id, user, info } = context.subscriber.member;
      const { joinedAt, grant } = context;
      const member = user === undefined ? { id, joinedAt } : { id, user, joinedAt };
      const listed =
        info === undefined && grant?.info === undefined
          ? member
          : { ...toRoomMember(context.subscriber.member, grant), joinedAt };
      context.tellRoom(
        {
          type: 'member.recording',
          change: { type: 'put', member },
          ...(isListed(grant) && { listed }),
          recorder: self,
        },
        self,
      );
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
      const { subscriber, joinedAt, resumed, room, reading, grant } = context;
      // With a reading, the connection subscribes its socket itself, in the turn in which it ends the reading.
      if (reading === undefined) subscriber.port.subscribe(room);
      // Answered before the event bus hears of it: what a listener publishes comes after the answer.
      subscriber.send({ type: 'room.joined', room, reading, grant }, self);
      const readsStream = reading !== undefined;
      context.tellRoom({ type: 'member.joined', subscriber, joinedAt, resumed, grant, readsStream }, self);
      subscriber.goOn();
    },
    letOut: ({ context, self }) => {
      context.subscriber.port.unsubscribe(context.room);
      context.tellRoom({ type: 'member.leaving', id: context.subscriber.member.id }, self);
    },
    tellLeft: ({ context, self }) => {
      const { subscriber, reason, room, joinedAt } = context;
      context.tellRoom({ type: 'member.left', subscriber, reason, joinedAt }, self);
      subscriber.send({ type: 'room.left', room }, self);
    },
    tellWithdrawn: ({ context, self }) => {
      const { subscriber, room, reading } = context;
      reading?.cancel();
      context.tellRoom({ type: 'member.withdrawn', id: subscriber.member.id }, self);
      subscriber.send({ type: 'room.left', room }, self);
    },
    tellRefused: ({ context, self }) => {
      const { subscriber, refusal, room, close, reading } = context;
      reading?.cancel();
      context.tellRoom({ type: 'member.refused', subscriber, refusal }, self);
      subscriber.send({ type: 'room.refused', room, refusal, close }, self);
    },
    // In place, and not by `assign`, which would leave the fast lane.
    noteProof: (args, { outcome }: { outcome: ProofOutcome }) => {
      const { context } = args;
      if (outcome.type === 'granted') {
        context.grant = outcome.grant;
      } else {
        refuse(args, 'noteProof', outcome.refusal);
        context.close = outcome.close;
      }
    },
    noteAnswer: (args, { outcome }: { outcome: QuestionOutcome<SubscribeResult> }) => {
      const { context } = args;
      switch (outcome.type) {
        case 'result':
          context.grant = { ...outcome.result, isAskedAgain: true };
          break;
        case 'error':
          refuse(args, 'noteAnswer', outcome.refusal);
          break;
        case 'disconnect':
          refuse(args, 'noteAnswer', createRefusal('permissionDenied', outcome.close.reason || undefined));
          context.close = outcome.close;
          break;
        case 'failed':
          refuse(args, 'noteAnswer', HANDLER_FAILED);
      }
    },
    noteReason: ({ context }, params: { reason: LeaveReason }) => {
      context.reason = params.reason;
    },
    noteListing: ({ context }, params: { listing: Promise<void> }) => {
      context.listing = params.listing;
    },
    noteRefusal: (args, params: { refusal: Refusal }) => refuse(args, 'noteRefusal', params.refusal),
    noteUnlisted: (args, { error }: { readonly error: unknown }) => {
      const isFull = error instanceof RoomFullError;
      refuse(args, 'noteUnlisted', isFull ? refuseFullRoom(args.context.room) : RECORD_FAILED);
    },
    reportHandler: (args, params: { handler: 'onJoin' | 'onLeave'; error: unknown }) => {
      const { room, events } = args.context;
      refuse(args, 'reportHandler', HANDLER_FAILED);
      events.emit('handler.failed', { room, ...params });
    },
  },
});

/** Keeps why the join is refused. */
function refuse(
  { context, event, self }: { context: MembershipContext; event: EventObject; self: ActorSender },
  action: string,
  refusal: Refusal,
): void {
  context.refusal = because(refusal, groundsOf(self, event, action));
}

export const noteReason = {
  type: 'noteReason',
  params: ({ event }: { readonly event: MembershipLeave }) => event,
} as const;
export const noteRefusal = {
  type: 'noteRefusal',
  params: ({ event }: { readonly event: { readonly refusal: Refusal } }) => event,
} as const;
export const noteListing = {
  type: 'noteListing',
  params: ({ event }: { readonly event: MembershipListing }) => event,
} as const;

/** What is spread stands last: the other way round, each object would get a hidden class of its own. */
export function toContext(input: MembershipInput): MembershipContext {
  return {
    refusal: HANDLER_FAILED,
    reason: 'left',
    close: undefined,
    grant: input.entry?.grant,
    listing: undefined,
    ...input,
  };
}

/** @param self The membership, which waits for the answer. */
async function askBackend(
  { room, subscriber, entry, questions }: MembershipContext,
  self: ActorSender,
  gone: AbortSignal,
): Promise<QuestionOutcome<SubscribeResult>> {
  const { member, facts } = subscriber;
  const { token, data } = entry?.request ?? {};
  const asked = { room, data, token: questions?.passesTokens === true ? token : undefined };
  return (
    (await questions?.subscribe?.ask({ member, facts, sender: self }, asked, gone)) ?? { type: 'failed' }
  );
}

function toHandlerContext({ room, subscriber }: MembershipContext, signal: AbortSignal) {
  return { room, member: toHandlerMember(subscriber.member, subscriber.data), signal };
}
