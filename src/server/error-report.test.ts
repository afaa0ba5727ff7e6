import { describe, expect, test } from 'vitest';
import { createEventBus } from '../events/event-bus.ts';
import { CLOCK_STEPS, FakeClock } from '../system/clock-harness.ts';
import { createErrorPrinter, reportHandlers } from './error-report.ts';

function createPrinter() {
  const clock = new FakeClock();
  const printed: { text: string; error: unknown }[] = [];
  const report = createErrorPrinter(clock, (text, error) => printed.push({ text, error }));
  const texts = (): string[] => printed.map(({ text }) => text);
  return { clock, printed, texts, report };
}

const thrownHere = (): Error => new Error('here');
const thrownThere = (): Error => new Error('there');

describe('errors that nobody else is told of', () => {
  test('are printed with where they happened, and as they are', () => {
    const { report, printed } = createPrinter();
    const error = thrownHere();
    report(error, 'a listener of room.opened');
    expect(printed).toEqual([{ text: 'statecast: a listener of room.opened failed:', error }]);
    expect(printed[0]?.error).toBe(error);
  });

  test.each(Object.entries(CLOCK_STEPS))(
    'are printed once a minute if they come from the same place, also when the wall clock is set %s',
    (_, stepMs) => {
      const { clock, report, texts } = createPrinter();
      for (let second = 0; second < 60; second += 1) {
        report(thrownHere(), `onMessage of room "r${second}"`, 'onMessage');
        clock.increment(999);
        if (second === 7) clock.stepWallClock(stepMs);
      }
      expect(texts()).toEqual(['statecast: onMessage of room "r0" failed:']);
      clock.increment(60);
      report(thrownHere(), 'onMessage of room "late"', 'onMessage');
      expect(texts().slice(1)).toEqual(['statecast: onMessage of room "late" failed (and 59 times before):']);
    },
  );

  test('are printed each if they come from other places or handlers', () => {
    const { report, texts } = createPrinter();
    for (let count = 0; count < 3; count += 1) {
      report(thrownHere(), 'onMessage of room "a"', 'onMessage');
      report(thrownThere(), 'onMessage of room "a"', 'onMessage');
      report(thrownHere(), 'onJoin of room "a"', 'onJoin');
      report('no error at all', 'onJoin of room "a"', 'onJoin');
    }
    expect(texts()).toHaveLength(4);
  });

  test('take no memory without bound, however many kinds there are', () => {
    const { clock, report, texts } = createPrinter();
    for (let count = 0; count < 10_000; count += 1) report('x', `place ${count}`);
    expect(texts().length).toBeLessThan(1_000);
    clock.increment(60_000);
    report('x', 'a new place');
    expect(texts().at(-1)).toBe('statecast: a new place failed:');
  });
});

test('what reports the errors of handlers may fail itself', () => {
  const errors: unknown[] = [];
  const events = createEventBus((error) => errors.push(error));
  reportHandlers(events, () => {
    throw new Error('the log is full');
  });
  events.emit('handler.failed', { room: 'r', handler: 'onJoin', error: new Error('x') });
  expect(errors).toEqual([]);
});
