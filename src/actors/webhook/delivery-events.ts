/** What the delivery of a webhook is given, hears and knows. */

import type { Clock } from '../../system/clock.ts';
import type { EventSink } from '../../events/server-events.ts';
import type { BatchLimits, Outbox, OutboxBatch } from '../../webhooks/outbox/outbox.ts';

export type DeliveryEvent =
  /** There is an event in the outbox, and there was none before. */
  | { readonly type: 'events.waiting' }
  /** There are enough events for a whole batch. */
  | { readonly type: 'batch.full' }
  /** The server stops. A second one ends the last try too. */
  | { readonly type: 'delivery.stop' };

/** What became of a batch. */
export type SendOutcome =
  /** @param isFetched whether nothing was sent: a batch was brought here, and is sent now */
  | { readonly taken: true; readonly isFetched?: boolean }
  /** @param reason for the log, such as `status 500` */
  | { readonly taken: false; readonly reason: string };

/** Sends a batch to the receiver. What it rejects with counts as not taken. */
export type SendBatch = (batch: OutboxBatch, signal: AbortSignal) => Promise<SendOutcome>;

export interface DeliveryPolicy {
  readonly limits: BatchLimits;
  /** How long events are gathered before they are sent, in milliseconds. */
  readonly gatherMs: number;
  /** How long the receiver may take, in milliseconds. */
  readonly sendMs: number;
  /** How long one batch is tried, in milliseconds. */
  readonly retryMs: number;
}

export interface DeliveryInput {
  /** The name of the webhook. */
  readonly name: string;
  readonly outbox: Outbox;
  readonly send: SendBatch;
  readonly policy: DeliveryPolicy;
  readonly clock: Clock;
  readonly events: EventSink;
  /** From 0 up to 1. */
  readonly random: () => number;
}

export interface DeliveryContext extends DeliveryInput {
  /** The batch that is sent, or was not taken. */
  batch: OutboxBatch | undefined;
  /** How often the batch was not taken. */
  failures: number;
  /** When the batch was sent first, by the monotonic clock. */
  firstTryAt: number;
  /** Why a batch was not taken last; undefined once one is taken. */
  lastFailure: string | undefined;
  /** Events that the receiver has taken, and batches of them, since the server started. */
  takenEvents: number;
  takenBatches: number;
}
