/** What `statecast bench` prints: the figures of a run, for people and as JSON. */

import { toPlainJson, toPlainText } from '../../system/plain-text.ts';
import type { Histogram } from './histogram.ts';
import type { LoadResult } from './load.ts';
import type { BenchPlan } from './plan.ts';

const SHARES = { p50: 0.5, p90: 0.9, p99: 0.99, 'p99.9': 0.999 };

export function toReport(plan: BenchPlan, result: LoadResult): string {
  const { connected, sent, delivered, lost, errors, connecting, latency, wasStopped } = result;
  const { connections, rooms, protocol } = plan;
  const crowd = connected === connections ? String(connections) : `${connected} of ${connections}`;
  const lines = [
    `${crowd} connections in ${rooms} rooms at ${withoutToken(plan.url)} (${protocol})`,
    ...(wasStopped ? ['  stopped before the end'] : []),
    `  joining    ${toPercentiles(connecting)}`,
    `  sent       ${showCount(sent)} messages of ${plan.size} bytes, ${showCount(perSecond(sent, result))} a second`,
    `  delivered  ${showCount(delivered)}, ${showCount(perSecond(delivered, result))} a second; ${showCount(lost)} lost`,
    `  latency    ${toPercentiles(latency)}`,
    ...(errors.size === 0 ? ['  errors     none'] : ['  errors']),
    ...[...errors].map(([why, times]) => `    ${times} times: ${toPlainText(why)}`),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

/** Durations are in milliseconds. */
export function toJsonReport(plan: BenchPlan, result: LoadResult): string {
  const { connected, sent, delivered, lost, errors, connecting, latency, sendingMs, wasStopped } = result;
  const { protocol, connections, rooms, rate, size } = plan;
  const report = {
    url: withoutToken(plan.url),
    protocol,
    connections,
    connected,
    rooms,
    rate,
    size,
    seconds: sendingMs / 1000,
    stopped: wasStopped,
    sent,
    sentPerSecond: perSecond(sent, result),
    delivered,
    deliveredPerSecond: perSecond(delivered, result),
    lost,
    joiningMs: percentilesOf(connecting),
    latencyMs: percentilesOf(latency),
    errors: Object.fromEntries(errors),
  };
  return `${toPlainJson(report, 2)}\n`;
}

function withoutToken(address: string): string {
  const url = new URL(address);
  url.searchParams.delete('token');
  return url.href;
}

function perSecond(count: number, { sendingMs }: LoadResult): number {
  return sendingMs === 0 ? 0 : Math.round((count * 1000) / sendingMs);
}

function percentilesOf(durations: Histogram): Readonly<Record<string, number>> {
  const shares = Object.entries(SHARES).map(([name, share]) => [name, durations.quantile(share) / 1000]);
  return { ...(Object.fromEntries(shares) as Record<string, number>), max: durations.max / 1000 };
}

function toPercentiles(durations: Histogram): string {
  if (durations.count === 0) return 'nothing was measured';
  return Object.entries(percentilesOf(durations))
    .map(([name, milliseconds]) => `${name} ${showDuration(milliseconds)}`)
    .join('  ');
}

function showDuration(milliseconds: number): string {
  const digits = milliseconds < 10 ? 2 : milliseconds < 100 ? 1 : 0;
  return `${milliseconds.toFixed(digits)} ms`;
}

/** 12345 is `12,345`. */
function showCount(count: number): string {
  return count.toLocaleString('en-US');
}
