/** The figures of several scenarios, and how they are computed from the counts of a job. */

import type { Latency, Span, TrafficResult } from './load/jobs.ts';
import type { Measured } from './measure.ts';
import type { Figure, Sample } from './results/results.ts';

/** The unit of a rate and a cost. */
export type Per = 'delivery' | 'message' | 'pair' | 'call' | 'push' | 'reconnect';

const PLURALS: Readonly<Record<Per, string>> = {
  delivery: 'deliveries',
  message: 'messages',
  pair: 'join+leave pairs',
  call: 'calls',
  push: 'pushes',
  reconnect: 'reconnects',
};

/** The rate, and the processor time of the server for one. */
export function costFigures(per: Per): readonly Figure[] {
  return [
    { key: 'rate', title: `${PLURALS[per]}/s`, unit: 'perSecond', better: 'more' },
    { key: 'cost', title: `server CPU/${per}`, unit: 'micros', better: 'less' },
  ];
}

/**
 * How busy both sides were, in cores. The load generator is fast enough if the server is busier. Memory is the resident
 * memory of the server right after the load.
 */
export const MACHINE_FIGURES: readonly Figure[] = [
  { key: 'serverBusy', title: 'server busy', unit: 'share' },
  { key: 'loadBusy', title: 'load busy', unit: 'share' },
  { key: 'memory', title: 'memory', unit: 'megabytes' },
];

/** Latencies of the steady load, measured from the time when a message was due; and how late it was sent. */
export const LATENCY_FIGURES: readonly Figure[] = [
  { key: 'p50', title: 'steady p50', unit: 'millis' },
  { key: 'p99', title: 'p99', unit: 'millis' },
  { key: 'p999', title: 'p99.9', unit: 'millis' },
  { key: 'late99', title: 'sent late p99', unit: 'millis' },
];

/** A sample of `costFigures` and `MACHINE_FIGURES`. */
export function toCosts({ result, residentBytes }: Measured<Span>, per: Per): Sample {
  const count = per === 'delivery' ? result.deliveries : result.done;
  const { seconds, serverCpuMicros, loadCpuMicros } = result;
  return {
    rate: count / seconds,
    cost: serverCpuMicros / count,
    serverBusy: serverCpuMicros / 1e6 / seconds,
    loadBusy: loadCpuMicros / 1e6 / seconds,
    memory: residentBytes / 1e6,
  };
}

/** A sample of `LATENCY_FIGURES`; empty without a steady load. */
export function toLatencies({ latency, lateness }: TrafficResult): Sample {
  return {
    ...(latency && toMillis(latency)),
    ...(lateness && { late99: lateness.p99 / 1_000 }),
  };
}

export function toMillis({ p50, p99, p999 }: Latency): Sample {
  return { p50: p50 / 1_000, p99: p99 / 1_000, p999: p999 / 1_000 };
}
