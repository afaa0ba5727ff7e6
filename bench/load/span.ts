/** Measures a span of load: what was done in it, in which time, and for how much processor time on both sides. */

import { readCpuMicros } from '../accounting.ts';
import { sleep } from './crowd.ts';
import type { Histogram } from './histogram.ts';
import type { Latency, Span } from './jobs.ts';

const LOOK_MS = 10;
/** A server that idles is not waited for without an end. */
const MAX_TIMES = 4;

/**
 * Waits until the server has worked for so long, in milliseconds of its processor time: on a machine that is shared
 * it may take a while until its code is compiled.
 */
export async function warmUp(serverPid: number, ms: number): Promise<void> {
  const deadline = performance.now() + ms * MAX_TIMES;
  const warmAt = readCpuMicros(serverPid) + ms * 1_000;
  while (readCpuMicros(serverPid) < warmAt && performance.now() < deadline) await sleep(LOOK_MS);
}

/** Counts that only grow. */
export interface Counts {
  readonly done: number;
  readonly deliveries: number;
}

/** Begins a span; the function that it returns ends it. */
export function beginSpan(serverPid: number, count: () => Counts): () => Span {
  const before = take();
  return () => {
    const after = take();
    return {
      seconds: (after.at - before.at) / 1_000,
      done: after.done - before.done,
      deliveries: after.deliveries - before.deliveries,
      serverCpuMicros: after.server - before.server,
      loadCpuMicros: after.load - before.load,
    };
  };

  function take() {
    const { done, deliveries } = count();
    const own = process.cpuUsage();
    const at = performance.now();
    return { at, done, deliveries, server: readCpuMicros(serverPid), load: own.user + own.system };
  }
}

export function toLatency(histogram: Histogram): Latency {
  return {
    p50: histogram.quantile(0.5),
    p99: histogram.quantile(0.99),
    p999: histogram.quantile(0.999),
    max: histogram.max,
  };
}
