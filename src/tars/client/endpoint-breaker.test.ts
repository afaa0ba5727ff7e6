import { describe, expect, test } from 'vitest';
import type { EndpointCircuit } from '../servant-link.ts';
import { EndpointBreaker, EndpointBreakers } from './endpoint-breaker.ts';
import { ManualClock } from './link-harness.ts';

function createBreaker() {
  const clock = new ManualClock();
  const told: EndpointCircuit[] = [];
  const breaker = new EndpointBreaker(clock, (circuit) => told.push(circuit));
  /** Lets so many calls in a row have no reply. */
  function fail(times: number): void {
    for (let left = times; left > 0; left--) {
      breaker.sent(left);
      breaker.failed([left]);
    }
  }
  return { clock, told, breaker, fail };
}

describe('the breaker of an endpoint', () => {
  test('opens after five calls in a row without a reply', () => {
    const { breaker, fail, told } = createBreaker();
    fail(4);
    breaker.replied();
    fail(4);
    expect([breaker.circuit, breaker.failures, breaker.takes(false)]).toEqual(['closed', 4, true]);
    fail(1);
    expect([breaker.circuit, breaker.takes(false)]).toEqual(['open', false]);
    expect(told).toEqual(['open']);
  });

  test('counts the calls that were lost with one connection as one failure', () => {
    const { breaker } = createBreaker();
    breaker.failed([1, 2, 3, 4, 5, 6]);
    expect([breaker.circuit, breaker.failures]).toEqual(['closed', 1]);
  });

  test('opens at once when the connection was silent', () => {
    const { breaker } = createBreaker();
    breaker.trip();
    expect(breaker.circuit).toBe('open');
  });

  test('lets one call try after a second, and closes when it is answered', () => {
    const { breaker, clock, told } = createBreaker();
    breaker.trip();
    clock.advance(999);
    expect(breaker.takes(false)).toBe(false);
    clock.advance(1);
    // A one-way call would show nothing.
    expect([breaker.takes(true), breaker.takes(false)]).toEqual([false, true]);
    breaker.sent(7);
    expect(breaker.takes(false)).toBe(false);
    breaker.replied();
    expect([breaker.takes(false), breaker.failures]).toEqual([true, 0]);
    expect(told).toEqual(['open', 'halfOpen', 'closed']);
    expect(clock.timers).toBe(0);
  });

  test('waits twice as long after each try that fails, up to ten seconds, and a second again after a reply', () => {
    const { breaker, clock } = createBreaker();
    breaker.trip();
    for (const restMs of [1_000, 2_000, 4_000, 8_000, 10_000, 10_000]) {
      clock.advance(restMs - 1);
      expect(breaker.circuit).toBe('open');
      clock.advance(1);
      expect(breaker.circuit).toBe('halfOpen');
      breaker.sent(restMs);
      breaker.failed([restMs]);
    }
    breaker.replied();
    breaker.trip();
    clock.advance(1_000);
    expect(breaker.circuit).toBe('halfOpen');
  });

  test('stays half open when another call than the try fails', () => {
    const { breaker, clock } = createBreaker();
    breaker.trip();
    clock.advance(1_000);
    breaker.sent(1);
    breaker.failed([2, 3]);
    expect([breaker.circuit, breaker.takes(false)]).toEqual(['halfOpen', false]);
  });

  test('lets another call try when nobody waits for the first any more', () => {
    const { breaker, clock } = createBreaker();
    breaker.trip();
    clock.advance(1_000);
    breaker.sent(1);
    breaker.forget(1);
    expect(breaker.takes(false)).toBe(true);
  });
});

test('each endpoint has one breaker, until it is no longer wanted', () => {
  const clock = new ManualClock();
  const told: string[] = [];
  const breakers = new EndpointBreakers(clock, ({ port }, circuit) => told.push(`${port} ${circuit}`));
  const [one, other] = [1, 2].map((port) => ({ host: 'a', port })) as [
    { host: string; port: number },
    { host: string; port: number },
  ];
  const first = breakers.of(one);
  first.trip();
  breakers.of(other).trip();
  breakers.keepOnly([one]);
  expect(breakers.of({ ...one })).toBe(first);
  expect(breakers.of(other).circuit).toBe('closed');
  expect(told).toEqual(['1 open', '2 open']);
  expect(clock.timers).toBe(1);
});
