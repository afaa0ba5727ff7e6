/** Measures a span of load: the work, the time, and the processor time of all processes. */

import { readChildren, readCpuMicros } from '../accounting.ts';
import { sleep } from './crowd.ts';
import type { Histogram } from '../../src/cli/bench/histogram.ts';
import type { Target } from './wire-client.ts';
import type { Latency, Pause, Span, Timing } from './jobs.ts';

const LOOK_MS = 10;
/** The longest warm-up of a server that is not busy, in multiples of the normal one. */
const MAX_TIMES = 4;

/** Counts that only grow. */
interface Counts {
  readonly done: number;
  readonly deliveries: number;
}

/** A load that can be paused. */
interface Load {
  /** The processes of the server. */
  readonly serverPids: readonly number[];
  count(): Counts;
  /** Starts, or goes on after a rest. */
  start(): void;
  /** Sends nothing more, and resolves when everything sent is done. */
  rest(): Promise<void>;
}

/** Measures a load slice by slice after a warm-up; in the end the load rests. */
export async function measureLoad(
  load: Load,
  { warmUpMs, runInMs, measureMs, slices, backendPid }: Timing,
  pause: Pause,
): Promise<Span> {
  load.start();
  await warmUp(load.serverPids, warmUpMs);
  const spans: Span[] = [];
  while (spans.length < slices) {
    await load.rest();
    await pause('resting');
    load.start();
    await sleep(runInMs);
    const endSpan = beginSpan(load.serverPids, () => load.count(), backendPid);
    await sleep(measureMs / slices);
    spans.push(endSpan());
  }
  await load.rest();
  return addUp(spans);
}

/** Begins a span; the function that it returns ends it. */
export function beginSpan(
  serverPids: readonly number[],
  count: () => Counts,
  backendPid?: number,
): () => Span {
  const before = take();
  return () => {
    const after = take();
    return {
      seconds: (after.at - before.at) / 1_000,
      done: after.done - before.done,
      deliveries: after.deliveries - before.deliveries,
      serverCpuMicros: after.server - before.server,
      loadCpuMicros: after.load - before.load,
      backendCpuMicros: after.backend - before.backend,
    };
  };

  function take() {
    const { done, deliveries } = count();
    const own = process.cpuUsage();
    const at = performance.now();
    const server = readAll(serverPids);
    const backend = backendPid === undefined ? 0 : readCpuMicros(backendPid);
    return { at, done, deliveries, server, backend, load: own.user + own.system };
  }
}

/** The processes of a server, its workers included. */
export function pidsOf({ pid, others = [] }: Target): readonly number[] {
  return [pid, ...others.map((other) => other.pid)].flatMap((one) => [one, ...readChildren(one)]);
}

function readAll(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => sum + readCpuMicros(pid), 0);
}

export function toLatency(histogram: Histogram): Latency {
  return {
    p50: histogram.quantile(0.5),
    p99: histogram.quantile(0.99),
    p999: histogram.quantile(0.999),
    max: histogram.max,
  };
}

/**
 * Waits until the server has used so many milliseconds of processor time. On a shared machine it may take long until
 * its code is compiled.
 */
async function warmUp(serverPids: readonly number[], ms: number): Promise<void> {
  const deadline = performance.now() + ms * MAX_TIMES;
  const warmAt = readAll(serverPids) + ms * 1_000;
  while (readAll(serverPids) < warmAt && performance.now() < deadline) await sleep(LOOK_MS);
}

function addUp(spans: readonly Span[]): Span {
  const sum = (key: keyof Span): number => spans.reduce((total, span) => total + span[key], 0);
  return {
    seconds: sum('seconds'),
    done: sum('done'),
    deliveries: sum('deliveries'),
    serverCpuMicros: sum('serverCpuMicros'),
    loadCpuMicros: sum('loadCpuMicros'),
    backendCpuMicros: sum('backendCpuMicros'),
  };
}
