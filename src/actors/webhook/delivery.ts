/**
 * The chart of the delivery of one webhook: it takes batches from the outbox and sends them, one at a time, so that their
 * order holds. It knows no files and no HTTP.
 */

import { createActor, type ActorRefFrom } from 'xstate';
import { send } from '../runtime/send.ts';
import { SERVER } from '../runtime/sender.ts';
import type { DeliveryContext, DeliveryInput, SendOutcome } from './delivery-events.ts';
import { deliverySetup } from './delivery-setup.ts';

interface SendArgs {
  readonly context: DeliveryContext;
}

interface DoneArgs {
  readonly event: { readonly output: SendOutcome };
}

interface ErrorArgs {
  readonly event: { readonly error: unknown };
}

const sendBatch = {
  src: 'send',
  input: ({ context }: SendArgs) => context,
} as const;

const noteRefused = {
  type: 'noteFailure',
  params: ({ event }: DoneArgs) => ({ reason: event.output.taken ? '' : event.output.reason }),
} as const;

const noteError = {
  type: 'noteFailure',
  params: ({ event }: ErrorArgs) => ({
    reason: event.error instanceof Error ? event.error.message : String(event.error),
  }),
} as const;

const noteLate = { type: 'noteFailure', params: { reason: 'the receiver did not answer in time' } } as const;

export const deliveryMachine = deliverySetup.createMachine({
  id: 'delivery',
  description: 'The delivery of one webhook, as long as the server runs.',
  context: ({ input }) => ({
    ...input,
    batch: undefined,
    failures: 0,
    firstTryAt: 0,
    lastFailure: undefined,
    takenEvents: 0,
    takenBatches: 0,
  }),
  initial: 'idle',
  states: {
    deciding: {
      description: 'The outbox is looked into.',
      always: [
        { guard: 'hasWholeBatch', target: 'sending' },
        { guard: 'hasWaiting', target: 'gathering' },
        { target: 'idle' },
      ],
    },
    idle: {
      description: 'Nothing has happened that the receiver is to be told.',
      on: { 'events.waiting': 'gathering', 'batch.full': 'sending', 'delivery.stop': 'stopping' },
    },
    gathering: {
      description: 'Something has happened; what happens right after goes along.',
      on: { 'batch.full': 'sending', 'delivery.stop': 'stopping' },
      after: { gather: 'sending' },
    },
    sending: {
      description: 'A batch is on its way.',
      entry: 'takeUp',
      initial: 'going',
      invoke: {
        ...sendBatch,
        onDone: [
          { guard: 'isTakenWhileParting', target: 'stopping', actions: 'confirm' },
          { guard: 'isFetched', target: 'sending', reenter: true },
          { guard: 'isTaken', target: 'deciding', actions: 'confirm' },
          { guard: 'isParting', target: 'stopped', actions: noteRefused },
          { guard: 'isGivenUp', target: 'deciding', actions: [noteRefused, 'giveUp'] },
          { target: 'waiting', actions: noteRefused },
        ],
        onError: [
          { guard: 'isParting', target: 'stopped', actions: noteError },
          { guard: 'isGivenUp', target: 'deciding', actions: [noteError, 'giveUp'] },
          { target: 'waiting', actions: noteError },
        ],
      },
      after: {
        sendDeadline: [
          { guard: 'isParting', target: 'stopped', actions: noteLate },
          { guard: 'isGivenUp', target: 'deciding', actions: [noteLate, 'giveUp'] },
          { target: 'waiting', actions: noteLate },
        ],
      },
      states: {
        going: {
          description: 'The receiver has yet to answer.',
          on: { 'delivery.stop': 'parting' },
        },
        parting: {
          description: 'The same, and the server stops: the receiver may still answer.',
          on: { 'delivery.stop': '#delivery.stopped' },
        },
      },
    },
    waiting: {
      description: 'The batch was not taken, and is sent again after a while.',
      on: { 'delivery.stop': 'stopping' },
      after: { retry: 'sending' },
    },
    stopping: {
      description: 'The server stops: what is left is sent, until the receiver does not take it.',
      meta: { maxSeconds: 120 },
      initial: 'looking',
      on: { 'delivery.stop': 'stopped' },
      states: {
        looking: {
          description: 'The outbox is looked into.',
          always: [{ guard: 'hasWaiting', target: 'trying' }, { target: '#delivery.stopped' }],
        },
        trying: {
          description: 'A batch is sent once.',
          entry: 'takeUp',
          invoke: {
            ...sendBatch,
            onDone: [
              { guard: 'isTaken', target: 'looking', actions: 'confirm' },
              { target: '#delivery.stopped', actions: noteRefused },
            ],
            onError: { target: '#delivery.stopped', actions: noteError },
          },
          after: { sendDeadline: { target: '#delivery.stopped', actions: noteLate } },
        },
      },
    },
    stopped: {
      description: 'What was not taken stays in the outbox, for the next run if it is on disk.',
      type: 'final',
    },
  },
});

export type DeliveryRef = ActorRefFrom<typeof deliveryMachine>;

/** Starts the delivery of a webhook. If its machine fails, `onError` is called and nothing more is sent. */
export function startDelivery(
  machine: typeof deliveryMachine,
  input: DeliveryInput,
  onError: (error: unknown) => void,
): DeliveryRef {
  const actor = createActor(machine, { id: input.name, input, clock: input.clock });
  actor.subscribe({ error: onError });
  actor.start();
  if (input.outbox.backlog.events > 0) send(actor, { type: 'events.waiting' }, SERVER);
  return actor;
}
