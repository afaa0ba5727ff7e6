import { expect, test } from 'vitest';
import { TestClock } from './test-clock.ts';

function createClock() {
  let runs = 0;
  const clock = new TestClock(1_000, () => {
    runs += 1;
  });
  return { clock, runs: () => runs };
}

test('timers run when they are due, the earliest first', () => {
  const { clock } = createClock();
  const ran: string[] = [];
  clock.setTimeout(() => ran.push('late'), 20);
  clock.setTimeout(() => ran.push('early'), 10);
  clock.setTimeout(() => ran.push('never'), Infinity);
  clock.clearTimeout(clock.setTimeout(() => ran.push('cleared'), 10));
  expect(clock.nextDue()).toBe(clock.monotonic() + 10);
  clock.moveTo(clock.monotonic() + 9);
  clock.runDue();
  expect(ran).toEqual([]);
  clock.moveTo(clock.monotonic() + 11);
  clock.runDue();
  expect(ran).toEqual(['early', 'late']);
  expect(clock.nextDue()).toBeUndefined();
  expect(clock.now()).toBe(1_020);
});

test('a timer that an earlier one clears does not run', () => {
  const { clock } = createClock();
  const ran: string[] = [];
  clock.setTimeout(() => clock.clearTimeout(second), 5);
  const second = clock.setTimeout(() => ran.push('second'), 5);
  clock.moveTo(clock.monotonic() + 5);
  clock.runDue();
  expect(ran).toEqual([]);
});

test('a timer without a delay runs by itself, and is told', async () => {
  const { clock, runs } = createClock();
  await new Promise<void>((resolve) => {
    clock.setTimeout(resolve, 0);
  });
  expect(runs()).toBe(1);
});

test('the clock does not go back', () => {
  const { clock } = createClock();
  const before = clock.monotonic();
  clock.moveTo(before - 1);
  expect(clock.monotonic()).toBe(before);
});
