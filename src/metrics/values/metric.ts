/** One metric whose values are read when somebody asks: what it is called, what it tells, and its present values. */

import { Registry, type Gauge } from 'prom-client';
import type { HistogramCounts } from './histogram.ts';

export type Labels = Readonly<Record<string, string | number>>;

export interface Sample {
  readonly value: number;
  readonly labels?: Labels;
  /** Of a histogram, whose samples have endings. Default: the name of the metric. */
  readonly metricName?: string;
}

export interface Metric {
  /** Such as `statecast_rooms`. */
  readonly name: `statecast_${string}`;
  readonly type: 'counter' | 'gauge' | 'histogram';
  /** What it tells, in one line. */
  readonly help: string;
  /** The names of its labels. */
  readonly labels: readonly string[];
  read(this: void): readonly Sample[];
}

/** A registry of prom-client that reads the metrics anew each time. */
export function createRegistry(metrics: readonly Metric[]): Registry {
  const registry = new Registry();
  for (const { name, type, help, read } of metrics) {
    // What a registry asks of a metric. Its own classes count one by one, and these numbers are in tables already.
    const readable = { name, type, help, get: () => ({ name, type, help, values: read() }) };
    registry.registerMetric(readable as unknown as Gauge);
  }
  return registry;
}

/** The samples of a histogram, as Prometheus wants them. */
export function toSamples(
  name: Metric['name'],
  labels: Labels,
  counts: HistogramCounts,
  /** How many of its units are one of the metric. Default: 1. */
  perUnit = 1,
): Sample[] {
  const { count, sum } = counts;
  const classes = counts.cumulated().map((value, index) => ({
    metricName: `${name}_bucket`,
    labels: { ...labels, le: (counts.bounds[index] ?? 0) / perUnit },
    value,
  }));
  return [
    ...classes,
    { metricName: `${name}_bucket`, labels: { ...labels, le: '+Inf' }, value: count },
    { metricName: `${name}_sum`, labels, value: sum / perUnit },
    { metricName: `${name}_count`, labels, value: count },
  ];
}
