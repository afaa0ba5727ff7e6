/**
 * The chart of one backend of the server's owner, by its HTTP address: how many questions it is asked at the same time,
 * and whether it answers. It sends no requests: a question does that itself when it is admitted.
 */

import { createActor, setup, type ActorRefFrom } from 'xstate';
import type { Clock } from '../../system/clock.ts';
import { send } from '../runtime/send.ts';
import type { ActorSender } from '../runtime/sender.ts';
import type {
  BackendContext,
  BackendEvent,
  BackendInput,
  BackendVisitor,
  QuestionEnded,
  TurnedAwayReason,
} from './backend-events.ts';

interface Wanted {
  readonly question: BackendVisitor;
}

const machine = setup({
  types: { context: {} as BackendContext, input: {} as BackendInput, events: {} as BackendEvent },
  delays: {
    /** From half of the rest to all of it: servers that were cut off together do not try together. */
    circuitRest: ({ context: { policy, openings, random } }) => {
      const restMs = Math.min(policy.maxOpenMs, policy.openMs * 2 ** Math.min(openings - 1, 10));
      return restMs * (0.5 + random() / 2);
    },
  },
  guards: {
    hasSlot: ({ context: { inFlight, policy } }) => inFlight.size < policy.maxInFlight,
    hasPlace: ({ context: { waiting, policy } }) => waiting.size < policy.maxWaiting,
    isLastStraw: ({ context }, { question, outcome }: QuestionEnded) =>
      outcome === 'failed' &&
      isSilentSince(context, question) &&
      context.failures + 1 >= context.policy.failuresToOpen,
    isAnswer: ({ context }, { question, outcome }: QuestionEnded) =>
      outcome === 'answered' && context.inFlight.has(question),
    isTrial: ({ context }, { question }: QuestionEnded) => context.trial === question,
    isFailedTrial: ({ context }, { question, outcome }: QuestionEnded) =>
      context.trial === question && outcome === 'failed',
    isIdle: ({ context }) => context.inFlight.size === 0,
  },
  actions: {
    admit: ({ context, self }, { question }: Wanted) => admit(context, question, self),
    admitTrial: ({ context, self }, { question }: Wanted) => {
      context.trial = question;
      admit(context, question, self);
    },
    wait: ({ context }, { question }: Wanted) => {
      context.waiting.add(question);
    },
    turnAway: ({ self }, { question, reason }: Wanted & { readonly reason: TurnedAwayReason }) =>
      send(question, { type: 'question.turnedAway', reason }, self),
    turnAwayWaiting: ({ context, self }, { reason }: { readonly reason: TurnedAwayReason }) => {
      const waiting = [...context.waiting];
      context.waiting.clear();
      for (const question of waiting) send(question, { type: 'question.turnedAway', reason }, self);
    },
    admitWaiting: ({ context, self }) => {
      const { waiting, inFlight, policy } = context;
      for (const question of waiting) {
        if (inFlight.size >= policy.maxInFlight) return;
        waiting.delete(question);
        admit(context, question, self);
      }
    },
    release: ({ context }, { question, outcome }: QuestionEnded) => {
      context.waiting.delete(question);
      if (context.trial === question) context.trial = undefined;
      const isFailure = outcome === 'failed' && isSilentSince(context, question);
      if (!context.inFlight.delete(question)) return;
      if (isFailure) context.failures += 1;
      if (outcome !== 'answered') return;
      context.answers += 1;
      context.failures = 0;
    },
    noteOpening: ({ context }) => {
      context.openings += 1;
      context.failures = 0;
    },
    noteClosing: ({ context }) => {
      context.openings = 0;
      context.failures = 0;
      context.trial = undefined;
    },
    announceCircuit: (
      { context: { events, name } },
      { circuit }: { readonly circuit: 'open' | 'halfOpen' | 'closed' },
    ) => events.emit('backend.circuit', { backend: name, circuit }),
  },
});

export const backendMachine = machine.createMachine({
  id: 'backend',
  description: 'One backend that is asked by HTTP, as long as the server runs.',
  context: ({ input }) => ({
    ...input,
    inFlight: new Map(),
    waiting: new Set(),
    trial: undefined,
    answers: 0,
    failures: 0,
    openings: 0,
  }),
  initial: 'serving',
  states: {
    serving: {
      description: 'Questions may be asked, as the circuit allows.',
      initial: 'closed',
      on: { 'backend.stop': 'stopping' },
      states: {
        closed: {
          description: 'Questions go to the backend, as many at a time as are allowed.',
          on: {
            'question.wanted': [
              { guard: 'hasSlot', actions: { type: 'admit', params: ({ event }) => event } },
              { guard: 'hasPlace', actions: { type: 'wait', params: ({ event }) => event } },
              {
                actions: {
                  type: 'turnAway',
                  params: ({ event }) => ({ question: event.question, reason: 'tooMany' as const }),
                },
              },
            ],
            'question.ended': [
              {
                guard: { type: 'isLastStraw', params: ({ event }) => event },
                target: 'open',
                actions: { type: 'release', params: ({ event }) => event },
              },
              { actions: [{ type: 'release', params: ({ event }) => event }, 'admitWaiting'] },
            ],
          },
        },
        open: {
          description: 'The backend did not answer, too often: questions fail at once, until it has rested.',
          entry: [
            'noteOpening',
            { type: 'announceCircuit', params: { circuit: 'open' } },
            { type: 'turnAwayWaiting', params: { reason: 'circuitOpen' } },
          ],
          on: {
            'backend.retry': 'halfOpen',
            'question.wanted': {
              actions: {
                type: 'turnAway',
                params: ({ event }) => ({ question: event.question, reason: 'circuitOpen' as const }),
              },
            },
            'question.ended': [
              {
                guard: { type: 'isAnswer', params: ({ event }) => event },
                target: 'closed',
                actions: [
                  { type: 'release', params: ({ event }) => event },
                  'noteClosing',
                  { type: 'announceCircuit', params: { circuit: 'closed' } },
                ],
              },
              { actions: { type: 'release', params: ({ event }) => event } },
            ],
          },
          after: { circuitRest: 'halfOpen' },
        },
        halfOpen: {
          description: 'One question at a time tries whether the backend answers again.',
          initial: 'inviting',
          entry: { type: 'announceCircuit', params: { circuit: 'halfOpen' } },
          on: {
            'question.ended': [
              {
                guard: { type: 'isAnswer', params: ({ event }) => event },
                target: 'closed',
                actions: [
                  { type: 'release', params: ({ event }) => event },
                  'noteClosing',
                  { type: 'announceCircuit', params: { circuit: 'closed' } },
                ],
              },
              {
                guard: { type: 'isFailedTrial', params: ({ event }) => event },
                target: 'open',
                actions: { type: 'release', params: ({ event }) => event },
              },
              {
                guard: { type: 'isTrial', params: ({ event }) => event },
                target: '.inviting',
                actions: { type: 'release', params: ({ event }) => event },
              },
              { actions: { type: 'release', params: ({ event }) => event } },
            ],
          },
          states: {
            inviting: {
              description: 'The next question may try.',
              on: {
                'question.wanted': {
                  target: 'trying',
                  actions: { type: 'admitTrial', params: ({ event }) => event },
                },
              },
            },
            trying: {
              description: 'One question is under way; others fail at once.',
              on: {
                'question.wanted': {
                  actions: {
                    type: 'turnAway',
                    params: ({ event }) => ({ question: event.question, reason: 'circuitOpen' as const }),
                  },
                },
              },
            },
          },
        },
      },
    },
    stopping: {
      description: 'No new questions; those under way end by their answers or their deadlines.',
      meta: { maxSeconds: 120 },
      entry: { type: 'turnAwayWaiting', params: { reason: 'stopping' } },
      always: { guard: 'isIdle', target: 'stopped' },
      on: {
        'question.wanted': {
          actions: {
            type: 'turnAway',
            params: ({ event }) => ({ question: event.question, reason: 'stopping' as const }),
          },
        },
        'question.ended': { actions: { type: 'release', params: ({ event }) => event } },
        'backend.stop': 'stopped',
      },
    },
    stopped: { description: 'Nothing is asked any more.', type: 'final' },
  },
});

export type BackendRef = ActorRefFrom<typeof backendMachine>;

/** Starts a backend. If its machine fails, the questions that wait are turned away, and `onError` is called. */
export function startBackend(
  live: typeof backendMachine,
  input: BackendInput,
  clock: Clock,
  onError: (error: unknown) => void,
): BackendRef {
  const actor = createActor(live, { id: input.name, input, clock });
  actor.subscribe({
    error: (error) => {
      onError(error);
      for (const question of actor.getSnapshot().context.waiting) {
        send(question, { type: 'question.turnedAway', reason: 'circuitOpen' }, actor);
      }
    },
  });
  return actor.start();
}

/**
 * Whether the backend has answered nothing since it was sent this question. A question that has waited long for its turn
 * may have little time left: that it is late tells nothing of a backend that answers others.
 */
function isSilentSince({ inFlight, answers }: BackendContext, question: BackendVisitor): boolean {
  return inFlight.get(question) === answers;
}

function admit({ inFlight, answers }: BackendContext, question: BackendVisitor, self: ActorSender): void {
  inFlight.set(question, answers);
  send(question, { type: 'question.admitted' }, self);
}
