/** The metrics of all charts: who is in which state, for how long, and what led there. */

import type { Metric } from '../values/metric.ts';
import { toSamples } from '../values/metric.ts';
import type { Findings } from './census.ts';
import type { MachineCounts, StateCounts } from './state-counts.ts';
import type { StateTables } from './state-tables.ts';

const MS_PER_SECOND = 1_000;

/** @param latest What the last walk has found. */
export function createChartMetrics(tables: StateTables, latest: () => Findings): Metric[] {
  const machines = [...tables.machines.values()];
  const states = machines.flatMap((machine) => [...machine.states.values()]);
  return [
    {
      name: 'statecast_actors',
      type: 'gauge',
      help: 'Actors that are in a state of a chart; memberships at rest count as joined.',
      labels: ['machine', 'state'],
      read: () =>
        states.map((state) => ({
          labels: labelsOf(state),
          value: latest().states.get(state)?.actors ?? 0,
        })),
    },
    {
      name: 'statecast_state_oldest_seconds',
      type: 'gauge',
      help: 'How long the actor that is longest in a state has been in it.',
      labels: ['machine', 'state'],
      read: () =>
        [...latest().states].map(([state, { oldestMs }]) => ({
          labels: labelsOf(state),
          value: oldestMs / MS_PER_SECOND,
        })),
    },
    {
      name: 'statecast_stuck',
      type: 'gauge',
      help: 'Actors that are in a state for longer than the chart allows (its maxSeconds).',
      labels: ['machine', 'state'],
      read: () =>
        states
          .filter(({ maxMs }) => maxMs !== undefined)
          .map((state) => ({ labels: labelsOf(state), value: latest().states.get(state)?.stuck ?? 0 })),
    },
    {
      name: 'statecast_state_seconds',
      type: 'histogram',
      help: 'How long actors were in a state that they have left; not for memberships in joined, which rest as records.',
      labels: ['machine', 'state'],
      read: () =>
        states.flatMap((state) =>
          state.time === undefined || state.time.count === 0
            ? []
            : toSamples('statecast_state_seconds', labelsOf(state), state.time, MS_PER_SECOND),
        ),
    },
    {
      name: 'statecast_state_entries_total',
      type: 'counter',
      help: 'How often a state was entered from other states; the first states of an actor are not counted.',
      labels: ['machine', 'state'],
      read: () => states.map((state) => ({ labels: labelsOf(state), value: state.entered })),
    },
    createEventMetric(machines, {
      name: 'statecast_events_total',
      help: 'Events that actors got, by what the chart calls them; other are those that it does not name.',
      read: (machine) => machine.events(),
    }),
    createEventMetric(machines, {
      name: 'statecast_transitions_total',
      help: 'Events that have brought an actor to other states, by what the chart calls them.',
      read: ({ moves }) => new Map([...moves].map(([event, { count }]) => [event, count])),
    }),
    {
      name: 'statecast_guards_total',
      type: 'counter',
      help: 'Events that were handled as a guard of the chart said, by the guard; of one such as hasAllRooms or isForbiddenToJoin these are the refusals.',
      labels: ['machine', 'event', 'guard'],
      read: () =>
        machines.flatMap((machine) =>
          machine.guards().map(({ event, guard, count }) => ({
            labels: { machine: machine.kind, event, guard },
            value: count,
          })),
        ),
    },
    {
      name: 'statecast_step_seconds',
      type: 'histogram',
      help: 'How long the steps take that people wait for, as states of the charts.',
      labels: ['step'],
      read: () =>
        states.flatMap(({ step }) =>
          step === undefined
            ? []
            : toSamples('statecast_step_seconds', { step: step.name }, step.time, MS_PER_SECOND),
        ),
    },
  ];
}

interface EventMetric extends Pick<Metric, 'name' | 'help'> {
  /** The counts of a machine, by what its chart calls the events. */
  readonly read: (machine: MachineCounts) => ReadonlyMap<string, number>;
}

function createEventMetric(machines: readonly MachineCounts[], { name, help, read }: EventMetric): Metric {
  return {
    name,
    type: 'counter',
    help,
    labels: ['machine', 'event'],
    read: () =>
      machines.flatMap((machine) =>
        [...read(machine)].map(([event, value]) => ({ labels: { machine: machine.kind, event }, value })),
      ),
  };
}

function labelsOf({ machine, path }: StateCounts): { machine: string; state: string } {
  return { machine, state: path };
}
