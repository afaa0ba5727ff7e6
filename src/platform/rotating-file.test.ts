import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openRotatingFile } from './rotating-file.ts';

async function makePlace() {
  const dir = await mkdtemp(join(tmpdir(), 'statecast-log-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  const file = join(dir, 'Chat', 'RoomServer', 'Chat.RoomServer.log');
  const read = (name: string) => readFile(join(dir, 'Chat', 'RoomServer', name), 'utf8');
  return { dir, file, read, names: () => readdir(join(dir, 'Chat', 'RoomServer')) };
}

test('a log file makes its directories and holds its lines at once', async () => {
  const { file, read } = await makePlace();
  const log = openRotatingFile({ file, maxBytes: 100, files: 3 });
  log.write('one\n');
  expect(await read('Chat.RoomServer.log')).toBe('one\n');
  log.write('two\n');
  log.close();
  expect(await read('Chat.RoomServer.log')).toBe('one\ntwo\n');
});

test('a full file is renamed, and there are never more files than allowed', async () => {
  const { file, read, names } = await makePlace();
  const log = openRotatingFile({ file, maxBytes: 8, files: 3 });
  for (const line of ['aaa\n', 'bbb\n', 'ccc\n', 'ddd\n', 'eee\n', 'fff\n', 'ggg\n']) log.write(line);
  log.close();
  expect((await names()).sort()).toEqual([
    'Chat.RoomServer.1.log',
    'Chat.RoomServer.2.log',
    'Chat.RoomServer.log',
  ]);
  expect(await read('Chat.RoomServer.log')).toBe('ggg\n');
  expect(await read('Chat.RoomServer.1.log')).toBe('eee\nfff\n');
  expect(await read('Chat.RoomServer.2.log')).toBe('ccc\nddd\n');
});

test('one file alone begins anew when it is full', async () => {
  const { file, read, names } = await makePlace();
  const log = openRotatingFile({ file, maxBytes: 5, files: 1 });
  log.write('aaa\n');
  log.write('bbb\n');
  log.close();
  expect(await names()).toEqual(['Chat.RoomServer.log']);
  expect(await read('Chat.RoomServer.log')).toBe('bbb\n');
});

test('a file that was there is written on, and counts', async () => {
  const { file, read } = await makePlace();
  openRotatingFile({ file, maxBytes: 8, files: 2 }).close();
  await writeFile(file, 'before\n');
  const log = openRotatingFile({ file, maxBytes: 8, files: 2 });
  log.write('a\n');
  log.close();
  expect(await read('Chat.RoomServer.1.log')).toBe('before\n');
});

test('a line longer than a file goes whole', async () => {
  const { file, read } = await makePlace();
  const log = openRotatingFile({ file, maxBytes: 4, files: 2 });
  log.write('longer than that\n');
  log.write('x\n');
  log.close();
  expect(await read('Chat.RoomServer.1.log')).toBe('longer than that\n');
});

test('a file that cannot be written is reported once, and never thrown', async () => {
  const { dir, file, read } = await makePlace();
  const errors: unknown[] = [];
  const log = openRotatingFile({ file, maxBytes: 4, files: 2, failed: (error) => errors.push(error) });
  log.write('aaa\n');
  await rm(dir, { recursive: true });
  log.write('bbb\n');
  log.write('ccc\n');
  expect(errors).toHaveLength(1);
  openRotatingFile({ file, maxBytes: 4, files: 2 }).close();
  log.write('ddd\n');
  log.close();
  expect(await read('Chat.RoomServer.log')).toBe('ddd\n');
});
