import { expect, test } from 'vitest';
import { createAdminProxy } from '../../tars/servants/platform.ts';
import { createAdminServant } from './admin-servant.ts';
import { createMemoryPlatform, createTestClock, createTestLog } from '../calls/platform-harness.ts';

function setUp(run: (command: string) => Promise<string> = async (command) => `did ${command}`) {
  const clock = createTestClock();
  const log = createTestLog();
  let stops = 0;
  const servant = createAdminServant({ run, stop: () => void (stops += 1), clock, log });
  const admin = createAdminProxy(createMemoryPlatform({ AdminObj: servant }).caller('AdminObj'));
  return { admin, clock, log, stops: () => stops };
}

test('a command is carried out and answered', async () => {
  const { admin } = setUp();
  expect(await admin.notify({ command: 'tars.help' })).toEqual({ ret: 'did tars.help' });
});

test('a shutdown is answered before the server begins to stop', async () => {
  const { admin, clock, stops } = setUp();
  await admin.shutdown();
  expect(stops()).toBe(0);
  await clock.pass(0);
  expect(stops()).toBe(1);
});

test('a command that fails is logged, and the caller gets a return code', async () => {
  const { admin, log } = setUp(async () => {
    throw new Error('broken');
  });
  await expect(admin.notify({ command: 'x' })).rejects.toMatchObject({ ret: -1 });
  expect(log.lines).toContain('error: an admin command failed');
});
