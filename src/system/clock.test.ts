import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { CoarseTime, startQuietTimer, systemClock } from './clock.ts';
import { CLOCK_STEPS, FakeClock, momentsOf } from './clock-harness.ts';

const DAY_MS = 86_400_000;

describe('the timers of the system clock', () => {
  let calls: number;
  const note = (): void => void (calls += 1);

  beforeEach(() => {
    calls = 0;
    vi.useFakeTimers();
  });

  afterEach(() => {
    vi.useRealTimers();
  });

  test.each([1, 24, 25, 40, 75, 365])('hold a delay of %i days', (days) => {
    systemClock.setTimeout(note, days * DAY_MS);
    vi.advanceTimersByTime(days * DAY_MS - 1);
    expect(calls).toBe(0);
    vi.advanceTimersByTime(1);
    expect(calls).toBe(1);
    expect(vi.getTimerCount()).toBe(0);
  });

  test.each([0, 20, 30])('of 40 days are cleared after %i days', (days) => {
    const timer = systemClock.setTimeout(note, 40 * DAY_MS);
    vi.advanceTimersByTime(days * DAY_MS);
    systemClock.clearTimeout(timer);
    expect(vi.getTimerCount()).toBe(0);
    vi.advanceTimersByTime(80 * DAY_MS);
    expect(calls).toBe(0);
  });

  test('never end a delay without end', () => {
    const timer = systemClock.setTimeout(note, Infinity);
    vi.advanceTimersByTime(200 * DAY_MS);
    expect(calls).toBe(0);
    systemClock.clearTimeout(timer);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('keep no process alive when they are quiet, in all their parts', () => {
    const started = vi.spyOn(globalThis, 'setTimeout');
    startQuietTimer(systemClock, note, 60 * DAY_MS);
    vi.advanceTimersByTime(59 * DAY_MS);
    expect(started.mock.results.map(({ value }) => (value as NodeJS.Timeout).hasRef())).toEqual([
      false,
      false,
      false,
    ]);
    vi.advanceTimersByTime(DAY_MS);
    expect(calls).toBe(1);
  });
});

describe.each(Object.entries(CLOCK_STEPS))('when the wall clock is set %s', (_, stepMs) => {
  test('the monotonic clock goes on', () => {
    const clock = new FakeClock(1_000_000);
    const before = clock.monotonic();
    clock.stepWallClock(stepMs);
    clock.increment(5);
    expect([clock.now(), clock.monotonic() - before]).toEqual([1_000_005 + stepMs, 5]);
  });

  test('the coarse time tells the new date a millisecond later, and the same duration', () => {
    const clock = new FakeClock(1_000_000);
    const time = new CoarseTime(clock);
    const before = time.monotonic();
    expect(time.now()).toBe(1_000_000);
    clock.stepWallClock(stepMs);
    clock.increment(1);
    expect([time.now(), time.monotonic() - before]).toEqual([1_000_001 + stepMs, 1]);
  });

  test('moments keep their order and their distance, and their dates follow', () => {
    const clock = new FakeClock(1_000_000);
    const moments = momentsOf(clock);
    const first = moments.read();
    expect(moments.toDate(first)).toBe(1_000_000);
    clock.stepWallClock(stepMs);
    clock.increment(30);
    const second = moments.read();
    expect(second - first).toBe(30);
    expect([first, second].map((moment) => moments.toDate(moment))).toEqual([
      1_000_000 + stepMs,
      1_000_030 + stepMs,
    ]);
  });
});

test('the system clock tells the date, and whole milliseconds that never go back', () => {
  expect(Math.abs(systemClock.now() - Date.now())).toBeLessThan(1_000);
  let last = systemClock.monotonic();
  for (let count = 0; count < 10_000; count += 1) {
    const next = systemClock.monotonic();
    expect(Number.isInteger(next) && next >= last).toBe(true);
    last = next;
  }
});
