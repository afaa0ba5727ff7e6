/** The archive of `statecast package`, unpacked into an empty directory and started like by a TARS node daemon. */

import { spawn } from 'node:child_process';
import { cp, mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { extract } from 'tar';
import { expect, onTestFinished, test } from 'vitest';
import { createAdminClient, startFakePlatform, writePlatformConf } from './support/fake-tars-platform.ts';
import { pickPort } from './support/pick-port.ts';
import { runProcess } from './support/start-process.ts';
import { reach } from './support/start-server.ts';
import { makeTempDir } from './support/temp-dir.ts';

/** If the archive has a single directory, a node daemon uses the content of that directory as the program. */
async function install(archive: string, bin: string): Promise<void> {
  const unpacked = await makeTempDir();
  await extract({ file: archive, cwd: unpacked });
  let source = unpacked;
  for (;;) {
    const [only, ...others] = await readdir(source, { withFileTypes: true });
    if (only === undefined || others.length > 0 || !only.isDirectory()) break;
    source = join(source, only.name);
  }
  await cp(source, bin, { recursive: true });
}

/** Starts it with the command line, directory and streams that a node daemon uses. Resolves when it listens. */
async function startLikeNode(bin: string, conf: string, cwd: string) {
  const agent = join(bin, 'tars_nodejs/node-agent/bin/node-agent');
  const environment = Object.entries(process.env).filter(([name]) => !name.startsWith('STATECAST_'));
  const child = spawn(process.execPath, [agent, join(bin, 'src'), '-c', conf], {
    cwd,
    env: Object.fromEntries(environment),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  const exited = new Promise<number | null>((resolve) => child.once('close', resolve));
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await exited;
  });
  await new Promise<void>((resolve, reject) => {
    const listen = (chunk: Buffer): void => {
      printed += chunk.toString();
      if (printed.includes('listening on')) resolve();
    };
    child.stdout.on('data', listen);
    child.stderr.on('data', listen);
    exited.then((code) => reject(new Error(`it ended with ${code}: ${printed}`)), reject);
  });
  return { pid: child.pid ?? 0, exited };
}

test('a packed server starts in an empty directory, works, reports to its platform and stops on a command', async () => {
  const home = await makeTempDir();
  const archive = join(home, 'RoomServer.tgz');
  const packed = await runProcess(['package', '--out', archive]);
  expect(packed).toMatchObject({ code: 0, stderr: '' });
  expect(packed.stdout).toContain('Chat.RoomServer');

  const platform = await startFakePlatform();
  platform.files.set('words.json', '["one"]');
  const [port, adminPort] = [await pickPort(), await pickPort()];
  const own = 'tars.configFiles=words.json';
  const conf = await writePlatformConf({ platform, home, port, adminPort, own });
  const bin = join(home, 'bin');
  const cwd = join(home, 'empty');
  await mkdir(cwd);
  await install(archive, bin);
  const { pid, exited } = await startLikeNode(bin, conf, cwd);

  const client = await reach(`http://127.0.0.1:${port}/`).connect();
  client.send('subscribe|room1', 'sendByRoom|{"roomNum":"room1","message":"hi"}');
  expect([await client.next(), await client.next(), await client.next()]).toEqual([
    'Subscribe roomNum:room1 success!',
    'hi',
    'SendByRoom success!',
  ]);

  await platform.hears('keepAlive', ({ info }) => info.pid === pid && info.adapter === 'AdminAdapter');
  await platform.hears('version', ({ server }) => server === 'Chat.RoomServer');
  await platform.hears('message', ({ message }) => message.text === 'restart');
  await platform.hears('property', ({ head }) => head.propertyName === 'messages');
  expect(await readFile(join(bin, 'conf', 'words.json'), 'utf8')).toBe('["one"]');

  const admin = createAdminClient(adminPort);
  expect(await admin.notify('tars.connection')).toBe('connections: 1\nrooms: 1');
  expect(await admin.notify('tars.setloglevel INFO')).toBe('set log level [INFO] ok');
  await admin.shutdown();
  expect(await exited).toBe(0);
  await platform.hears('message', ({ message }) => message.text === 'stop');

  const log = await readFile(join(home, 'app_log/Chat/RoomServer/Chat.RoomServer.log'), 'utf8');
  expect(log).toContain('the TARS node asks this server to stop');
  expect(await readdir(home)).toContain('data');
  expect(await readdir(cwd)).toEqual([]);
});

test('a server with mistakes in its configuration does not start, and prints all of them', async () => {
  const home = await makeTempDir();
  const platform = { locator: 'tars.tarsregistry.QueryObj', node: 'tars.tarsnode.ServerObj' };
  const conf = await writePlatformConf({
    platform,
    home,
    port: 18_080,
    adminPort: 18_081,
    client: 'asyncthread=4',
    server: 'logLevel=LOUD',
  });
  for (const args of [['-c', conf], [`--config=${conf}`], ['serve', '--config', conf]]) {
    const { code, stderr } = await runProcess(args);
    expect(code).toBe(2);
    expect(stderr).toContain('the configuration has 3 problems');
    expect(stderr).toContain('<asyncthread>');
    expect(stderr).toContain('<logLevel>');
    expect(stderr).toContain('<locator>');
  }
});

test('packing a directory without a project, or uploading without a ticket, is an error of one line', async () => {
  const { code, stderr } = await runProcess(['package', '--upload', 'http://127.0.0.1:1']);
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: 'statecast: --upload needs the ticket of the platform: --ticket TICKET\n',
  });
});
