import { describe, expect, test } from 'vitest';
import { addCounts, LATENCY_BOUNDS_MS, toEntry, type CallRecord } from './stat-counts.ts';

const succeeded: CallRecord = {
  object: 'Chat.Hello.HelloObj',
  func: 'sayHello',
  endpoint: { host: '10.0.0.5', port: 14_002 },
  outcome: 'succeeded',
  ret: 0,
  durationMs: 12,
};

describe('a call', () => {
  test('is counted under its server, function, endpoint and return code', () => {
    expect(toEntry(succeeded).key).toEqual({
      server: 'Chat.Hello',
      func: 'sayHello',
      host: '10.0.0.5',
      port: 14_002,
      ret: 0,
    });
  });

  test('that reached no endpoint has none', () => {
    const { key } = toEntry({
      object: 'Chat.Hello.HelloObj',
      func: 'f',
      outcome: 'failed',
      ret: -13_001,
      durationMs: 9,
    });
    expect(key).toEqual({ server: 'Chat.Hello', func: 'f', host: '', port: 0, ret: -13_001 });
  });

  test.each([
    [0, 5],
    [5, 5],
    [5.4, 5],
    [6, 10],
    [10, 10],
    [50, 50],
    [51, 100],
    [200, 200],
    [201, 500],
    [1000, 1000],
    [1999, 2000],
    [3000, 3000],
    [3001, 3000],
    [60_000, 3000],
  ])('of %d ms counts under %d ms alone', (durationMs, bound) => {
    const { latencies } = toEntry({ ...succeeded, durationMs }).counts;
    expect(latencies).toEqual(LATENCY_BOUNDS_MS.map((other) => (other === bound ? 1 : 0)));
  });

  test.each(['failed', 'timedOut'] as const)('that %s has no time', (outcome) => {
    const { counts } = toEntry({ ...succeeded, outcome, durationMs: 3000 });
    expect(counts).toEqual({
      succeeded: 0,
      timedOut: 0,
      failed: 0,
      totalMs: 0,
      minMs: 0,
      maxMs: 0,
      latencies: LATENCY_BOUNDS_MS.map(() => 0),
      [outcome]: 1,
    });
  });
});

test('counts add up, in either order', () => {
  const quick = toEntry({ ...succeeded, durationMs: 2 }).counts;
  const slow = toEntry({ ...succeeded, durationMs: 2500 }).counts;
  const failed = toEntry({ ...succeeded, outcome: 'failed' }).counts;
  const all = addCounts(failed, addCounts(quick, slow));
  expect(all).toEqual({
    succeeded: 2,
    timedOut: 0,
    failed: 1,
    totalMs: 2502,
    minMs: 2,
    maxMs: 2500,
    latencies: [1, 0, 0, 0, 0, 0, 0, 0, 1],
  });
  expect(addCounts(addCounts(slow, quick), failed)).toEqual(all);
});
