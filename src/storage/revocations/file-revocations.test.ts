import { appendFile, chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createFileRevocations } from './file-revocations.ts';
import { createMemoryRevocations } from './memory-revocations.ts';
import { describeRevocationStore } from './revocation-contract.ts';

const makeDir = (): Promise<string> => mkdtemp(join(tmpdir(), 'statecast-revocations-'));

describeRevocationStore(
  { describe, test },
  {
    name: 'the file of revocations',
    persistent: true,
    async createPlace() {
      const dir = await makeDir();
      return {
        open: async () => createFileRevocations({ dir }),
        dispose: () => rm(dir, { recursive: true }),
      };
    },
  },
);

describeRevocationStore(
  { describe, test },
  {
    name: 'revocations in memory',
    persistent: false,
    createPlace: async () => ({ open: async () => createMemoryRevocations(), dispose: async () => {} }),
  },
);

const NOW = 1_900_000_000_000;

async function start(now = NOW) {
  const dir = await makeDir();
  onTestFinished(() => rm(dir, { recursive: true }));
  const path = join(dir, 'revocations.jsonl');
  const open = () => {
    const store = createFileRevocations({ dir, now: () => now });
    onTestFinished(() => store.close());
    return store;
  };
  const lines = async () => (await readFile(path, 'utf8')).trimEnd().split('\n').slice(1);
  return { dir, path, open, lines };
}

test('a change is in the file when it counts as written, whatever becomes of the process then', async () => {
  const { open, lines } = await start();
  const store = open();
  await store.load();
  await store.write([{ type: 'add', revocation: { user: 'ann' } }]);
  await store.write([{ type: 'lift', what: { user: 'ann' } }]);
  expect(await lines()).toEqual(['{"user":"ann"}', '{"user":"ann","lifted":true}']);
});

test('half of a line at the end is what a crash leaves, and costs nothing else', async () => {
  const { open, path, lines } = await start();
  const first = open();
  await first.load();
  await first.write([{ type: 'add', revocation: { user: 'ann' } }]);
  await first.close();
  await appendFile(path, '{"user":"bo');
  const second = open();
  expect(await second.load()).toEqual([{ user: 'ann' }]);
  await second.write([{ type: 'add', revocation: { user: 'carl' } }]);
  expect(await lines()).toEqual(['{"user":"ann"}', '{"user":"carl"}']);
});

test.each([
  ['a line that is no JSON', '{"statecast":"revocations","version":1}\n{"user":"a"}\n{"us\n', 3],
  ['a line without a user', '{"statecast":"revocations","version":1}\n{"until":1}\n', 2],
  ['a line with more than is known', '{"statecast":"revocations","version":1}\n{"user":"a","by":1}\n', 2],
  ['a token without an end', '{"statecast":"revocations","version":1}\n{"token":"a"}\n', 2],
  ['another version', '{"statecast":"revocations","version":2}\n{"user":"a"}\n', 1],
  ['nothing at all', '', 1],
])('a file with %s is not read, since somebody in it may be revoked', async (_, content, line) => {
  const { open, path } = await start();
  await writeFile(path, content);
  await expect(open().load()).rejects.toMatchObject({
    code: 'EUNREADABLE',
    message: expect.stringContaining(`line ${line} of ${path} is damaged`),
  });
  expect(await readFile(path, 'utf8')).toBe(content);
  // The lock is free again: the file can be mended, and the server started.
  await writeFile(path, '{"statecast":"revocations","version":1}\n{"user":"ann"}\n');
  expect(await open().load()).toEqual([{ user: 'ann' }]);
});

test('what is over is dropped at the start, and when the file is written anew', async () => {
  const { open, lines } = await start();
  const store = open();
  await store.load();
  await store.write([
    { type: 'add', revocation: { token: 'old', until: NOW } },
    { type: 'add', revocation: { token: 'new', until: NOW + 1 } },
  ]);
  await store.close();
  expect(await open().load()).toEqual([{ token: 'new', until: NOW + 1 }]);
  expect(await lines()).toEqual([`{"token":"new","until":${NOW + 1}}`]);
});

test('the file does not grow for ever', async () => {
  const { open, lines } = await start();
  const store = open();
  await store.load();
  const changes = Array.from({ length: 300 }, () => ({
    type: 'add' as const,
    revocation: { user: 'ann' },
  }));
  for (let round = 0; round < 5; round += 1) await store.write(changes);
  expect((await lines()).length).toBeLessThan(1_100);
});

test.skipIf(process.getuid?.() === 0)('a directory that cannot be written in is told', async () => {
  const { open, dir } = await start();
  await chmod(dir, 0o500);
  const store = open();
  await store.load();
  const written = store.write([{ type: 'add', revocation: { user: 'ann' } }]);
  await expect(written).rejects.toMatchObject({ code: 'EACCES' });
  await chmod(dir, 0o700);
});

test.runIf(process.platform === 'linux')('two servers do not share a file', async () => {
  const { open } = await start();
  const first = open();
  await first.load();
  await first.write([{ type: 'add', revocation: { user: 'ann' } }]);
  await expect(open().load()).rejects.toMatchObject({ code: 'ELOCKED' });
});

test('a server that never revokes anything leaves no file, and its directory need not be there', async () => {
  const { dir } = await start();
  const store = createFileRevocations({ dir: join(dir, 'none', 'yet') });
  expect(await store.load()).toEqual([]);
  await store.close();
  expect(await readdir(dir)).toEqual([]);
  await expect(store.write([])).rejects.toMatchObject({ code: 'ECLOSED' });
});
