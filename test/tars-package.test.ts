/** The archive of `statecast package`, unpacked into an empty directory and started like by a TARS node daemon. */

import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { installLikeNode, packProject, startLikeNode } from './support/tars-node.ts';
import { createAdminClient, startFakePlatform, writePlatformConf } from './support/fake-tars-platform.ts';
import { pickPort } from './support/pick-port.ts';
import { runProcess } from './support/start-process.ts';
import { reach } from './support/start-server.ts';
import { makeTempDir } from './support/temp-dir.ts';

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
  await installLikeNode(archive, bin);
  const { pid, exited } = await startLikeNode(bin, ['-c', conf], cwd);

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
  // It packs all dependencies and unpacks them, and waits for reports.
}, 60_000);

test('a server with mistakes in its configuration does not start, and prints all of them', async () => {
  const home = await makeTempDir();
  const platform = { locator: 'tars.tarsregistry.QueryObj', node: 'tars.tarsnode.ServerObj' };
  const conf = await writePlatformConf({
    platform,
    home,
    port: 18_080,
    adminPort: 18_081,
    client: 'asyncthread=four',
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

test('a package that the platform refuses ends with an exit code and the words of the platform', async () => {
  const dir = await makeProject();
  const web = createServer((request, response) => {
    request.resume();
    request.on('end', () => response.end('server not deploy, please check!'));
  });
  await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void web.close());
  const { port } = web.address() as AddressInfo;
  const { exited } = packProject(dir, ['--upload', `http://127.0.0.1:${port}`, '--ticket', 'secret']);
  const { code, stdout, stderr } = await exited;
  expect(code).toBe(1);
  expect(stderr).toBe(
    'statecast: the platform did not take the package (HTTP 200): server not deploy, please check!\n',
  );
  expect(stdout).not.toContain('published');
});

test('packing that is interrupted leaves nothing behind', async () => {
  const dir = await makeProject();
  await writeFile(join(dir, 'dist', 'large'), randomBytes(64 * 1024 * 1024));
  const temporary = await makeTempDir();
  const { child, exited } = packProject(dir, ['--out', 'new/'], { TMPDIR: temporary });
  await expect.poll(async () => (await readdir(dir)).includes('new')).toBe(true);
  await expect.poll(async () => (await readdir(join(dir, 'new'))).length).toBe(1);
  child.kill('SIGINT');
  expect(await exited).toMatchObject({ signal: 'SIGINT' });
  expect(await readdir(temporary)).toEqual([]);
  expect(await readdir(dir)).not.toContain('new');
});

/** A project with one file to run and no packages. */
async function makeProject(): Promise<string> {
  const dir = await makeTempDir();
  await mkdir(join(dir, 'dist'));
  await mkdir(join(dir, 'tars'));
  await writeFile(join(dir, 'package.json'), '{ "name": "own", "main": "dist/main.js", "files": ["dist"] }');
  await writeFile(join(dir, 'dist', 'main.js'), '');
  await writeFile(
    join(dir, 'tars', 'service.json'),
    '{ "app": "Chat", "server": "RoomServer", "object": "Obj" }',
  );
  return dir;
}
