import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { extract } from 'tar';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { writeArchive } from './archive.ts';
import { PackageError } from './package-error.ts';

const NATIVE = 'node_modules/uWebSockets.js';

/** The files of a project that is built and installed. */
const PROJECT: Readonly<Record<string, string>> = {
  'package.json': JSON.stringify({
    name: 'chat',
    type: 'module',
    main: 'dist/main.js',
    files: ['dist/'],
    dependencies: { a: '1', '@scope/b': '1', 'uWebSockets.js': '1' },
    devDependencies: { dev: '1' },
  }),
  'tars/service.json': JSON.stringify({ app: 'Chat', server: 'RoomServer', object: 'RoomObj' }),
  'tars/platform.conf': '<tars>\n</tars>',
  'dist/main.js': "import { a } from 'a'; console.log(a, ...process.argv.slice(2));",
  'src/main.ts': 'not to be packed',
  '.env': 'SECRET=1',
  'node_modules/a/package.json': JSON.stringify({
    name: 'a',
    type: 'module',
    main: 'index.js',
    dependencies: { c: '2' },
    optionalDependencies: { gone: '1' },
    peerDependencies: { '@scope/b': '1' },
  }),
  'node_modules/a/index.js': "export const a = 'a runs';",
  'node_modules/a/node_modules/c/package.json': JSON.stringify({ name: 'c', version: '2' }),
  'node_modules/a/node_modules/dev-of-a/package.json': JSON.stringify({ name: 'dev-of-a' }),
  'node_modules/c/package.json': JSON.stringify({ name: 'c', version: '1' }),
  'node_modules/@scope/b/package.json': JSON.stringify({ name: '@scope/b' }),
  'node_modules/@scope/other/package.json': JSON.stringify({ name: '@scope/other' }),
  'node_modules/dev/package.json': JSON.stringify({ name: 'dev' }),
  [`${NATIVE}/package.json`]: JSON.stringify({ name: 'uwebsockets' }),
  [`${NATIVE}/uws_linux_x64_93.node`]: '',
  [`${NATIVE}/uws_linux_x64_115.node`]: '',
  [`${NATIVE}/uws_linux_arm64_115.node`]: '',
  [`${NATIVE}/uws_darwin_x64_115.node`]: '',
};

async function makeDir(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'statecast-archive-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  return dir;
}

async function makeProject(files: Readonly<Record<string, string | undefined>> = {}): Promise<string> {
  const directory = await makeDir();
  for (const [path, content] of Object.entries({ ...PROJECT, ...files })) {
    if (content === undefined) continue;
    await mkdir(dirname(join(directory, path)), { recursive: true });
    await writeFile(join(directory, path), content);
  }
  return directory;
}

async function unpack(archive: string): Promise<{ dir: string; files: string[] }> {
  const dir = await makeDir();
  await extract({ file: archive, cwd: dir });
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(dir.length + 1));
  return { dir, files: files.sort() };
}

test('an archive has the built project with the packages it needs, and what starts it', async () => {
  const directory = await makeProject();
  const archive = await writeArchive({ directory, target: 'linux-x64' });
  expect(archive).toMatchObject({ path: join(directory, 'RoomServer.tgz'), packages: 4 });
  const { dir, files } = await unpack(archive.path);
  const src = 'RoomServer/RoomServer/src';
  expect(files).toEqual([
    `${src}/dist/main.js`,
    `${src}/node_modules/@scope/b/package.json`,
    `${src}/node_modules/a/index.js`,
    `${src}/node_modules/a/node_modules/c/package.json`,
    `${src}/node_modules/a/package.json`,
    `${src}/${NATIVE}/package.json`,
    `${src}/${NATIVE}/uws_linux_x64_115.node`,
    `${src}/package.json`,
    `${src}/tars/platform.conf`,
    `${src}/tars/service.json`,
    'RoomServer/RoomServer/tars_nodejs/node-agent/bin/node-agent',
    'RoomServer/RoomServer/tars_nodejs/node-agent/bin/package.json',
  ]);
  expect(await readFile(join(dir, src, 'tars/service.json'), 'utf8')).toBe(PROJECT['tars/service.json']);
  expect((await readdir(directory)).sort()).toContain('RoomServer.tgz');
});

test('a node daemon starts what was packed, and its arguments arrive', async () => {
  const archive = await writeArchive({ directory: await makeProject(), target: 'linux-x64' });
  const { dir } = await unpack(archive.path);
  const bin = join(await makeDir(), 'bin');
  await cp(join(dir, 'RoomServer/RoomServer'), bin, { recursive: true });
  const agent = join(bin, 'tars_nodejs/node-agent/bin/node-agent');
  const started = await promisify(execFile)(process.execPath, [agent, join(bin, 'src'), '-c', 'a.conf'], {
    cwd: await makeDir(),
  });
  expect(started.stdout).toBe('a runs -c a.conf\n');
});

test.each(['module', 'commonjs'])('it starts below a directory whose package.json says %s', async (type) => {
  const archive = await writeArchive({ directory: await makeProject(), target: 'linux-x64' });
  const { dir } = await unpack(archive.path);
  await writeFile(join(dir, 'package.json'), JSON.stringify({ type }));
  const bin = join(dir, 'RoomServer/RoomServer');
  const agent = join(bin, 'tars_nodejs/node-agent/bin/node-agent');
  const started = await promisify(execFile)(process.execPath, [agent, join(bin, 'src'), '--config=a.conf']);
  expect(started.stdout).toBe('a runs --config=a.conf\n');
});

describe('the archive is written', () => {
  test.each([
    ['into a directory', 'there', 'there/RoomServer.tgz'],
    ['into a directory that is missing', 'new/deep/', 'new/deep/RoomServer.tgz'],
    ['as a file in a directory that is missing', 'new/packed.tgz', 'new/packed.tgz'],
  ])('%s', async (_, out, path) => {
    const home = await makeDir();
    await mkdir(join(home, 'there'));
    const archive = await writeArchive({
      directory: await makeProject(),
      out: `${home}/${out}`,
      target: 'linux-x64',
    });
    expect(archive.path).toBe(join(home, path));
    expect((await unpack(archive.path)).files.length).toBeGreaterThan(5);
    expect(await readdir(dirname(archive.path))).toEqual([path.split('/').at(-1)]);
  });

  test('or it is told why not, and nothing is left', async () => {
    const home = await makeDir();
    const directory = await makeProject();
    await writeFile(join(home, 'file'), '');
    await mkdir(join(home, 'taken.tgz', 'RoomServer.tgz', 'x'), { recursive: true });
    const temporary = await makeDir();
    vi.stubEnv('TMPDIR', temporary);
    onTestFinished(() => void vi.unstubAllEnvs());
    for (const out of ['file/packed.tgz', 'file/', 'taken.tgz']) {
      const writing = writeArchive({ directory, out: `${home}/${out}`, target: 'linux-x64' });
      await expect(writing).rejects.toBeInstanceOf(PackageError);
      await expect(writing).rejects.toThrow(
        /RoomServer\.tgz cannot be written|packed\.tgz cannot be written/,
      );
    }
    expect((await readdir(home)).sort()).toEqual(['file', 'taken.tgz']);
    expect(await readdir(join(home, 'taken.tgz'))).toEqual(['RoomServer.tgz']);
    expect(await readdir(temporary)).toEqual([]);
  });

  test('and directories that were made for one that fails are removed', async () => {
    const directory = await makeProject();
    await symlink('/nowhere', join(directory, 'dist', 'broken'));
    const home = await makeDir();
    const writing = writeArchive({ directory, out: `${home}/new/deep/`, target: 'linux-x64' });
    await expect(writing).rejects.toThrow(/cannot be written: ENOENT/);
    expect(await readdir(home)).toEqual([]);
  });
});

test('a project without code of its own is started by the server it depends on', async () => {
  const directory = await makeProject({
    'package.json': JSON.stringify({ name: 'rooms', dependencies: { statecast: '1' } }),
    'node_modules/statecast/package.json': JSON.stringify({ name: 'statecast' }),
    'node_modules/statecast/dist/main.js': '',
  });
  const { dir, files } = await unpack((await writeArchive({ directory, target: 'linux-x64' })).path);
  const agent = await readFile(
    join(dir, 'RoomServer/RoomServer/tars_nodejs/node-agent/bin/node-agent'),
    'utf8',
  );
  expect(agent).toContain('node_modules/statecast/dist/main.js');
  // Without a list of files, everything that is neither hidden nor installed is packed.
  expect(files).toContain('RoomServer/RoomServer/src/src/main.ts');
  expect(files.filter((file) => file.includes('.env') || file.includes('.tgz'))).toEqual([]);
});

test('a new archive takes the place of the old one, and neither is in it', async () => {
  const directory = await makeProject();
  const out = join(directory, 'dist', 'packed.tgz');
  await writeFile(out, 'an old archive');
  const archive = await writeArchive({ directory, out, target: 'linux-x64' });
  expect(archive).toMatchObject({ path: out });
  const { files } = await unpack(out);
  expect(files.filter((file) => file.includes('packed'))).toEqual([]);
  expect(await readdir(join(directory, 'dist'))).toEqual(['main.js', 'packed.tgz']);
});

test('a file that is no archive is not replaced', async () => {
  const directory = await makeProject({ 'dist/empty': '' });
  const home = await makeDir();
  for (const path of ['dist/main.js', 'package.json', 'dist/empty']) {
    const out = join(directory, path);
    const before = await readFile(out, 'utf8');
    const writing = writeArchive({ directory, out, target: 'linux-x64' });
    await expect(writing).rejects.toBeInstanceOf(PackageError);
    await expect(writing).rejects.toThrow(`${out} is there already, and is no archive`);
    expect(await readFile(out, 'utf8')).toBe(before);
  }
  expect(await readdir(join(directory, 'dist'))).toEqual(['empty', 'main.js']);
  // An archive of any name is.
  const out = join(home, 'packed');
  await writeArchive({ directory, out, target: 'linux-x64' });
  await writeArchive({ directory, out, target: 'linux-x64' });
  expect((await unpack(out)).files.length).toBeGreaterThan(5);
});

describe('nothing is packed', () => {
  test.each([
    ['of a project without a name', { 'tars/service.json': undefined }, 'tars/service.json'],
    ['of a name that is no JSON', { 'tars/service.json': '{' }, 'tars/service.json'],
    ['of a name that is none', { 'tars/service.json': '{"app":"A","server":"../x","object":"O"}' }, 'server'],
    ['of a project that is not built', { 'dist/main.js': undefined }, 'build the project first'],
    ['of a project that is not installed', { 'node_modules/a/package.json': undefined }, 'npm install'],
    ['of a directory that is no project', { 'package.json': undefined }, 'package.json'],
    ['of a project that starts nothing', { 'package.json': '{"name":"x"}' }, '"main"'],
  ])('%s', async (_, files, message) => {
    const directory = await makeProject(files);
    const packing = writeArchive({ directory, target: 'linux-x64' });
    await expect(packing).rejects.toBeInstanceOf(PackageError);
    await expect(packing).rejects.toThrow(message);
    expect((await readdir(directory)).filter((name) => name.includes('.tgz'))).toEqual([]);
  });
});
