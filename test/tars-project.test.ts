/** The project of examples/ on a TARS platform: packed, installed and started like by a node daemon. */

import { cp, mkdir, readdir, readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { createAdminClient, startFakePlatform, writePlatformConf } from './support/fake-tars-platform.ts';
import { pickPort } from './support/pick-port.ts';
import { reach } from './support/start-server.ts';
import { installLikeNode, packProject, startLikeNode } from './support/tars-node.ts';
import { makeTempDir } from './support/temp-dir.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

/** The project as it is after `npm install`, without a registry. */
async function installProject(): Promise<string> {
  const dir = await makeTempDir();
  await cp(join(root, 'examples', 'tars-project'), dir, { recursive: true });
  const installed = join(dir, 'node_modules', 'statecast');
  await mkdir(installed, { recursive: true });
  for (const name of ['package.json', 'dist', 'node_modules'])
    await symlink(join(root, name), join(installed, name));
  return dir;
}

test('a project of its own is packed, and lives on the platform', async () => {
  const project = await installProject();
  const packed = await packProject(project, ['--out', 'release/']).exited;
  expect(packed).toMatchObject({ code: 0, stderr: '' });

  const home = await makeTempDir();
  const bin = join(home, 'bin');
  const cwd = join(home, 'empty');
  await mkdir(cwd);
  await installLikeNode(join(project, 'release', 'RoomServer.tgz'), bin);
  const platform = await startFakePlatform();
  platform.files.set('words.json', '["one"]');
  platform.files.set('more.json', '["two"]');
  const [port, pushPort, adminPort] = [await pickPort(), await pickPort(), await pickPort()];
  const conf = await writePlatformConf({
    platform,
    home,
    port,
    adminPort,
    own: 'limits.rooms=77',
    server: [
      'saveTarsConfigFileDir=src/conf/',
      'saveTarsConfigFileName=words.json,more.json',
      '<Chat.RoomServer.PushObjAdapter>',
      `endpoint=tcp -h 127.0.0.1 -p ${pushPort} -t 60000`,
      'protocol=tars',
      'servant=Chat.RoomServer.PushObj',
      '</Chat.RoomServer.PushObjAdapter>',
    ].join('\n'),
  });
  const { pid, exited } = await startLikeNode(bin, [`--config=${conf}`], cwd);

  const { connect, request } = reach(`http://127.0.0.1:${port}/`);
  const client = await connect();
  client.send('subscribe|room1');
  expect([await client.next(), await client.next()].sort()).toEqual([
    'Subscribe roomNum:room1 success!',
    'somebody came in',
  ]);
  client.send('sendByRoom|{"roomNum":"room1","message":"spam"}');
  expect(await client.next()).toBe('Error: no spam here');
  expect(await request('/version')).toMatchObject({ body: '1.4.0' });

  for (const adapter of [
    'Chat.RoomServer.RoomObjAdapter',
    'Chat.RoomServer.PushObjAdapter',
    'AdminAdapter',
  ]) {
    await platform.hears('keepAlive', ({ info }) => info.pid === pid && info.adapter === adapter);
  }
  await platform.hears('version', ({ version }) => version === '1.4.0');
  expect(await readFile(join(bin, 'src/conf/words.json'), 'utf8')).toBe('["one"]');
  expect(await readFile(join(bin, 'src/conf/more.json'), 'utf8')).toBe('["two"]');

  const admin = createAdminClient(adminPort);
  expect(await admin.notify('tars.viewversion')).toBe('1.4.0');
  await admin.shutdown();
  expect(await exited).toBe(0);
  const log = await readFile(join(home, 'app_log/Chat/RoomServer/Chat.RoomServer.log'), 'utf8');
  expect(log).toContain('my rooms are open');
  expect(await readdir(home)).toContain('data');
  expect(await readdir(cwd)).toEqual([]);
});
