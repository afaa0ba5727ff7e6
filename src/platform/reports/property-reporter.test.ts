import { expect, test } from 'vitest';
import { createPropertyAdapter, type PropertyBody, type PropertyHead } from '../../tars/servants/platform.ts';
import {
  createMemoryPlatform,
  createTestClock,
  createTestLog,
  TEST_CONF,
} from '../calls/platform-harness.ts';
import { createPropertyReporter } from './property-reporter.ts';
import type { ServerNumbers } from './server-numbers.ts';

const NUMBERS: ServerNumbers = {
  connections: 12,
  rooms: 3,
  messages: 7,
  memoryBytes: 104_857_600,
  delayMs: { mean: 0.256, max: 12 },
};

function setUp(read: () => ServerNumbers | undefined = () => NUMBERS) {
  const clock = createTestClock();
  const reports: [PropertyHead, PropertyBody][][] = [];
  const platform = createMemoryPlatform({
    Property: createPropertyAdapter({
      async reportPropMsg({ numbers }) {
        reports.push([...numbers]);
        return { ret: 0 };
      },
    }),
  });
  const reporter = createPropertyReporter({
    conf: TEST_CONF,
    object: 'Property',
    caller: platform.caller,
    clock,
    log: createTestLog(),
    read,
  });
  const sums = () =>
    reports.map((report) => report.find(([head]) => head.propertyName === 'messages')?.[1].values[0]?.value);
  return { clock, reports, platform, reporter, sums };
}

test('the numbers are reported at once and at each interval, each with its policies', async () => {
  const { clock, reports, reporter } = setUp();
  reporter.start();
  await clock.pass(0);
  expect(reports[0]?.map(([head, { values }]) => [head.propertyName, values])).toEqual([
    [
      'connections',
      [
        { policy: 'Avg', value: '12' },
        { policy: 'Max', value: '12' },
      ],
    ],
    [
      'rooms',
      [
        { policy: 'Avg', value: '3' },
        { policy: 'Max', value: '3' },
      ],
    ],
    ['messages', [{ policy: 'Sum', value: '7' }]],
    [
      'memoryBytes',
      [
        { policy: 'Avg', value: '104857600' },
        { policy: 'Max', value: '104857600' },
      ],
    ],
    [
      'eventLoopDelayMs',
      [
        { policy: 'Avg', value: '0.26' },
        { policy: 'Max', value: '12' },
      ],
    ],
  ]);
  expect(reports[0]?.[0]?.[0]).toMatchObject({ moduleName: 'Chat.RoomServer', ip: '10.0.0.5', version: 1 });
  await clock.pass(60_000);
  expect(reports).toHaveLength(2);
});

test('the messages of a failed report are in the next one', async () => {
  const { clock, platform, reporter, sums } = setUp();
  platform.isDown = true;
  reporter.start();
  await clock.pass(120_000);
  platform.isDown = false;
  await clock.pass(60_000);
  await clock.pass(60_000);
  expect(sums()).toEqual(['28', '7']);
});

test('without numbers there is no report', async () => {
  const { clock, platform, reporter } = setUp(() => undefined);
  reporter.start();
  await clock.pass(60_000);
  expect(platform.calls).toEqual([]);
});
