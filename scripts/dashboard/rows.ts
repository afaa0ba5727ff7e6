/** The rows of the dashboard: what goes through the server, and one for each chart. */

import type { Chart, ChartState } from '../../src/inspect/chart/chart.ts';
import { of, one, quantile, rate, RATE, SERVER, type RowPlan } from './plans.ts';

/** Those of the whole server. */
export const ROWS: readonly RowPlan[] = [
  {
    title: 'How it is',
    isCollapsed: false,
    panels: [
      {
        title: 'Connections',
        queries: one(
          `sum by (transport, protocol) (statecast_connections${SERVER})`,
          '{{transport}} {{protocol}}',
        ),
        stacks: true,
      },
      {
        title: 'Rooms, members and users',
        queries: [
          { expr: `sum (statecast_rooms${SERVER})`, legend: 'rooms' },
          { expr: `sum (statecast_members${SERVER})`, legend: 'members' },
          { expr: `sum (statecast_members_away${SERVER})`, legend: 'away' },
          { expr: `sum (statecast_users${SERVER})`, legend: 'users, counted on each node' },
        ],
      },
      {
        title: 'Stuck',
        description: 'Actors that are in a state for longer than the chart allows. Nothing should be here.',
        queries: one(`sum by (machine, state) (statecast_stuck${SERVER}) > 0`, '{{machine}} {{state}}'),
      },
      {
        title: 'Problems',
        description: 'What was not done, by the machine and the guard that decided.',
        queries: one(
          rate('statecast_problems_total', 'kind, machine, guard'),
          '{{kind}} {{machine}} {{guard}}',
        ),
      },
      {
        title: 'Errors that clients got',
        queries: one(rate('statecast_refusals_total', 'error, code'), '{{error}} {{code}}'),
      },
      {
        title: 'Connections closed, by code',
        queries: one(rate('statecast_connections_closed_total', 'code'), '{{code}}'),
        stacks: true,
      },
      {
        title: 'Up, by version',
        queries: [
          { expr: `min by (node) (statecast_up${SERVER})`, legend: '{{node}}' },
          { expr: `count by (version) (statecast_build_info${SERVER})`, legend: 'nodes of {{version}}' },
          { expr: `max by (state) (statecast_workers${SERVER})`, legend: 'workers {{state}}' },
        ],
      },
      {
        title: 'Uptime',
        unit: 's',
        queries: one(`statecast_uptime_seconds${SERVER}`, '{{node}}'),
      },
    ],
  },
  {
    title: 'Messages',
    isCollapsed: false,
    panels: [
      {
        title: 'Messages in and out',
        unit: 'cps',
        queries: [
          { expr: rate('statecast_messages_received_total', 'to'), legend: 'received, to {{to}}' },
          { expr: rate('statecast_publications_total', ''), legend: 'published' },
          { expr: rate('statecast_deliveries_total', ''), legend: 'delivered' },
          { expr: rate('statecast_messages_dropped_total', 'reason'), legend: 'dropped: {{reason}}' },
        ],
      },
      {
        title: 'Bytes',
        unit: 'Bps',
        queries: [
          { expr: rate('statecast_received_bytes_total', ''), legend: 'in' },
          { expr: rate('statecast_delivered_bytes_total', ''), legend: 'out, by publications' },
        ],
      },
      {
        title: 'Receivers of a publication',
        queries: [
          { expr: quantile(0.5, 'statecast_receivers', ''), legend: 'p50' },
          { expr: quantile(0.99, 'statecast_receivers', ''), legend: 'p99' },
        ],
      },
      {
        title: 'From a room to the broker',
        unit: 's',
        queries: [
          { expr: quantile(0.5, 'statecast_publish_seconds', ''), legend: 'p50' },
          { expr: quantile(0.99, 'statecast_publish_seconds', ''), legend: 'p99' },
        ],
      },
      {
        title: 'How long steps take (p99)',
        unit: 's',
        queries: one(quantile(0.99, 'statecast_step_seconds', 'step'), '{{step}}'),
      },
    ],
  },
  {
    title: 'What it needs',
    isCollapsed: false,
    panels: [
      {
        title: 'Store',
        unit: 's',
        queries: [
          { expr: `max (statecast_store_lag_seconds${SERVER})`, legend: 'a room waits for' },
          { expr: `max (statecast_store_failing${SERVER})`, legend: 'failing' },
        ],
      },
      {
        title: 'Changes that the store does not have yet',
        queries: one(`sum (statecast_store_unwritten_changes${SERVER})`, 'changes'),
      },
      {
        title: 'Redis',
        queries: one(`min by (address) (statecast_redis_up${SERVER})`, '{{address}}'),
      },
      {
        title: 'Webhooks: events that wait',
        queries: [
          { expr: `max by (webhook) (statecast_webhook_waiting${SERVER})`, legend: '{{webhook}}' },
          {
            expr: `max by (webhook) (rate(statecast_webhook_dropped_total${SERVER}${RATE}))`,
            legend: '{{webhook}}: lost a second',
          },
        ],
      },
      {
        title: 'Webhooks: the oldest event',
        unit: 's',
        queries: one(`max by (webhook) (statecast_webhook_oldest_seconds${SERVER})`, '{{webhook}}'),
      },
      {
        title: 'Calls of servants (p99)',
        unit: 's',
        queries: one(quantile(0.99, 'statecast_rpc_seconds', 'servant, outcome'), '{{servant}} {{outcome}}'),
      },
      {
        title: 'Calls of servants that failed',
        queries: one(rate('statecast_rpc_failures_total', 'servant, failure'), '{{servant}} {{failure}}'),
      },
      {
        title: 'Event loop delay (p99)',
        unit: 's',
        queries: one(`nodejs_eventloop_lag_p99_seconds${SERVER}`, '{{node}}'),
      },
      {
        title: 'Memory',
        unit: 'bytes',
        queries: [
          { expr: `process_resident_memory_bytes${SERVER}`, legend: '{{node}} resident' },
          { expr: `nodejs_heap_size_used_bytes${SERVER}`, legend: '{{node}} heap' },
        ],
      },
      {
        title: 'Processor',
        unit: 'percentunit',
        queries: one(`rate(process_cpu_seconds_total${SERVER}${RATE})`, '{{node}}'),
      },
    ],
  },
];

/** The states that have no states inside. */
function leavesOf({ path, states }: ChartState): string[] {
  return states.length === 0 ? [path] : states.flatMap(leavesOf);
}

/** The row of one chart. */
export function planChart({ machine, root }: Chart): RowPlan {
  const leaves = leavesOf(root).join('|');
  const labels = of(`machine="${machine}", state=~"${leaves}"`);
  return {
    title: `The chart ${machine}`,
    isCollapsed: true,
    panels: [
      {
        title: `${machine}: how many are where`,
        description: root.description,
        queries: one(`sum by (state) (statecast_actors${labels})`, '{{state}}'),
      },
      {
        title: `${machine}: entered`,
        queries: one(rate('statecast_state_entries_total', 'state', labels), '{{state}}'),
      },
      {
        title: `${machine}: time in a state (p99)`,
        unit: 's',
        queries: one(quantile(0.99, 'statecast_state_seconds', 'state', labels), '{{state}}'),
      },
      {
        title: `${machine}: the longest in a state now`,
        unit: 's',
        queries: one(`max by (state) (statecast_state_oldest_seconds${labels})`, '{{state}}'),
      },
      {
        title: `${machine}: events`,
        queries: one(rate('statecast_events_total', 'event', of(`machine="${machine}"`)), '{{event}}'),
      },
      {
        title: `${machine}: guards that decided`,
        queries: one(
          rate('statecast_guards_total', 'event, guard', of(`machine="${machine}"`)),
          '{{event}} {{guard}}',
        ),
      },
      {
        title: `${machine}: events that change the state`,
        queries: one(rate('statecast_transitions_total', 'event', of(`machine="${machine}"`)), '{{event}}'),
      },
    ],
  };
}
