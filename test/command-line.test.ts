/** What all commands have in common: names that there are not, and readers that go away. */

import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { runProcess } from './support/start-process.ts';

const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url));

test.each([
  ['publsh', 'there is no command "publsh"; did you mean publish?'],
  ['42', 'there is no command "42"\n'],
  ['\u001b[31m', String.raw`there is no command "\u001b[31m"`],
])('the command %j is told to be none', async (name, words) => {
  const { code, stdout, stderr } = await runProcess([name]);
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toContain(words);
});

test.each([
  ['config', '--docs'],
  ['check', '--json'],
  ['charts', '--docs'],
])('%s %s ends without a word when nobody reads what it prints', async (...args) => {
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = new Promise((resolve) => void child.on('exit', resolve));
  // The pipe is closed before the program has started.
  child.stdout.destroy();
  expect(await text(child.stderr)).toBe('');
  expect(await ended).toBe(0);
});
