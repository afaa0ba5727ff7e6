/** The metrics of the server as a whole, which it knows anyway: they are read, and not counted. */

import type { Directory } from '../actors/directory.ts';
import type { Health } from '../http/health-route.ts';
import type { Findings } from './charts/census.ts';
import type { StateCounts } from './charts/state-counts.ts';
import type { StateTables } from './charts/state-tables.ts';
import type { HistogramCounts } from './values/histogram.ts';
import { toSamples, type Metric, type Sample } from './values/metric.ts';
import { raiseCount } from '../system/raise-count.ts';

/** The states of a journal that has something that the store does not have. */
const UNWRITTEN = ['active.journal.dirty', 'active.journal.writing', 'active.journal.failing'];

export interface ServerMetricsInput {
  readonly health: () => Health;
  readonly directory: Pick<Directory, 'connections' | 'rooms' | 'countUsers'>;
  readonly tables: StateTables;
  /** How long the broker took to accept publications, in seconds; one of several. */
  readonly publishSeconds: HistogramCounts;
  /** What the last walk has found. */
  readonly latest: () => Findings;
}

export function createServerMetrics(input: ServerMetricsInput): Metric[] {
  const { health, directory, tables, publishSeconds, latest } = input;
  const room = tables.machines.get('room');
  const journal = UNWRITTEN.map((path) => room?.states.get(path)).filter((state) => state !== undefined);
  return [
    {
      name: 'statecast_build_info',
      type: 'gauge',
      help: 'Always 1; the labels tell the version of the server and of Node.js, and the transport.',
      labels: ['version', 'nodejs', 'transport'],
      read() {
        const { version, transport } = health();
        return [{ labels: { version, nodejs: process.version, transport: transport.name }, value: 1 }];
      },
    },
    gauge('statecast_uptime_seconds', 'How long the server runs.', () => health().uptimeSeconds),
    gauge('statecast_up', '1 while the server takes connections, and 0 while it starts or drains.', () =>
      health().status === 'draining' ? 0 : 1,
    ),
    {
      name: 'statecast_workers',
      type: 'gauge',
      help: 'The workers of the process, by their state as the primary process sees it; none where there is one process.',
      labels: ['state'],
      read() {
        const counts = new Map<string, number>();
        for (const { state } of health().workers ?? []) raiseCount(counts, state);
        return [...counts].map(([state, value]) => ({ labels: { state }, value }));
      },
    },
    {
      name: 'statecast_connections',
      type: 'gauge',
      help: 'Open connections of clients, by the way they came (websocket, or stream for those without one) and their protocol.',
      labels: ['transport', 'protocol'],
      read: () =>
        [...latest().connections].map(([key, value]) => {
          const [transport = '', protocol = ''] = key.split(' ');
          return { labels: { transport, protocol }, value };
        }),
    },
    gauge('statecast_users', 'Different users that are connected; all anonymous clients count as one.', () =>
      directory.countUsers(),
    ),
    gauge('statecast_rooms', 'Rooms in memory.', () => directory.rooms.size),
    gauge('statecast_members', 'Memberships of connections in rooms.', () => latest().members),
    gauge('statecast_members_away', 'Users who are expected back, once for each room.', () => latest().away),
    {
      name: 'statecast_publish_seconds',
      type: 'histogram',
      help: 'From when a room has taken a message until the broker has accepted it; one of 16 is measured.',
      labels: [],
      read: () => toSamples('statecast_publish_seconds', {}, publishSeconds),
    },
    gauge('statecast_store_failing', '1 while the store fails for a room, and else 0.', () =>
      health().store === 'ok' ? 0 : 1,
    ),
    gauge(
      'statecast_store_unwritten_changes',
      'Changes of memberships that the store does not have yet.',
      () => latest().unwritten,
    ),
    gauge(
      'statecast_store_lag_seconds',
      'How long the room that waits longest for its store has been dirty, writing or failing.',
      () => longest(journal, latest()) / 1_000,
    ),
    {
      name: 'statecast_redis_up',
      type: 'gauge',
      help: '1 for each server of Redis that can be used, and 0 for one that cannot.',
      labels: ['address'],
      read: () =>
        (health().redis ?? []).map(({ address, state }) => ({
          labels: { address },
          value: state === 'ready' || state.startsWith('ready.') ? 1 : 0,
        })),
    },
    ofWebhooks(
      'statecast_webhook_waiting',
      'gauge',
      'Events that a webhook has not taken yet.',
      health,
      'waiting',
    ),
    ofWebhooks(
      'statecast_webhook_oldest_seconds',
      'gauge',
      'The age of the oldest event that a webhook has not taken yet.',
      health,
      'oldestSeconds',
    ),
    ofWebhooks(
      'statecast_webhook_dropped_total',
      'counter',
      'Events of a webhook that are lost.',
      health,
      'dropped',
    ),
  ];
}

function gauge(name: Metric['name'], help: string, read: () => number): Metric {
  return { name, type: 'gauge', help, labels: [], read: () => [{ value: read() }] };
}

function ofWebhooks(
  name: Metric['name'],
  type: 'gauge' | 'counter',
  help: string,
  health: () => Health,
  field: 'waiting' | 'oldestSeconds' | 'dropped',
): Metric {
  return {
    name,
    type,
    help,
    labels: ['webhook'],
    read: (): Sample[] =>
      Object.entries(health().webhooks ?? {}).map(([webhook, one]) => ({
        labels: { webhook },
        value: one[field] ?? 0,
      })),
  };
}

function longest(states: readonly StateCounts[], { states: found }: Findings): number {
  return Math.max(0, ...states.map((state) => found.get(state)?.oldestMs ?? 0));
}
