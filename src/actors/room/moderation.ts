/**
 * The machine that judges one message, broadcast or call: it asks the check of the room's messages and the handler
 * (`onMessage`, `onBroadcast`, `onCall`). Where there is neither, there is no such machine, and a message is published at
 * once. It knows no members.
 */

import type { Clock } from '../../system/clock.ts';
import { createActor, fromPromise, setup, type ActorRefFrom } from 'xstate';
import { whoIs } from '../../events/problem.ts';
import type { EventSink } from '../../events/server-events.ts';
import type { Json, MemberInfo } from '../../protocol/command.ts';
import { because, createRefusal, type Refusal } from '../../protocol/errors.ts';
import type { Grounds } from '../../protocol/grounds.ts';
import { groundsOf } from '../runtime/grounds.ts';
import { send } from '../runtime/send.ts';
import type { ActorSender } from '../runtime/sender.ts';
import type { PublishResult } from '../backend/asking.ts';
import type { CustomClose, PublishOutcome, Publisher } from './ports.ts';
import type { MessageVerdict } from './room-options.ts';

/** What is decided: the handler's verdict, unless that breaks a limit. Nothing: it passes as it is. */
export type Verdict =
  | MessageVerdict
  /** It is published in the place of the message, and as the owner's backend asks for. */
  | { readonly type: 'publish'; readonly data: Json; readonly options: ClearedOptions }
  | { readonly type: 'refuse'; readonly refusal: Refusal; readonly close?: CustomClose | undefined };

/** What a backend asks of the stream. */
export type ClearedOptions = Pick<PublishResult, 'skipHistory' | 'tags' | 'idempotencyKey'>;

export interface ModerationInput {
  /** Absent for a broadcast. */
  readonly room: string | undefined;
  /** The message, or the method of a call. */
  readonly data: Json;
  /** Absent if the server itself publishes. */
  readonly member: MemberInfo | undefined;
  readonly publisher: Pick<Publisher, 'sender' | 'settle' | 'onGone'>;
  /** Who decides; `message` if there is only the check of the room's messages. */
  readonly handler: 'message' | 'onMessage' | 'onBroadcast' | 'onCall';
  /** Asks the check, the backend and the handler. `self` is the moderation's actor. */
  readonly judge: (signal: AbortSignal, self: ActorSender) => Promise<Verdict | undefined>;
  /** Deadline of the handler, in milliseconds. */
  readonly handlerMs: number;
  /** Hands on what is cleared. */
  readonly clear: (data: Json, from: ActorSender, options?: ClearedOptions) => void;
  readonly events: EventSink;
}

const HANDLER_FAILED = createRefusal('internal', 'the message could not be handled, try again later');

export interface ModerationEvent {
  /** The publisher's connection has closed. */
  readonly type: 'moderation.abandon';
}

const machine = setup({
  types: {
    context: {} as ModerationInput,
    input: {} as ModerationInput,
    events: {} as ModerationEvent,
  },
  actors: {
    moderate: fromPromise<
      Verdict | undefined,
      { readonly context: ModerationInput; readonly self: ActorSender }
    >(({ input: { context, self }, signal }) => context.judge(signal, self)),
  },
  delays: { handlerDeadline: ({ context }) => context.handlerMs },
  guards: {
    isType: (_, params: { verdict: Verdict | undefined; type: Verdict['type'] }) =>
      params.verdict?.type === params.type,
  },
  actions: {
    clear: ({ context, self }, { verdict }: { verdict: Verdict | undefined }) => {
      if (verdict?.type === 'publish') context.clear(verdict.data, self, verdict.options);
      else context.clear(verdict?.type === 'change' ? verdict.data : context.data, self);
    },
    settle: ({ context, event, self }, { outcome }: { outcome: PublishOutcome }) => {
      const grounds = groundsOf(self, event, 'settle');
      if (outcome.type === 'dropped') noteDropped(context, grounds);
      context.publisher.settle(
        outcome.type === 'refused' ? { ...outcome, refusal: because(outcome.refusal, grounds) } : outcome,
        self,
      );
    },
    reportHandler: ({ context }, params: { error: unknown }) => reportFailure(context, params.error),
    reportLate: ({ context }) =>
      reportFailure(context, new Error(`${context.handler} has outlived its deadline`)),
  },
});

export const moderationMachine = machine.createMachine({
  id: 'moderation',
  description: 'One message, broadcast or call that a handler decides on.',
  context: ({ input }) => input,
  initial: 'moderating',
  states: {
    moderating: {
      description: "The handler decides, and before it the owner's backend, each within its deadline.",
      invoke: {
        src: 'moderate',
        input: ({ context, self }) => ({ context, self }),
        onDone: [
          {
            guard: {
              type: 'isType',
              params: ({ event }) => ({ verdict: event.output, type: 'drop' as const }),
            },
            target: 'dropped',
            actions: {
              type: 'settle',
              params: ({ event }) => ({ outcome: toOutcome(event.output) }),
            },
          },
          {
            guard: {
              type: 'isType',
              params: ({ event }) => ({ verdict: event.output, type: 'answer' as const }),
            },
            target: 'answered',
            actions: {
              type: 'settle',
              params: ({ event }) => ({ outcome: toOutcome(event.output) }),
            },
          },
          {
            guard: {
              type: 'isType',
              params: ({ event }) => ({ verdict: event.output, type: 'refuse' as const }),
            },
            target: 'refused',
            actions: {
              type: 'settle',
              params: ({ event }) => ({ outcome: toOutcome(event.output) }),
            },
          },
          {
            target: 'cleared',
            actions: { type: 'clear', params: ({ event }) => ({ verdict: event.output }) },
          },
        ],
        onError: {
          target: 'refused',
          actions: [
            { type: 'reportHandler', params: ({ event }) => ({ error: event.error }) },
            { type: 'settle', params: { outcome: { type: 'refused', refusal: HANDLER_FAILED } } },
          ],
        },
      },
      on: { 'moderation.abandon': 'abandoned' },
      after: {
        handlerDeadline: {
          target: 'refused',
          actions: [
            'reportLate',
            { type: 'settle', params: { outcome: { type: 'refused', refusal: HANDLER_FAILED } } },
          ],
        },
      },
    },
    cleared: {
      description:
        'The message, perhaps changed, goes on: the room takes it up as its broadcast allows; a call is made.',
      type: 'final',
    },
    abandoned: {
      description: 'The publisher went away before the handler decided; the handler is told to stop.',
      type: 'final',
    },
    dropped: { description: 'The handler dropped the message.', type: 'final' },
    answered: { description: 'The handler answered the sender instead.', type: 'final' },
    refused: {
      description: 'The handler refused or failed, or made too long a message.',
      type: 'final',
    },
  },
});

export type ModerationRef = ActorRefFrom<typeof moderationMachine>;

/** Moderations that are being judged, by the ids of their actors. */
export type Moderations = Map<string, ModerationRef>;

/** Starts the moderation of one message, and keeps it in `moderations`. If the machine fails, only this message is lost. */
export function startModeration(
  machine: typeof moderationMachine,
  id: string,
  input: ModerationInput,
  moderations: Moderations,
  clock: Clock,
): void {
  const actor = createActor(machine, { id, input, clock });
  moderations.set(id, actor);
  actor.subscribe({
    complete: () => moderations.delete(id),
    error: (error) => {
      moderations.delete(id);
      reportFailure(input, error);
      input.publisher.settle({ type: 'refused', refusal: HANDLER_FAILED }, actor);
    },
  });
  actor.start();
  const { publisher } = input;
  publisher.onGone?.(() => send(actor, { type: 'moderation.abandon' }, publisher.sender));
}

/** A message that is dropped without a reason looks to its publisher like one that was published. */
function noteDropped({ events, room, member, handler }: ModerationInput, grounds: Grounds): void {
  events.emit('problem.noted', {
    kind: 'dropped',
    reason: `${handler} has dropped a message`,
    ...grounds,
    handler,
    ...(room !== undefined && { room }),
    ...(member !== undefined && whoIs(member)),
  });
}

function reportFailure({ events, room, handler }: ModerationInput, error: unknown): void {
  events.emit('handler.failed', { handler, error, ...(room !== undefined && { room }) });
}

function toOutcome(verdict: Verdict | undefined): PublishOutcome {
  if (verdict?.type === 'refuse') {
    const { refusal, close } = verdict;
    return close === undefined ? { type: 'refused', refusal } : { type: 'refused', refusal, close };
  }
  if (verdict?.type === 'answer') return { type: 'answered', data: verdict.data };
  if (verdict?.type === 'drop' && verdict.reason !== undefined) {
    const refusal: Refusal = createRefusal('permissionDenied', verdict.reason);
    return { type: 'refused', refusal };
  }
  return { type: 'dropped' };
}
