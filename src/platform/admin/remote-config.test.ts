import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createConfigAdapter, type ConfigInfo } from '../../tars/servants/platform.ts';
import { createMemoryPlatform, createTestLog, TEST_CONF } from '../calls/platform-harness.ts';
import { createRemoteConfig } from './remote-config.ts';
import type { TarsConf } from '../../config/tars-conf/tars-conf.ts';

async function setUp(files: Readonly<Record<string, string>>, conf: TarsConf = TEST_CONF) {
  const home = await mkdtemp(join(tmpdir(), 'statecast-conf-'));
  onTestFinished(() => rm(home, { recursive: true, force: true }));
  const dir = join(home, 'bin', 'conf');
  const asked: ConfigInfo[] = [];
  const platform = createMemoryPlatform({
    Config: createConfigAdapter({
      async loadConfigByInfo({ info }) {
        asked.push(info);
        const content = files[info.fileName];
        // The platform puts the error into the content.
        return content === undefined ? { ret: -1, content: 'not found' } : { ret: 0, content };
      },
    }),
  });
  const config = createRemoteConfig({
    conf,
    object: 'Config',
    caller: platform.caller,
    dir,
    log: createTestLog(),
  });
  const read = (name: string) => readFile(join(dir, name), 'utf8');
  const keep = async (name: string, text: string) => {
    await mkdir(dir, { recursive: true });
    await writeFile(join(dir, name), text);
  };
  return { config, asked, platform, dir, read, keep };
}

test('a file is asked for by its server and written as it is', async () => {
  const { config, asked, dir, read } = await setUp({ 'words.json': '{"a":"ä\n"}' });
  expect(await config.pull('words.json')).toEqual({ type: 'written', path: join(dir, 'words.json') });
  expect(await read('words.json')).toBe('{"a":"ä\n"}');
  expect(await readdir(dir)).toEqual(['words.json']);
  expect(asked).toEqual([
    {
      application: 'Chat',
      serverName: 'RoomServer',
      fileName: 'words.json',
      ofApplication: false,
      host: '10.0.0.5',
      setDivision: '',
    },
  ]);
});

test('a server of a set asks for the file of its set', async () => {
  const conf = { ...TEST_CONF, set: { name: 'room', area: 'sz', group: '1' } };
  const { config, asked } = await setUp({ a: 'b' }, conf);
  await config.pull('a');
  expect(asked[0]?.setDivision).toBe('room.sz.1');
});

test('a new file takes the place of the old one, and the same one is not written again', async () => {
  const { config, keep, read } = await setUp({ 'words.json': 'new' });
  await keep('words.json', 'old');
  expect(await config.pull('words.json')).toMatchObject({ type: 'written' });
  expect(await read('words.json')).toBe('new');
  expect(await config.pull('words.json')).toMatchObject({ type: 'unchanged' });
});

test.each([
  ['the platform has no such file', {}, false],
  ['the platform has an empty file', { 'words.json': '' }, false],
  ['the platform does not answer', { 'words.json': 'new' }, true],
])('the old file is kept when %s', async (_, files, isDown) => {
  const { config, keep, read, platform } = await setUp(files);
  await keep('words.json', 'old');
  platform.isDown = isDown;
  expect(await config.pull('words.json')).toMatchObject({ type: 'kept' });
  expect(await read('words.json')).toBe('old');
});

test.each(['../words.json', '/etc/passwd', 'a/b', '..', '', '.hidden', 'a\\b'])(
  'a name that would leave the directory is refused: %j',
  async (name) => {
    const { config, platform } = await setUp({ [name]: 'content' });
    expect(await config.pull(name)).toMatchObject({ type: 'kept' });
    expect(platform.calls).toEqual([]);
  },
);

test('when the disk fails, the old file stays and the failure is the answer', async () => {
  const { config, dir } = await setUp({ 'words.json': 'new' });
  await mkdir(join(dir, '..'), { recursive: true });
  await writeFile(dir, 'a file in the way');
  expect(await config.pull('words.json')).toMatchObject({
    type: 'kept',
    reason: expect.stringContaining(dir),
  });
});

test('pulls of one file at the same time do not disturb each other', async () => {
  const { config, read } = await setUp({ 'words.json': 'new' });
  const outcomes = await Promise.all(Array.from({ length: 8 }, () => config.pull('words.json')));
  expect(outcomes.map(({ type }) => type).sort()).toEqual([...Array<string>(7).fill('unchanged'), 'written']);
  expect(await read('words.json')).toBe('new');
});
