import { describe, expect, test } from 'vitest';
import { CLOCK_STEPS, FakeClock } from '../../system/clock-harness.ts';
import { TimerWheel } from './timer-wheel.ts';

function createWheel() {
  const simulated = new FakeClock();
  const started: unknown[] = [];
  const clock = {
    now: () => simulated.now(),
    monotonic: () => simulated.monotonic(),
    setTimeout(fn: () => void, delayMs: number) {
      started.push(delayMs);
      return simulated.setTimeout(fn, delayMs);
    },
    clearTimeout: (id: unknown) => simulated.clearTimeout(id),
  };
  const told: string[] = [];
  const target = (name: string) => ({
    send: ({ type }: { type: string }) => void told.push(`${name} ${type}`),
  });
  return { simulated, started, told, target, wheel: new TimerWheel(clock, 250) };
}

describe('a timer wheel', () => {
  test('sends each event when it is due or up to one tick later, never earlier', () => {
    const { simulated, told, target, wheel } = createWheel();
    simulated.increment(100);
    wheel.schedule(target('a'), { type: 'late' }, 1_000);
    wheel.schedule(target('b'), { type: 'soon' }, 10);
    simulated.increment(9);
    expect(told).toEqual([]);
    simulated.increment(241);
    expect(told).toEqual(['b soon']);
    simulated.increment(749);
    expect(told).toEqual(['b soon']);
    simulated.increment(251);
    expect(told).toEqual(['b soon', 'a late']);
    expect(wheel.size).toBe(0);
  });

  test('uses one timer of the clock for many of its own, and none while no timer waits', () => {
    const { simulated, started, told, target, wheel } = createWheel();
    for (let count = 0; count < 1_000; count += 1) wheel.schedule(target('a'), { type: 'due' }, 200);
    expect(started).toHaveLength(1);
    simulated.increment(250);
    expect(told).toHaveLength(1_000);
    simulated.increment(10_000);
    expect(started).toHaveLength(1);
  });

  test('cancels a timer, and ignores a cancel after it has fired', () => {
    const { simulated, told, target, wheel } = createWheel();
    const [first, second] = [1, 2].map(() => wheel.schedule(target('a'), { type: 'due' }, 300));
    if (first !== undefined) wheel.cancel(first);
    simulated.increment(1_000);
    expect(told).toEqual(['a due']);
    if (second !== undefined) wheel.cancel(second);
    wheel.schedule(target('b'), { type: 'due' }, 300);
    simulated.increment(1_000);
    expect(told).toEqual(['a due', 'b due']);
  });

  test('accepts a new timer while another one fires', () => {
    const { simulated, told, target, wheel } = createWheel();
    const again = { send: () => void wheel.schedule(target('b'), { type: 'second' }, 100) };
    wheel.schedule(again, { type: 'first' }, 100);
    simulated.increment(250);
    simulated.increment(250);
    expect(told).toEqual(['b second']);
  });
});

test.each(Object.entries(CLOCK_STEPS))('a timer is as long when the wall clock is set %s', (_, stepMs) => {
  const { simulated, told, target, wheel } = createWheel();
  wheel.schedule(target('a'), { type: 'due' }, 1_000);
  simulated.stepWallClock(stepMs);
  wheel.schedule(target('b'), { type: 'due' }, 1_000);
  simulated.increment(999);
  expect(told).toEqual([]);
  simulated.increment(1);
  expect(told).toEqual(['a due', 'b due']);
});
