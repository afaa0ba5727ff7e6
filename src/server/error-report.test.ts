import { inspect } from 'node:util';
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

describe('the errors of handlers', () => {
  function createReport(patternOf?: (room: string) => string | undefined) {
    const { report, texts } = createPrinter();
    const events = createEventBus(() => undefined);
    reportHandlers(events, report, patternOf);
    const fail = (room: string, error: unknown, handler: 'onJoin' | 'onMessage' = 'onMessage'): void =>
      events.emit('handler.failed', { room, handler, error });
    return { fail, texts };
  }
  const patternOf = (room: string): string | undefined => /^(chat|pay)/.exec(room)?.[0];

  test('from one place are of one kind for the rooms of one pattern, and of others for other patterns', () => {
    const { fail, texts } = createReport(patternOf);
    for (const room of ['chat1', 'chat2', 'pay1', 'pay2', 'other', 'other']) fail(room, thrownHere());
    fail('chat3', thrownHere(), 'onJoin');
    expect(texts()).toEqual([
      'statecast: onMessage of room "chat1" failed:',
      'statecast: onMessage of room "pay1" failed:',
      'statecast: onMessage of room "other" failed:',
      'statecast: onJoin of room "chat3" failed:',
    ]);
  });

  test('from one place are of one kind for one room, where no pattern is known', () => {
    const { fail, texts } = createReport();
    for (const room of ['a', 'b', 'a']) fail(room, thrownHere());
    expect(texts()).toHaveLength(2);
  });

  test.each([
    ['reason E', 'reason F'],
    [1, '1'],
    [1, 2],
    [{ code: 1 }, { code: 2 }],
    [null, undefined],
    [Symbol('a'), Symbol('b')],
    [Object.create(null), new Map([['code', 1]])],
  ])('that are no Error are of the kind that their text tells: %o, %o', (one, other) => {
    const { fail, texts } = createReport(patternOf);
    for (const error of [one, other, one, other]) fail('chat1', error);
    expect(texts()).toHaveLength(2);
  });

  test('that have no text at all are told too', () => {
    const { fail, texts } = createReport(patternOf);
    fail('chat1', {
      get [inspect.custom]() {
        throw new Error('no text');
      },
    });
    expect(texts()).toHaveLength(1);
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
