/** The statistics of calls of servants on their way to the platform, through the stores that keep them. */

import { randomUUID } from 'node:crypto';
import { describe, expect, onTestFinished, test } from 'vitest';
import { serveHello } from '../examples/tars-servant.ts';
import {
  createMemoryStatStore,
  createServer,
  joinPlatform,
  loadTarsConf,
  type ServerOptions,
  type StatStore,
} from '../src/index.ts';
import { HelloMethods } from '../src/tars/servants/hello.ts';
import { startFakePlatform, writePlatformConf, type FakePlatform } from './support/fake-tars-platform.ts';
import { pickPort } from './support/pick-port.ts';
import { describeWithRedis } from './support/redis.ts';
import { runProcess } from './support/start-process.ts';
import { makeTempDir } from './support/temp-dir.ts';

const OBJECT = 'Examples.HelloServer.HelloObj';

/** Starts a server on the platform, as a project without `serve` does it. */
async function startOnPlatform(
  platform: FakePlatform,
  options: Pick<ServerOptions, 'statStore' | 'monitor'>,
) {
  const { address, close } = await serveHello('tcp -h 127.0.0.1 -p 0');
  onTestFinished(close);
  const object = `${OBJECT}@tcp -h ${address.host} -p ${address.port}`;
  const server = createServer({
    ...options,
    port: 0,
    servants: { hello: { object, methods: HelloMethods } },
  });
  onTestFinished(() => server.close());
  await server.listen();
  const home = await makeTempDir();
  const file = await writePlatformConf({
    platform,
    home,
    port: await pickPort(),
    adminPort: await pickPort(),
  });
  const tell = (): void => {};
  const joined = joinPlatform({
    conf: loadTarsConf(file)!,
    server,
    log: { level: 'info', info: tell, warn: tell, error: tell },
    version: '1',
    stop: () => {},
  });
  await joined.start();
  let isStopped = false;
  const stop = async (): Promise<void> => {
    if (!isStopped) await joined.stop();
    isStopped = true;
  };
  onTestFinished(stop);
  return { server, stop, call: () => server.rpc.hello.add({ a: 1, b: 2 }) };
}

function sumOf(platform: FakePlatform): number {
  return platform.all('stat').reduce((sum, { head, body }) => {
    expect(head).toMatchObject({ masterName: 'Chat.RoomServer', slaveName: 'Examples.HelloServer' });
    expect(head.interfaceName).toBe('add');
    return sum + body.count;
  }, 0);
}

describe('a store of its own', () => {
  test('gets the counts, gives them, and is closed at the end', async () => {
    const platform = await startFakePlatform();
    const memory = createMemoryStatStore();
    const seen: string[] = [];
    const statStore: StatStore = {
      add(entries) {
        seen.push(...entries.map(({ key, counts }) => `add ${key.func} ${counts.succeeded}`));
        return memory.add(entries);
      },
      take: (limit) => memory.take(limit),
      async close() {
        seen.push('close');
      },
    };
    const { call, stop } = await startOnPlatform(platform, { statStore });
    await call();
    await call();
    await stop();
    await platform.hears('stat');
    expect(sumOf(platform)).toBe(2);
    expect(seen.at(-1)).toBe('close');
    expect(seen.slice(0, -1).every((line) => line.startsWith('add add '))).toBe(true);
  });
});

describeWithRedis('the store in Redis', (redis) => {
  test('is shared by the processes of a server, and each call is reported once', async () => {
    const platform = await startFakePlatform();
    const prefix = randomUUID();
    const monitor = { store: 'redis', redis: { url: redis().url, prefix } } as const;
    const one = await startOnPlatform(platform, { monitor });
    const other = await startOnPlatform(platform, { monitor });
    await Promise.all(Array.from({ length: 20 }, () => one.call()));
    await Promise.all(Array.from({ length: 22 }, () => other.call()));
    await one.stop();
    await other.stop();
    await expect.poll(() => sumOf(platform)).toBe(42);
    expect(await redis().command('EXISTS', `${prefix}:{statistics}`)).toBe(0);
  });
});

test('the address of Redis is masked, as it may have a password', async () => {
  const secret = 'redis://user:the-password@127.0.0.1:6379/1';
  const { code, stdout } = await runProcess(['config'], { STATECAST_MONITOR_REDIS_URL: secret });
  expect(code).toBe(0);
  expect(stdout).not.toContain('the-password');
  const wrong = await runProcess(['config'], { STATECAST_MONITOR_REDIS_URL: 'http://the-password' });
  expect(wrong.code).toBe(2);
  expect(wrong.stderr).toContain('monitor.redis.url');
  expect(wrong.stderr).not.toContain('the-password');
});
