/**
 * The chart of one question to the backend of the server's owner, from when it is asked until somebody knows the answer.
 * How a question is sent is its input's; who waits for the answer knows it by a promise.
 */

import { createActor, fromPromise, setup, type ActorRefFrom } from 'xstate';
import type { EventSink } from '../../events/server-events.ts';
import type { MemberInfo } from '../../protocol/command.ts';
import type { Clock } from '../../system/clock.ts';
import { send } from '../runtime/send.ts';
import type { ActorSender } from '../runtime/sender.ts';
import type { BackendAnswer, QuestionKind, QuestionOutcome, UnusableAnswer } from './asking.ts';
import type { BackendRef } from './backend.ts';
import type { TurnedAwayReason, VisitOutcome } from './backend-events.ts';

export interface QuestionInput {
  readonly kind: QuestionKind;
  /** Absent where it is not about a room. */
  readonly room: string | undefined;
  readonly member: MemberInfo;
  /** The name of the backend, or of the TARS servant. */
  readonly target: string;
  /** Whose turn it waits for. Absent for a servant, whose proxy has its own queue and circuit. */
  readonly backend: BackendRef | undefined;
  /** Sends the question. A rejection is a failure of the backend. */
  readonly pose: (signal: AbortSignal) => Promise<Posing>;
  readonly timeoutMs: number;
  /** Called once. */
  readonly settle: (outcome: QuestionOutcome<unknown>) => void;
  readonly events: EventSink;
}

type Posing = BackendAnswer<unknown> | UnusableAnswer;

export type QuestionEvent =
  /** The backend has its turn for this question. */
  | { readonly type: 'question.admitted' }
  | { readonly type: 'question.turnedAway'; readonly reason: TurnedAwayReason }
  /** Nobody waits for the answer any more. */
  | { readonly type: 'question.abandon' };

const TURNED_AWAY: Readonly<Record<TurnedAwayReason, string>> = {
  circuitOpen: 'it has not answered lately, and is left alone for a moment',
  tooMany: 'too many questions wait for it',
  stopping: 'the server is shutting down',
};

const machine = setup({
  types: { context: {} as QuestionInput, input: {} as QuestionInput, events: {} as QuestionEvent },
  actors: {
    pose: fromPromise<Posing, QuestionInput>(({ input, signal }) => input.pose(signal)),
  },
  delays: { deadline: ({ context }) => context.timeoutMs },
  guards: {
    needsNoTurn: ({ context }) => context.backend === undefined,
    isResult: (_, { answer }: { readonly answer: Posing }) => answer.type === 'result',
    isUnusable: (_, { answer }: { readonly answer: Posing }) => answer.type === 'unusable',
  },
  actions: {
    wantTurn: ({ context: { backend }, self }) => {
      if (backend === undefined) return;
      // A backend that has ended says nothing.
      if (backend.getSnapshot().status === 'active') {
        send(backend, { type: 'question.wanted', question: self }, self);
      } else send(self, { type: 'question.turnedAway', reason: 'stopping' }, backend);
    },
    endVisit: ({ context: { backend }, self }, { outcome }: { readonly outcome: VisitOutcome }) => {
      if (backend !== undefined) send(backend, { type: 'question.ended', question: self, outcome }, self);
    },
    settle: ({ context }, { answer }: { readonly answer: Posing }) => {
      if (answer.type !== 'unusable') context.settle(answer);
    },
    reportUnusable: ({ context }, { answer }: { readonly answer: Posing }) => {
      if (answer.type === 'unusable') reportFailure(context, answer.error);
    },
    settleFailed: ({ context }) => context.settle({ type: 'failed' }),
    report: ({ context }, { error }: { readonly error: unknown }) => reportFailure(context, error),
    reportTurnedAway: ({ context }, { reason }: { readonly reason: TurnedAwayReason }) =>
      reportFailure(context, new Error(`it was not asked: ${TURNED_AWAY[reason]}`)),
    reportLate: ({ context }) =>
      reportFailure(context, new Error(`no answer within ${context.timeoutMs} ms`)),
  },
});

export const questionMachine = machine.createMachine({
  id: 'question',
  description: 'One question to the backend of the server’s owner.',
  context: ({ input }) => input,
  initial: 'open',
  states: {
    open: {
      description: 'Somebody waits for the answer, until the deadline.',
      initial: 'choosing',
      on: { 'question.abandon': 'abandoned' },
      after: { deadline: 'late' },
      states: {
        choosing: {
          description: 'A servant is asked at once: its proxy has a queue of its own.',
          always: [{ guard: 'needsNoTurn', target: 'asking' }, { target: 'waiting' }],
        },
        waiting: {
          description: 'The backend is asked by others, or is left alone for a moment.',
          entry: 'wantTurn',
          on: {
            'question.admitted': 'asking',
            'question.turnedAway': {
              target: '#question.failed',
              actions: { type: 'reportTurnedAway', params: ({ event }) => event },
            },
          },
        },
        asking: {
          description: 'The question is sent.',
          invoke: {
            src: 'pose',
            input: ({ context }) => context,
            onDone: [
              {
                guard: { type: 'isResult', params: ({ event }) => ({ answer: event.output }) },
                target: '#question.answered',
                actions: { type: 'settle', params: ({ event }) => ({ answer: event.output }) },
              },
              {
                guard: { type: 'isUnusable', params: ({ event }) => ({ answer: event.output }) },
                target: '#question.unusable',
                actions: { type: 'reportUnusable', params: ({ event }) => ({ answer: event.output }) },
              },
              {
                target: '#question.refused',
                actions: { type: 'settle', params: ({ event }) => ({ answer: event.output }) },
              },
            ],
            onError: {
              target: '#question.failed',
              actions: { type: 'report', params: ({ event }) => ({ error: event.error }) },
            },
          },
        },
      },
    },
    answered: {
      description: 'The backend agrees, and may have said more.',
      type: 'final',
      entry: { type: 'endVisit', params: { outcome: 'answered' } },
    },
    refused: {
      description: 'The backend refuses with an error, or has the connection closed.',
      type: 'final',
      entry: { type: 'endVisit', params: { outcome: 'answered' } },
    },
    unusable: {
      description:
        'The backend has answered with what is no answer to this question; the client may try again later.',
      type: 'final',
      entry: [{ type: 'endVisit', params: { outcome: 'answered' } }, 'settleFailed'],
    },
    failed: {
      description: 'There is no answer; the client may try again later.',
      type: 'final',
      entry: [{ type: 'endVisit', params: { outcome: 'failed' } }, 'settleFailed'],
    },
    late: {
      description: 'The deadline has passed; the request is ended.',
      type: 'final',
      entry: ['reportLate', { type: 'endVisit', params: { outcome: 'failed' } }, 'settleFailed'],
    },
    abandoned: {
      description:
        'Nobody waits for the answer any more, such as when the client has gone; the request is ended.',
      type: 'final',
      entry: [{ type: 'endVisit', params: { outcome: 'left' } }, 'settleFailed'],
    },
  },
});

export type QuestionRef = ActorRefFrom<typeof questionMachine>;

/** Questions under way, by the ids of their actors. */
export type QuestionsUnderWay = Map<string, QuestionRef>;

/** Starts a question, and keeps it in `underWay` until it ends. If its machine fails, only this question fails. */
export function startQuestion(
  live: typeof questionMachine,
  id: string,
  input: QuestionInput,
  underWay: QuestionsUnderWay,
  clock: Clock,
): QuestionRef {
  const actor = createActor(live, { id, input, clock });
  underWay.set(id, actor);
  actor.subscribe({
    complete: () => underWay.delete(id),
    error: (error) => {
      underWay.delete(id);
      reportFailure(input, error);
      endVisitOf(input, actor);
      input.settle({ type: 'failed' });
    },
  });
  return actor.start();
}

function endVisitOf({ backend }: QuestionInput, question: QuestionRef): void {
  if (backend !== undefined) send(backend, { type: 'question.ended', question, outcome: 'left' }, question);
}

function reportFailure({ events, kind, target, room, member }: QuestionInput, error: unknown): void {
  events.emit('question.failed', {
    question: kind,
    backend: target,
    connection: member.id,
    ...(room !== undefined && { room }),
    error,
  });
}

/** Tells a question that nobody waits for its answer any more. */
export function abandon(question: QuestionRef, from: ActorSender): void {
  send(question, { type: 'question.abandon' }, from);
}
