import { expect, test } from 'vitest';
import { createTestClock } from './platform-harness.ts';
import { createRepeating } from './repeating.ts';

test('work runs at once, and again at each interval, until it is stopped', async () => {
  const clock = createTestClock();
  let runs = 0;
  const repeating = createRepeating(clock, 100, () => void (runs += 1));
  repeating.start();
  repeating.start();
  await clock.pass(0);
  expect(runs).toBe(1);
  await clock.pass(250);
  expect(runs).toBe(3);
  await repeating.stop();
  await clock.pass(500);
  expect(runs).toBe(3);
  expect(clock.timers).toBe(0);
});

test('a run that takes long is not joined by another one, and stopping waits for it', async () => {
  const clock = createTestClock();
  let end: () => void = () => {};
  let runs = 0;
  const repeating = createRepeating(clock, 100, () => {
    runs += 1;
    return new Promise<void>((resolve) => (end = resolve));
  });
  repeating.start();
  await clock.pass(350);
  expect(runs).toBe(1);
  end();
  await clock.pass(100);
  expect(runs).toBe(2);
  let isStopped = false;
  const stopped = repeating.stop().then(() => (isStopped = true));
  await clock.pass(0);
  expect(isStopped).toBe(false);
  end();
  await stopped;
});
