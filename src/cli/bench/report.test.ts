import { expect, test } from 'vitest';
import { Histogram } from './histogram.ts';
import type { LoadResult } from './load.ts';
import { createProgressBar } from './progress-bar.ts';
import { toJsonReport, toReport } from './report.ts';

const plan = {
  url: 'ws://127.0.0.1:8000/?token=secret&a=b',
  protocol: 'line',
  connections: 50,
  rooms: 5,
  rate: 1000,
  seconds: 2,
  size: 64,
  roomPrefix: 'bench-',
  token: 'secret',
} as const;

function histogramOf(...micros: readonly number[]): Histogram {
  const histogram = new Histogram();
  for (const one of micros) histogram.record(one);
  return histogram;
}

const result: LoadResult = {
  connected: 50,
  connecting: histogramOf(25_000),
  sent: 2000,
  sendingMs: 2000,
  delivered: 19_999,
  lost: 1,
  latency: histogramOf(...Array.from({ length: 999 }, () => 500), 120_000),
  errors: new Map([['\u001b[31mno', 3]]),
  wasStopped: false,
};

test('the report has the figures, no token, and nothing that a terminal obeys', () => {
  expect(toReport(plan, result)).toBe(`50 connections in 5 rooms at ws://127.0.0.1:8000/?a=b (line)
  joining    p50 25.0 ms  p90 25.0 ms  p99 25.0 ms  p99.9 25.0 ms  max 25.0 ms
  sent       2,000 messages of 64 bytes, 1,000 a second
  delivered  19,999, 10,000 a second; 1 lost
  latency    p50 0.50 ms  p90 0.50 ms  p99 0.50 ms  p99.9 0.50 ms  max 120 ms
  errors
    3 times: ${String.raw`\u001b[31mno`}
`);
});

test('a run that was stopped before anything was sent says so', () => {
  const none = new Histogram();
  const stopped = { ...result, connected: 3, sent: 0, sendingMs: 0, delivered: 0, lost: 0, wasStopped: true };
  expect(toReport(plan, { ...stopped, latency: none, errors: new Map() })).toMatch(
    /^3 of 50 connections .*\n {2}stopped before the end\n(.*\n)* {2}latency {4}nothing was measured\n {2}errors {5}none\n$/,
  );
});

test('the report as JSON has the same figures in milliseconds', () => {
  const errors = new Map([['\u009b31m\u202e', 3]]);
  const json = toJsonReport(plan, { ...result, errors });
  expect(json).toContain(String.raw`"\u009b31m\u202e": 3` + '\n');
  expect(JSON.parse(json)).toMatchObject({
    url: 'ws://127.0.0.1:8000/?a=b',
    connected: 50,
    seconds: 2,
    sent: 2000,
    deliveredPerSecond: 10_000,
    lost: 1,
    latencyMs: { p50: 0.503, max: 120 },
    errors: { '\u009b31m\u202e': 3 },
  });
});

test('the bar is written when it changes, and removed in the end', () => {
  const written: string[] = [];
  const bar = createProgressBar((text) => written.push(text));
  bar.show('measuring', 0.5);
  bar.show('measuring', 0.501);
  bar.clear();
  bar.clear();
  expect(written).toEqual(['\r\u001b[Kmeasuring [###############...............] 50 %', '\r\u001b[K']);
});
