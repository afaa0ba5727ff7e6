/** The receivers of docs/webhooks.md, run as they stand there, and `statecast webhook verify`. */

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseSettings } from '../src/config/parse-settings.ts';
import { signWebhook } from '../src/index.ts';
import { pickPort } from './support/pick-port.ts';
import { skipsWithout, startProgram } from './support/program.ts';
import { runProcess } from './support/start-process.ts';
import { startServer } from './support/start-server.ts';
import { makeTempDir } from './support/temp-dir.ts';
import { startReceiver } from './support/webhook-receiver.ts';

const SECRET = 'the secret of the receiver';
const PAGE = readFileSync(join(import.meta.dirname, '../docs/webhooks.md'), 'utf8');
const LIBRARY = new URL('../dist/index.js', import.meta.url).href;

function blocksOf(language: string): string[] {
  return Array.from(
    PAGE.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'gm')),
    ([, code = '']) => code,
  );
}

interface Receiver {
  readonly url: string;
  /** What it has printed or written so far. */
  readonly seen: () => string;
}

async function startInNode(): Promise<Receiver> {
  const sample = blocksOf('js').find((block) => block.includes("'node:http'")) ?? '';
  const cwd = await makeTempDir();
  const file = join(cwd, 'receiver.mjs');
  writeFileSync(file, sample.replace("'statecast'", `'${LIBRARY}'`));
  const port = await pickPort();
  const env = { SECRET, PORT: String(port) };
  const printed = await startProgram([process.execPath, file], { cwd, env }, port);
  return { url: `http://127.0.0.1:${port}/`, seen: () => printed.items.join('\n') };
}

async function startInPhp(): Promise<Receiver> {
  const dir = await makeTempDir();
  const seen = join(dir, 'seen');
  writeFileSync(seen, '');
  writeFileSync(join(dir, 'receiver.php'), blocksOf('php')[0] ?? '');
  const port = await pickPort();
  const command = ['php', '-S', `127.0.0.1:${port}`, 'receiver.php'];
  await startProgram(command, { cwd: dir, env: { SECRET, SEEN: seen } }, port);
  return { url: `http://127.0.0.1:${port}/`, seen: () => readFileSync(seen, 'utf8') };
}

describe.each([
  ['in Node.js', startInNode, false],
  ['in PHP', startInPhp, skipsWithout(['php'], 'the receiver in PHP')],
] as const)('the receiver %s', (_, start, isSkipped) => {
  test.skipIf(isSkipped)('takes what the server signs', async () => {
    const { url, seen } = await start();
    const { server, connect: connectClient } = await startServer({
      line: { userParameter: true },
      webhooks: [{ name: 'sample', url, secret: SECRET, events: ['member.*'] }],
    });
    const ann = await connectClient({ path: '/?user=ann' });
    await ann.join('room1');
    await expect.poll(seen).toContain('member.joined');
    await expect.poll(() => server.health().webhooks?.['sample']?.waiting).toBe(0);
  });

  test.skipIf(isSkipped)('refuses another secret, and what is old', async () => {
    const { url, seen } = await start();
    const body = JSON.stringify({ id: 'b', time: 1, events: [{ id: 'e', type: 'forged' }] });
    for (const [secret, time] of [
      ['another secret', Date.now()],
      [SECRET, Date.now() - 600_000],
    ] as const) {
      const signature = signWebhook([secret], String(time), body);
      const headers = { 'x-statecast-time': String(time), 'x-statecast-signature': signature };
      const { status } = await fetch(url, { method: 'POST', headers, body });
      expect(status).toBe(401);
    }
    expect(seen()).not.toContain('forged');
  });
});

test('the settings of the page are valid', () => {
  const samples = blocksOf('json').map((block) => JSON.parse(block) as object);
  const settings = samples.filter((sample) => 'webhooks' in sample);
  expect(settings.map((sample) => parseSettings(sample).ok)).toEqual([true, true]);
});

test('statecast webhook verify checks what a receiver has kept', async () => {
  const receiver = await startReceiver();
  const { server } = await startServer({
    webhooks: [{ url: receiver.url, secret: SECRET, events: ['message.published'] }],
  });
  await server.publish('room1', 'é');
  await receiver.until(() => receiver.requests.length > 0);
  const { body, headers } = receiver.requests[0]!;
  const file = join(await makeTempDir(), 'request.json');
  writeFileSync(file, body);
  const time = String(headers['x-statecast-time']);
  const signature = String(headers['x-statecast-signature']);
  const verify = (secret: string, path: string, ...flags: string[]) => {
    const given = ['--time', time, '--signature', signature, '--body', path];
    return runProcess(['webhook', 'verify', ...given, ...flags], { WEBHOOK_SECRET: secret });
  };
  expect(await verify(SECRET, file)).toMatchObject({ code: 0, stdout: 'ok\n' });
  expect(await verify('another secret', file, '--secret', SECRET, '--json')).toMatchObject({
    code: 0,
    stdout: '{"ok":true}\n',
  });
  expect(await verify('another secret', file, '--json')).toMatchObject({
    code: 1,
    stdout: '{"ok":false,"reason":"wrong signature"}\n',
    stderr: '',
  });
  expect(await verify('another secret', file)).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('wrong signature'),
  });
  expect(await verify(SECRET, `${file}.missing`)).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('cannot be read'),
  });
});
