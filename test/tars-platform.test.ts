/** A server on a TARS platform, over real sockets: its reports, the commands of its node daemon, and a platform that is away. */

import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { loadSettings } from '../src/config/load-settings.ts';
import { readTarsSettings } from '../src/config/tars-conf/conf-settings.ts';
import { joinPlatform } from '../src/platform/join-platform.ts';
import {
  createAdminClient,
  startFakePlatform,
  writePlatformConf,
  type FakePlatform,
} from './support/fake-tars-platform.ts';
import { createGate } from './support/gate.ts';
import { pickPort } from './support/pick-port.ts';
import { startServer } from './support/start-server.ts';
import { makeTempDir } from './support/temp-dir.ts';

async function startOnPlatform(platform: FakePlatform, configFiles: readonly string[] = []) {
  const home = await makeTempDir();
  const [port, adminPort] = [await pickPort(), await pickPort()];
  const file = await writePlatformConf({ platform, home, port, adminPort });
  const { conf } = readTarsSettings(await readFile(file, 'utf8'), file);
  if (conf === undefined) throw new Error('the configuration has mistakes');
  const running = await startServer({ port });
  const lines: string[] = [];
  const tell = (_fields: object, message: string) => void lines.push(message);
  const log = { level: 'info', info: tell, warn: tell, error: tell };
  const stopping = createGate();
  const joined = joinPlatform({
    conf,
    server: running.server,
    log,
    version: '9.8.7',
    configFiles,
    stop: () => stopping.open(),
  });
  onTestFinished(() => joined.stop());
  return { ...running, home, joined, log, lines, stopping, admin: createAdminClient(adminPort) };
}

test('the platform gets keep-alives, the version, the start report and the numbers of the server', async () => {
  const platform = await startFakePlatform();
  const { joined, connect } = await startOnPlatform(platform);
  await connect();
  await joined.start();
  const adapters = ['Chat.RoomServer.RoomObjAdapter', 'AdminAdapter'];
  for (const adapter of adapters) await platform.hears('keepAlive', ({ info }) => info.adapter === adapter);
  expect(platform.all('keepAlive')[0]?.info).toMatchObject({
    application: 'Chat',
    serverName: 'RoomServer',
    pid: process.pid,
  });
  expect(await platform.hears('version')).toMatchObject({ server: 'Chat.RoomServer', version: '9.8.7' });
  expect((await platform.hears('message')).message).toMatchObject({ text: 'restart', kind: 0 });
  const { values } = await platform.hears('property', ({ head }) => head.propertyName === 'connections');
  expect(values).toEqual({ Avg: '1', Max: '1' });
});

test('the node daemon sends commands and stops the server', async () => {
  const platform = await startFakePlatform();
  const { joined, admin, log, stopping } = await startOnPlatform(platform);
  await joined.start();
  expect(await admin.notify('tars.viewversion')).toBe('9.8.7');
  expect(await admin.notify('tars.setloglevel DEBUG')).toBe('set log level [DEBUG] ok');
  expect(log.level).toBe('debug');
  expect(await admin.notify('what')).toContain('tars.viewstatus');
  await admin.shutdown();
  await stopping.opened;
});

test('configuration files are pulled before the start and on command, and an empty file does not replace an old one', async () => {
  const platform = await startFakePlatform();
  platform.files.set('words.json', '["one"]');
  const { joined, home, admin } = await startOnPlatform(platform, ['words.json', 'missing.json']);
  const path = join(home, 'bin', 'conf', 'words.json');
  await joined.prepare();
  expect(await readFile(path, 'utf8')).toBe('["one"]');
  await expect(readFile(join(home, 'bin', 'conf', 'missing.json'))).rejects.toMatchObject({ code: 'ENOENT' });
  await joined.start();
  platform.files.set('words.json', '["two"]');
  expect(await admin.notify('tars.loadconfig words.json')).toContain('[succ]');
  expect(await readFile(path, 'utf8')).toBe('["two"]');
  platform.files.set('words.json', '');
  expect(await admin.notify('tars.loadconfig words.json')).toContain('[fail]');
  expect(await readFile(path, 'utf8')).toBe('["two"]');
});

test('calls of servants and the stop are reported when the server stops', async () => {
  const platform = await startFakePlatform();
  const { joined } = await startOnPlatform(platform);
  await joined.start();
  const call = { object: 'Demo.Hello.HelloObj', func: 'sayHello', outcome: 'succeeded', ret: 0 } as const;
  joined.recordCall({ ...call, durationMs: 7 });
  joined.recordCall({ ...call, durationMs: 700 });
  await joined.stop();
  const { head, body, fromClient } = await platform.hears('stat');
  expect(fromClient).toBe(true);
  expect(head).toMatchObject({
    masterName: 'Chat.RoomServer',
    slaveName: 'Demo.Hello',
    interfaceName: 'sayHello',
  });
  expect(body).toMatchObject({ count: 2, maxTime: 700, minTime: 7, totalTime: 707 });
  expect([body.intervalCount.get(10), body.intervalCount.get(1000)]).toEqual([1, 1]);
  await platform.hears('message', ({ message }) => message.text === 'stop');
});

test('the server works while the platform is away, and sends waiting reports when it is back', async () => {
  const platform = await startFakePlatform();
  await platform.goDown();
  const { joined, connect, lines } = await startOnPlatform(platform, ['words.json']);
  await joined.prepare();
  await joined.start();
  const client = await connect();
  client.send('subscribe|room1');
  expect(await client.next()).toBe('Subscribe roomNum:room1 success!');
  client.send('sendByRoom|{"roomNum":"room1","message":"hi"}');
  expect([await client.next(), await client.next()]).toEqual(['hi', 'SendByRoom success!']);
  expect(lines).toContain('a configuration file was not pulled');
  joined.recordCall({ object: 'A.B.C', func: 'f', outcome: 'timedOut', ret: -13_001, durationMs: 3000 });
  await platform.comeBack();
  await joined.stop();
  expect((await platform.hears('stat')).body).toMatchObject({ count: 0, timeoutCount: 1 });
  const texts = [
    await platform.hears('message', ({ message }) => message.text === 'restart'),
    await platform.hears('message', ({ message }) => message.text === 'stop'),
  ];
  expect(texts).toHaveLength(2);
});

test('an admin port in use is logged, and everything else works', async () => {
  const platform = await startFakePlatform();
  const home = await makeTempDir();
  const file = await writePlatformConf({ platform, home, port: await pickPort(), adminPort: platform.port });
  const { conf } = readTarsSettings(await readFile(file, 'utf8'), file);
  const { server } = await startServer();
  const lines: string[] = [];
  const tell = (_fields: object, message: string) => void lines.push(message);
  const log = { level: 'info', info: tell, warn: tell, error: tell };
  const joined = joinPlatform({ conf: conf!, server, log, version: '1', stop: () => {} });
  onTestFinished(() => joined.stop());
  await joined.start();
  expect(lines).toEqual(['the admin servant cannot listen: the TARS node has no way to reach this server']);
  await platform.hears('keepAlive');
});

test('the template of this project lacks only the parts that the node daemon adds', async () => {
  const template = await readFile('tars/platform.conf', 'utf8');
  const { layer } = readTarsSettings(template, 'tars/platform.conf');
  expect(layer.problems.map(({ path }) => path)).toEqual([
    '/tars/application/server<app>',
    '/tars/application/server<server>',
    '/tars/application/server',
  ]);
});

test('settings come from the file of the platform, and flags still win', async () => {
  const home = await makeTempDir();
  await mkdir(home, { recursive: true });
  const platform = {
    locator: 'tars.tarsregistry.QueryObj@tcp -h 127.0.0.1 -p 17890',
    node: 'tars.tarsnode.ServerObj@tcp -h 127.0.0.1 -p 19386',
  };
  const file = await writePlatformConf({
    platform,
    home,
    port: 18_080,
    adminPort: 18_081,
    own: 'limits.rooms=77',
  });
  const settings = loadSettings({ file, env: {}, flags: { port: '18090' } });
  expect(settings).toMatchObject({
    host: '127.0.0.1',
    port: 18_090,
    dataDir: `${home}/data/`,
    drainSeconds: 2,
    limits: { rooms: 77 },
    tars: { locator: platform.locator },
  });
  await writeFile(file, (await readFile(file, 'utf8')).replace('asyncthread    = 1', 'asyncthread = 4'));
  expect(loadSettings({ file, env: {}, flags: {} })).toMatchObject({ workers: 4 });
});
