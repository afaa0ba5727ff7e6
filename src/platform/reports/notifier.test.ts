import { expect, test } from 'vitest';
import { CLOCK_STEPS } from '../../system/clock-harness.ts';
import { createNotifyAdapter, type Message } from '../../tars/servants/platform.ts';
import { createNotifier, MAX_WAITING_MESSAGES } from './notifier.ts';
import {
  createMemoryPlatform,
  createTestClock,
  createTestLog,
  TEST_CONF,
} from '../calls/platform-harness.ts';

function setUp() {
  const clock = createTestClock();
  const messages: Message[] = [];
  const platform = createMemoryPlatform({
    Notify: createNotifyAdapter({
      async reportNotifyInfo({ message }) {
        messages.push(message);
      },
    }),
  });
  const { caller } = platform;
  const notifier = createNotifier({
    conf: { ...TEST_CONF, set: { name: 'room', area: 'sz', group: '1' } },
    object: 'Notify',
    caller,
    clock,
    log: createTestLog(),
    pid: 4711,
  });
  return { clock, messages, platform, notifier, texts: () => messages.map(({ text }) => text) };
}

test('a report and an alarm say who tells them and how bad it is', async () => {
  const { clock, messages, notifier } = setUp();
  notifier.report('restart');
  notifier.start();
  notifier.alarm('error', 'the store failed');
  await clock.pass(0);
  const sender = {
    application: 'Chat',
    serverName: 'RoomServer',
    setName: 'room.sz.1',
    container: '',
    threadId: '4711',
  };
  expect(messages).toEqual([
    { ...sender, kind: 0, level: 0, text: 'restart' },
    { ...sender, kind: 1, level: 2, text: 'the store failed' },
  ]);
});

test('messages wait for a platform that is away, and come in their order', async () => {
  const { clock, platform, notifier, texts } = setUp();
  platform.isDown = true;
  notifier.start();
  notifier.report('one');
  notifier.report('two');
  await clock.pass(60_000);
  platform.isDown = false;
  await clock.pass(10_000);
  expect(texts()).toEqual(['one', 'two']);
});

test('of too many waiting messages the latest are kept', async () => {
  const { clock, platform, notifier, texts } = setUp();
  platform.isDown = true;
  notifier.start();
  for (let index = 0; index < MAX_WAITING_MESSAGES + 20; index += 1) notifier.report(`message ${index}`);
  await clock.pass(0);
  platform.isDown = false;
  await clock.pass(10_000);
  expect(texts()).toHaveLength(MAX_WAITING_MESSAGES);
  expect(texts().at(-1)).toBe(`message ${MAX_WAITING_MESSAGES + 19}`);
});

test('the same alarm is raised once a minute', async () => {
  const { clock, notifier, texts } = setUp();
  notifier.start();
  for (let second = 0; second < 90; second += 1) {
    notifier.alarm('warning', 'again');
    notifier.alarm('warning', `only ${second < 1 ? 'now' : 'later'}`);
    await clock.pass(1000);
  }
  expect(texts()).toEqual(['again', 'only now', 'only later', 'again', 'only later']);
});

test('stopping sends what waits', async () => {
  const { clock, notifier, texts } = setUp();
  notifier.start();
  await clock.pass(0);
  notifier.report('stop');
  await notifier.stop();
  expect(texts()).toEqual(['stop']);
  expect(clock.timers).toBe(0);
});

test('a text is cut before the platform would', async () => {
  const { clock, notifier, texts } = setUp();
  notifier.start();
  notifier.report('x'.repeat(5000));
  await clock.pass(0);
  expect(texts()[0]).toHaveLength(1000);
});

test.each(Object.entries(CLOCK_STEPS))(
  'an alarm is held back for as long when the wall clock is set %s',
  async (_, stepMs) => {
    const { clock, notifier, texts } = setUp();
    notifier.start();
    notifier.alarm('warning', 'again');
    clock.stepWallClock(stepMs);
    await clock.pass(59_999);
    notifier.alarm('warning', 'again');
    await clock.pass(0);
    expect(texts()).toEqual(['again']);
    await clock.pass(1);
    notifier.alarm('warning', 'again');
    await clock.pass(0);
    expect(texts()).toEqual(['again', 'again']);
  },
);
