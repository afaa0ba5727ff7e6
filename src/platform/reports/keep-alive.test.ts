import { expect, test } from 'vitest';
import { createNodeAdapter } from '../../tars/servants/platform.ts';
import { createKeepAlive } from './keep-alive.ts';
import {
  createMemoryPlatform,
  createTestClock,
  createTestLog,
  TEST_CONF,
} from '../calls/platform-harness.ts';

function setUp(ret = 0) {
  const clock = createTestClock();
  const log = createTestLog();
  const alive: object[] = [];
  const versions: string[] = [];
  const platform = createMemoryPlatform({
    'tars.tarsnode.ServerObj': createNodeAdapter({
      async keepAlive({ info }) {
        alive.push(info);
        return { ret };
      },
      async reportVersion({ application, serverName, version }) {
        versions.push(`${application}.${serverName} ${version}`);
        return { ret };
      },
    }),
  });
  const keepAlive = createKeepAlive({
    conf: TEST_CONF,
    object: 'tars.tarsnode.ServerObj',
    caller: platform.caller,
    clock,
    log,
    pid: 4711,
    version: '0.2.0',
  });
  return { clock, log, alive, versions, platform, keepAlive };
}

test('a keep-alive is sent for each adapter and the admin one at once, and every 10 seconds', async () => {
  const { clock, alive, keepAlive } = setUp();
  keepAlive.start();
  await clock.pass(0);
  expect(alive).toEqual([
    { application: 'Chat', serverName: 'RoomServer', pid: 4711, adapter: 'Chat.RoomServer.RoomObjAdapter' },
    { application: 'Chat', serverName: 'RoomServer', pid: 4711, adapter: 'AdminAdapter' },
  ]);
  await clock.pass(9_999);
  expect(alive).toHaveLength(2);
  await clock.pass(1);
  expect(alive).toHaveLength(4);
  await keepAlive.stop();
  await clock.pass(60_000);
  expect(alive).toHaveLength(4);
});

test('the version is sent once', async () => {
  const { clock, versions, keepAlive } = setUp();
  keepAlive.start();
  await clock.pass(60_000);
  expect(versions).toEqual(['Chat.RoomServer 0.2.0']);
});

test('a node that comes back gets keep-alive and version; failure and return are logged once', async () => {
  const { clock, log, alive, versions, platform, keepAlive } = setUp();
  platform.isDown = true;
  keepAlive.start();
  await clock.pass(30_000);
  expect(alive).toEqual([]);
  platform.isDown = false;
  await clock.pass(30_000);
  expect(alive).toHaveLength(6);
  expect(versions).toHaveLength(1);
  expect(log.lines).toEqual([
    'warn: an object of the TARS platform does not answer',
    'info: an object of the TARS platform answers again',
  ]);
});

test('a node that hangs has one round of calls to answer, however long it hangs', async () => {
  const { clock, platform, keepAlive } = setUp();
  platform.isHanging = true;
  keepAlive.start();
  await clock.pass(600_000);
  expect(platform.calls).toEqual(['keepAlive', 'keepAlive']);
});

test('a node that does not know the server is logged once', async () => {
  const { clock, log, keepAlive } = setUp(-1);
  keepAlive.start();
  await clock.pass(60_000);
  expect(log.lines).toEqual(['warn: the TARS node does not know this server']);
});
