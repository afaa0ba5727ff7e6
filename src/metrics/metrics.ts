/** Builds the metrics of a server: what counts, what walks through the actors, and the text that Prometheus reads. */

import { Registry } from 'prom-client';
import type { Directory } from '../actors/directory.ts';
import type { Machines } from '../actors/machines.ts';
import type { MachineObserver } from '../actors/runtime/live-machine.ts';
import type { Broker } from '../broker/broker.ts';
import type { EventBus } from '../events/event-bus.ts';
import type { Health } from '../http/health-route.ts';
import type { Population } from '../inspect/population/population.ts';
import type { CallRecord } from '../platform/statistics/stat-counts.ts';
import { startQuietTimer, type Clock } from '../system/clock.ts';
import { Census, type Findings } from './charts/census.ts';
import { createChartMetrics } from './charts/chart-metrics.ts';
import { StateTables } from './charts/state-tables.ts';
import { toProblem, toStuckEvent } from './charts/stuck.ts';
import { HistogramCounts } from './values/histogram.ts';
import { MeasuredBroker } from './measured-broker.ts';
import { createRegistry, type Metric } from './values/metric.ts';
import { Outcomes } from './outcomes.ts';
import { processRegistry } from './process-metrics.ts';
import { createServerMetrics } from './server-metrics.ts';
import { Traffic } from './traffic.ts';
import { nextTurn } from '../system/turns.ts';

/** How often actors are looked for that are in a state for too long, in milliseconds. */
const CENSUS_MS = 10_000;

/** The upper bounds of the time that a broker takes, in seconds. */
const PUBLISH_BOUNDS = [
  0.000_01, 0.000_05, 0.000_1, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5,
];

export interface MetricsInput {
  readonly events: Pick<EventBus, 'on' | 'emit'>;
  readonly clock: Clock;
  /** The servants of the server, by their names. */
  readonly servants: Readonly<Record<string, { readonly object: string }>>;
  /** Called with errors of a walk, which are bugs. */
  readonly onError: (error: unknown) => void;
  /** Lets other work run during a walk. Default: by `setImmediate`. */
  readonly yieldTurn?: () => Promise<void>;
}

/** What is there when the server is put together. */
export interface MetricsSubject {
  /** Those that the actors run. */
  readonly machines: Machines;
  readonly population: Population;
  readonly directory: Pick<Directory, 'connections' | 'rooms' | 'countUsers'>;
  readonly health: () => Health;
}

export interface Metrics {
  /** For `createMachines`. */
  readonly observer: Partial<MachineObserver>;
  readonly traffic: Traffic;
  /** A call of a servant has ended. */
  readonly called: (call: CallRecord) => void;
  /** The same broker, whose publications are measured. */
  measure(this: void, broker: Broker): Broker;
  attach(subject: MetricsSubject): void;
  /** Begins to look for actors that are in a state for too long. */
  start(): void;
  stop(): void;
  /** All metrics, for the documentation. */
  list(): readonly Metric[];
  /** The numbers as text. `node` tells whose they are, in each sample. */
  read(node: string): Promise<string>;
}

export function createMetrics({
  events,
  clock,
  servants,
  onError,
  yieldTurn = nextTurn,
}: MetricsInput): Metrics {
  const tables = new StateTables();
  const traffic = new Traffic();
  const outcomes = new Outcomes(events, servants);
  const publishSeconds = new HistogramCounts(PUBLISH_BOUNDS);
  let census: Census | undefined;
  let all: readonly Metric[] = [];
  let registry = new Registry();
  let latest: Findings | undefined;
  let timer: unknown;

  function latestFindings(): Findings {
    if (latest === undefined) throw new Error('the metrics were read before the actors were counted');
    return latest;
  }

  async function look(): Promise<void> {
    latest = (await census?.take()) ?? latest;
  }

  function lookLater(): void {
    timer = startQuietTimer(
      clock,
      () => {
        const walk = timer;
        void look()
          .catch(onError)
          .then(() => {
            if (timer === walk) lookLater();
          });
      },
      CENSUS_MS,
    );
  }

  function stop(): void {
    clock.clearTimeout(timer);
    timer = undefined;
  }

  // Also where what the server lets go of hangs.
  events.on('server.stopped', stop);

  return {
    observer: tables.observer,
    traffic,
    called: (call) => outcomes.called(call),
    measure: (broker) => new MeasuredBroker(broker, publishSeconds),
    attach({ machines, population, directory, health }) {
      tables.readEvents(machines);
      census = new Census({
        population,
        tables,
        clock,
        yieldTurn,
        onStuck(stuck) {
          events.emit('state.stuck', toStuckEvent(stuck));
          events.emit('problem.noted', toProblem(stuck));
        },
      });
      all = [
        ...createServerMetrics({ health, directory, tables, publishSeconds, latest: latestFindings }),
        ...traffic.createMetrics(tables),
        ...outcomes.createMetrics(),
        ...createChartMetrics(tables, latestFindings),
      ];
      registry = createRegistry(all);
    },
    start() {
      if (timer === undefined) lookLater();
    },
    stop,
    list: () => all,
    async read(node) {
      await look();
      const merged = Registry.merge([registry, processRegistry()]);
      merged.setDefaultLabels({ node });
      return merged.metrics();
    },
  };
}
