/** Counts what goes in and out of the sockets of clients. It is called for every frame and every publication. */

import { ERRORS, type Refusal } from '../protocol/errors.ts';
import type { DeliveryTally } from '../transport/fanout.ts';
import type { FrameTally } from '../transport/socket-session.ts';
import type { RefusalTally } from '../transport/client-session.ts';
import type { MachineCounts } from './charts/state-counts.ts';
import type { StateTables } from './charts/state-tables.ts';
import { HistogramCounts } from './values/histogram.ts';
import { toSamples, type Metric } from './values/metric.ts';
import { raiseCount } from '../system/raise-count.ts';

/** The upper bounds of the receivers of a publication. */
const RECEIVERS = [0, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 50_000];

/** A code that the owner of the server has chosen. */
const OWN_CODE = 'own';

export class Traffic implements DeliveryTally, FrameTally, RefusalTally {
  readonly #receivers = new HistogramCounts(RECEIVERS);
  readonly #refusals = new Map<string, number>();
  #publications = 0;
  #bytesOut = 0;
  #bytesIn = 0;

  published(receivers: number, bytes: number): void {
    this.#publications += 1;
    this.#bytesOut += bytes;
    this.#receivers.observe(receivers);
  }

  received(frame: string | Uint8Array): void {
    this.#bytesIn += frame.length;
  }

  refused({ error, code }: Refusal): void {
    raiseCount(this.#refusals, code === undefined ? error : OWN_CODE);
  }

  /** @param tables What clients have asked for is counted there, and what handlers have dropped. */
  createMetrics(tables: StateTables): Metric[] {
    const connection = tables.machines.get('connection');
    const moderation = tables.machines.get('moderation');
    return [
      {
        name: 'statecast_messages_received_total',
        type: 'counter',
        help: 'Messages of clients: to a room, to everybody (broadcast) or to the server.',
        labels: ['to'],
        read: () => [
          { labels: { to: 'room' }, value: countOf(connection, 'room.publish') },
          { labels: { to: 'everybody' }, value: countOf(connection, 'server.broadcast') },
          { labels: { to: 'server' }, value: countOf(connection, 'server.message') },
        ],
      },
      {
        name: 'statecast_publications_total',
        type: 'counter',
        help: 'Publications of rooms that the broker has brought to this process.',
        labels: [],
        read: () => [{ value: this.#publications }],
      },
      {
        name: 'statecast_deliveries_total',
        type: 'counter',
        help: 'Publications of rooms times the clients of this process that they went to.',
        labels: [],
        read: () => [{ value: this.#receivers.sum }],
      },
      {
        name: 'statecast_receivers',
        type: 'histogram',
        help: 'How many clients of this process a publication of a room goes to.',
        labels: [],
        read: () => toSamples('statecast_receivers', {}, this.#receivers),
      },
      {
        name: 'statecast_delivered_bytes_total',
        type: 'counter',
        help: 'The length of publications of rooms, for each client that they went to; text counts by characters, and deltas and compression are left out.',
        labels: [],
        read: () => [{ value: this.#bytesOut }],
      },
      {
        name: 'statecast_received_bytes_total',
        type: 'counter',
        help: 'The length of the WebSocket frames of clients; text counts by characters.',
        labels: [],
        read: () => [{ value: this.#bytesIn }],
      },
      {
        name: 'statecast_messages_dropped_total',
        type: 'counter',
        help: 'What got lost: messages that a handler dropped, and connections that were closed because they read too slowly.',
        labels: ['reason'],
        read: () => [
          { labels: { reason: 'handler' }, value: moderation?.states.get('dropped')?.entered ?? 0 },
          { labels: { reason: 'slow_reader' }, value: countOf(connection, 'socket.overflowed') },
        ],
      },
      {
        name: 'statecast_refusals_total',
        type: 'counter',
        help: 'Commands that clients were answered with an error, by the name and the code of the error; own is a code of the owner of the server.',
        labels: ['error', 'code'],
        read: () =>
          [...Object.entries(ERRORS).map(([name, { code }]) => [name, String(code)]), [OWN_CODE, '']].map(
            ([error = '', code = '']) => ({
              labels: { error, code },
              value: this.#refusals.get(error) ?? 0,
            }),
          ),
      },
    ];
  }
}

function countOf(machine: MachineCounts | undefined, event: string): number {
  return machine?.events().get(event) ?? 0;
}
