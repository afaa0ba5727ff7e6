import { expect, test } from 'vitest';
import { CLOCK_STEPS } from '../../system/clock-harness.ts';
import { createStatAdapter, type StatBody, type StatHead } from '../../tars/servants/platform.ts';
import { createMemoryStatStore } from './memory-stat-store.ts';
import {
  createMemoryPlatform,
  createTestClock,
  createTestLog,
  TEST_CONF,
} from '../calls/platform-harness.ts';
import { toEntry, type CallRecord } from './stat-counts.ts';
import { createStatReporter } from './stat-reporter.ts';
import type { StatStore } from './stat-store.ts';

const CALL: CallRecord = {
  object: 'Demo.Hello.HelloObj',
  func: 'sayHello',
  endpoint: { host: '10.0.0.9', port: 14_002 },
  outcome: 'succeeded',
  ret: 0,
  durationMs: 12,
};

function setUp(store: StatStore = createMemoryStatStore(), conf = TEST_CONF) {
  const clock = createTestClock();
  const log = createTestLog();
  const reports: [StatHead, StatBody][][] = [];
  const platform = createMemoryPlatform({
    Stat: createStatAdapter({
      async reportMicMsg({ calls, fromClient }) {
        if (fromClient) reports.push([...calls]);
        return { ret: 0 };
      },
    }),
  });
  const { caller } = platform;
  const reporter = createStatReporter({ conf, object: 'Stat', caller, clock, log, store });
  return { clock, log, reports, platform, reporter, store };
}

test('calls are reported at the interval, with who called whom and how it went', async () => {
  const { clock, reports, reporter } = setUp();
  reporter.start();
  await clock.pass(500);
  reporter.record(CALL);
  reporter.record({ ...CALL, durationMs: 2 });
  reporter.record({ ...CALL, durationMs: 4500 });
  await clock.pass(59_000);
  expect(reports).toEqual([]);
  await clock.pass(1000);
  expect(reports).toEqual([
    [
      [
        {
          masterName: 'Chat.RoomServer',
          slaveName: 'Demo.Hello',
          interfaceName: 'sayHello',
          masterIp: '10.0.0.5',
          slaveIp: '10.0.0.9',
          slavePort: 14_002,
          returnValue: 0,
          slaveSetName: '',
          slaveSetArea: '',
          slaveSetId: '',
          version: '',
        },
        {
          count: 3,
          timeoutCount: 0,
          failureCount: 0,
          intervalCount: new Map([
            [5, 1],
            [10, 0],
            [50, 1],
            [100, 0],
            [200, 0],
            [500, 0],
            [1000, 0],
            [2000, 0],
            [3000, 1],
          ]),
          totalTime: 4514,
          maxTime: 4500,
          minTime: 2,
        },
      ],
    ],
  ]);
  await clock.pass(120_000);
  expect(reports).toHaveLength(1);
});

test('calls that time out or fail are counted apart, by their return codes', async () => {
  const { clock, reports, reporter } = setUp();
  reporter.record({ ...CALL, outcome: 'timedOut', ret: -13_001 });
  reporter.record({ ...CALL, outcome: 'failed', ret: -1 });
  reporter.record({ ...CALL, outcome: 'failed', ret: -1 });
  reporter.start();
  await clock.pass(0);
  expect(
    reports[0]?.map(([head, body]) => [head.returnValue, body.count, body.timeoutCount, body.failureCount]),
  ).toEqual([
    [-13_001, 0, 1, 0],
    [-1, 0, 0, 2],
  ]);
});

test('a server of a set is called by both names', async () => {
  const { clock, reports, reporter } = setUp(createMemoryStatStore(), {
    ...TEST_CONF,
    set: { name: 'room', area: 'sz', group: '1' },
  });
  reporter.record(CALL);
  reporter.start();
  await clock.pass(0);
  expect(reports[0]?.[0]?.[0].masterName).toBe('Chat.RoomServer.roomsz1');
});

test('what a platform that is away did not take is reported when it is back, all of it', async () => {
  const { clock, log, reports, platform, reporter } = setUp();
  platform.isDown = true;
  reporter.start();
  for (let minute = 0; minute < 5; minute += 1) {
    reporter.record(CALL);
    await clock.pass(60_000);
  }
  platform.isDown = false;
  reporter.record(CALL);
  await clock.pass(61_000);
  expect(reports.flat().map(([, body]) => body.count)).toEqual([6]);
  expect(log.lines).toEqual([
    'warn: an object of the TARS platform does not answer',
    'info: an object of the TARS platform answers again',
  ]);
});

test('a platform that is away costs bounded memory, whatever is called', async () => {
  const { clock, reports, platform, reporter } = setUp(createMemoryStatStore(50));
  platform.isDown = true;
  reporter.start();
  for (let index = 0; index < 1000; index += 1) reporter.record({ ...CALL, func: `f${index}` });
  await clock.pass(120_000);
  platform.isDown = false;
  await clock.pass(61_000);
  expect(reports.flat()).toHaveLength(50);
});

test('a report has a limited size; the rest follows at once', async () => {
  const { clock, reports, reporter } = setUp();
  for (let index = 0; index < 450; index += 1) reporter.record({ ...CALL, func: `f${index}` });
  reporter.start();
  await clock.pass(0);
  expect(reports.map(({ length }) => length)).toEqual([200, 200, 50]);
});

test('what an earlier process left in the store is reported at the start', async () => {
  const store = createMemoryStatStore();
  await store.add([toEntry(CALL)]);
  const { clock, reports, reporter } = setUp(store);
  reporter.start();
  await clock.pass(0);
  expect(reports.flat()).toHaveLength(1);
});

test('what was counted goes to the store every second, and not once a call', async () => {
  const memory = createMemoryStatStore();
  const added: number[] = [];
  const { clock, reporter } = setUp({
    ...memory,
    async add(entries) {
      added.push(entries.length);
      await memory.add(entries);
    },
  });
  reporter.start();
  await clock.pass(0);
  for (let index = 0; index < 100; index += 1) reporter.record(CALL);
  await clock.pass(1000);
  expect(added).toEqual([1]);
  await clock.pass(5000);
  expect(added).toEqual([1]);
});

test('a store that fails loses nothing, and is logged once', async () => {
  const memory = createMemoryStatStore();
  let isBroken = true;
  const { clock, log, reports, reporter } = setUp({
    ...memory,
    async add(entries) {
      if (isBroken) throw new Error('out of reach');
      await memory.add(entries);
    },
  });
  reporter.start();
  reporter.record(CALL);
  await clock.pass(3000);
  reporter.record(CALL);
  isBroken = false;
  await clock.pass(120_000);
  expect(reports.flat().map(([, body]) => body.count)).toEqual([2]);
  expect(log.lines).toEqual(['warn: the store of call statistics failed']);
});

test('a store gets what it failed to add again by the same id, and newer calls apart from it', async () => {
  const memory = createMemoryStatStore();
  const added: [id: string | undefined, calls: number][] = [];
  const { clock, reports, reporter } = setUp({
    ...memory,
    // It does its work, and two answers are lost.
    async add(entries, batch) {
      if (!added.some(([id]) => id === batch)) await memory.add(entries);
      added.push([batch, entries.reduce((sum, { counts }) => sum + counts.succeeded, 0)]);
      if (added.length < 3) throw new Error('too late');
    },
  });
  reporter.start();
  await clock.pass(500);
  reporter.record(CALL);
  await clock.pass(1000);
  reporter.record(CALL);
  reporter.record(CALL);
  await clock.pass(2000);
  await reporter.stop();
  const [first] = added[0] ?? [];
  expect(added.map(([id, calls]) => [id === first, calls])).toEqual([
    [true, 1],
    [true, 1],
    [true, 1],
    [false, 2],
  ]);
  expect(reports.flat().map(([, body]) => body.count)).toEqual([3]);
});

test('stopping reports what there is, before the interval', async () => {
  const { clock, reports, reporter } = setUp();
  reporter.start();
  await clock.pass(2000);
  reporter.record(CALL);
  await reporter.stop();
  expect(reports.flat()).toHaveLength(1);
  expect(clock.timers).toBe(0);
});

test.each(Object.entries(CLOCK_STEPS))(
  'calls are reported at the same interval when the wall clock is set %s',
  async (_, stepMs) => {
    const { clock, reports, reporter } = setUp();
    reporter.start();
    await clock.pass(500);
    reporter.record(CALL);
    clock.stepWallClock(stepMs);
    await clock.pass(59_000);
    expect(reports).toEqual([]);
    await clock.pass(1_000);
    expect(reports).toHaveLength(1);
    await reporter.stop();
  },
);
