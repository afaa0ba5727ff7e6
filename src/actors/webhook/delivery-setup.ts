/** The delays, guards and actions for the chart of a webhook's delivery (delivery.ts). */

import { and, fromPromise, setup, stateIn, type EventObject } from 'xstate';
import type { DeliveryContext, DeliveryEvent, DeliveryInput, SendOutcome } from './delivery-events.ts';

/** The first and the longest wait before a batch is sent again; it doubles in between. */
const RETRY_MIN_MS = 1_000;
const RETRY_MAX_MS = 5 * 60_000;
const UNREADABLE = 'its outbox cannot be read';

export const deliverySetup = setup({
  types: {
    context: {} as DeliveryContext,
    input: {} as DeliveryInput,
    events: {} as DeliveryEvent,
  },
  actors: {
    send: fromPromise<SendOutcome, DeliveryContext>(
      async ({ input: { send, batch, outbox, policy }, signal }) => {
        if (batch !== undefined) return send(batch, signal);
        if (await outbox.fetch?.(policy.limits)) return { taken: true, isFetched: true };
        // Its disk may be readable later.
        return outbox.backlog.events === 0 ? { taken: true } : { taken: false, reason: UNREADABLE };
      },
    ),
  },
  delays: {
    gather: ({ context }) => context.policy.gatherMs,
    sendDeadline: ({ context }) => context.policy.sendMs,
    /** Between half of the wait and all of it, so that many servers do not come back at the same time. */
    retry: ({ context: { failures, random } }) => {
      const waitMs = Math.min(RETRY_MAX_MS, RETRY_MIN_MS * 2 ** Math.min(failures - 1, 20));
      return waitMs / 2 + (waitMs / 2) * random();
    },
  },
  guards: {
    hasWaiting: ({ context }) => context.outbox.backlog.events > 0,
    hasWholeBatch: ({ context: { outbox, policy } }) => outbox.backlog.events >= policy.limits.events,
    isFetched: ({ event }) => isFetched(event),
    isTaken: ({ event }) => isTaken(event),
    /** The batch was sent for too long; the failure that is being told counts. */
    isGivenUp: ({ context: { batch, clock, firstTryAt, policy } }) =>
      batch !== undefined && clock.monotonic() - firstTryAt >= policy.retryMs,
    isParting: stateIn('#delivery.sending.parting'),
    isTakenWhileParting: and([({ event }) => isTaken(event), stateIn('#delivery.sending.parting')]),
  },
  actions: {
    /** The same batch again if it was not taken. */
    takeUp: ({ context }) => {
      const { outbox, policy, clock } = context;
      const batch = outbox.next(policy.limits);
      if (batch === context.batch) return;
      context.batch = batch;
      context.failures = 0;
      context.firstTryAt = clock.monotonic();
    },
    confirm: ({ context }) => {
      const { name, outbox, batch, lastFailure, events } = context;
      context.batch = undefined;
      context.lastFailure = undefined;
      context.failures = 0;
      if (batch === undefined) return;
      outbox.take(batch);
      context.takenEvents += batch.events.length;
      context.takenBatches += 1;
      if (lastFailure !== undefined) events.emit('webhook.recovered', { webhook: name });
    },
    noteFailure: ({ context }, params: { reason: string }) => {
      const isTold = context.lastFailure !== undefined;
      context.failures += 1;
      context.lastFailure = params.reason;
      if (isTold) return;
      context.events.emit('webhook.failed', { webhook: context.name, error: new Error(params.reason) });
    },
    giveUp: ({ context }) => {
      const { outbox, batch } = context;
      context.batch = undefined;
      if (batch !== undefined) outbox.drop(batch);
    },
  },
});

/** Whether the event is the answer of a receiver that has taken the batch. */
function isTaken(event: EventObject): boolean {
  return 'output' in event && (event.output as SendOutcome).taken;
}

/** Whether there is a batch now, which was not sent yet. */
function isFetched(event: EventObject): boolean {
  return 'output' in event && (event.output as SendOutcome & { isFetched?: boolean }).isFetched === true;
}
