/** The samples of docs/backend.md, in every language that is on this machine: they do what the page says. */

import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runCheck } from '../src/cli/check.ts';
import { pickPort } from './support/pick-port.ts';
import { runProgram, skipsWithout, startProgram, type ProgramPlace } from './support/program.ts';
import { createSdkClient } from './support/sdk-client.ts';
import { startServer } from './support/start-server.ts';
import { makeTempDir } from './support/temp-dir.ts';

const PAGE = readFileSync(join(import.meta.dirname, '../docs/backend.md'), 'utf8');
const KEY = 'a-key-for-the-samples';
const SECRET = 'another-key-for-the-samples';

interface Language {
  readonly name: string;
  /** What must be on the machine. */
  readonly programs: readonly string[];
  /** Tests of it are never left out where CI=true. */
  readonly isRequired: boolean;
  readonly ending: string;
  readonly run: (file: string) => readonly string[];
  readonly serve: ((port: number) => readonly string[]) | undefined;
}

const LANGUAGES: readonly Language[] = [
  {
    name: 'curl',
    programs: ['curl', 'openssl'],
    isRequired: true,
    ending: 'sh',
    run: (file) => ['bash', file],
    serve: undefined,
  },
  {
    name: 'Node.js',
    programs: ['node'],
    isRequired: true,
    ending: 'mjs',
    run: (file) => ['node', file],
    serve: () => ['node', 'backend.mjs'],
  },
  {
    name: 'PHP',
    programs: ['php'],
    isRequired: true,
    ending: 'php',
    run: (file) => ['php', file],
    serve: (port) => ['php', '-S', `127.0.0.1:${port}`, 'backend.php'],
  },
  {
    name: 'Go',
    programs: ['go'],
    isRequired: false,
    ending: 'go',
    run: (file) => ['go', 'run', 'statecast.go', file],
    serve: () => ['go', 'run', 'backend.go'],
  },
  {
    name: 'Python',
    programs: ['python3'],
    isRequired: true,
    ending: 'py',
    run: (file) => ['python3', file],
    serve: () => ['python3', 'backend.py'],
  },
];

/** The samples by the names of their files, which their first lines tell. */
const FILES: ReadonlyMap<string, string> = new Map(
  Array.from(
    PAGE.matchAll(/^```\w+\n((?:<\?php )?(?:#|\/\/) ([\w-]+\.\w+)\n[\s\S]*?)^```/gm),
    ([, code = '', name = '']) => [name, code],
  ),
);

/** Writes all samples of a language, with the ports of a test. */
async function writeSamples(ending: string, server: number, backend: number): Promise<ProgramPlace> {
  const cwd = await makeTempDir();
  for (const [name, code] of FILES) {
    if (!name.endsWith(`.${ending}`)) continue;
    const text = code.replaceAll('8000', String(server)).replaceAll(/\b3000\b/g, String(backend));
    await writeFile(join(cwd, name), text);
  }
  return { cwd, env: { STATECAST_HTTP_API_KEY: KEY, WEBHOOK_SECRET: SECRET } };
}

function describeLanguage({ name, programs, isRequired }: Language, suite: () => void): void {
  const title = `the samples in ${name}`;
  describe.skipIf(skipsWithout(programs, title, isRequired))(title, () => {
    suite();
  });
}

test('all samples are found', () => {
  const tasks = ['statecast', 'publish', 'who', 'ban', 'backend'];
  expect([...FILES.keys()].sort()).toEqual(
    [
      'publish.sh',
      'who.sh',
      'ban.sh',
      'may-join.sh',
      'events.sh',
      ...['mjs', 'php', 'go', 'py'].flatMap((ending) => tasks.map((task) => `${task}.${ending}`)),
    ].sort(),
  );
});

test('the settings of the page and of the chat are right, and nothing in them is dangerous', async () => {
  const [, settings = ''] = /^```json\n(\{\n {2}"http"[\s\S]*?)^```/m.exec(PAGE) ?? [];
  const file = join(await makeTempDir(), 'settings.json');
  await writeFile(file, settings);
  for (const path of [file, join(import.meta.dirname, '../examples/php-chat/settings.json')]) {
    const { exitCode, stdout } = await runCheck({ file: path, env: {}, flags: {} }, true);
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ webhooks: [{ isSigned: true }], warnings: [] });
  }
});

for (const language of LANGUAGES) {
  const { ending, run, serve } = language;
  describeLanguage(language, () => {
    test('publish, tell who is there, and put a user out', async () => {
      const { url, port, server } = await startServer({
        http: { apiKey: KEY },
        authenticate: ({ query }) => ({ user: query.get('user') ?? '' }),
        rooms: { 'team:*': { history: { size: 1 } } },
      });
      const place = await writeSamples(ending, port, 0);
      const { centrifuge } = createSdkClient(url, {}, '?user=mallory');
      const room = centrifuge.newSubscription('team:red');
      const heard = new Promise((resolve) => void room.once('publication', ({ data }) => resolve(data)));
      room.subscribe();
      await room.ready();

      const published = await runProgram(run(`publish.${ending}`), place);
      expect(published).toMatchObject({ code: 0, stderr: '' });
      expect(published.stdout).toMatch(/published at 1\n$|"offset":1/);
      expect(await heard).toEqual({ text: 'hello' });
      expect((await runProgram(run(`who.${ending}`), place)).stdout).toMatch(/^mallory\n$|"user":"mallory"/);
      const gone = new Promise((resolve) => void centrifuge.once('disconnected', resolve));
      expect(await runProgram(run(`ban.${ending}`), place)).toMatchObject({ code: 0, stderr: '' });
      expect(await gone).toMatchObject({ code: 3503 });
      expect(await server.members('team:red')).toEqual([]);
    });

    test.skipIf(ending === 'sh')('fail with what the server says', async () => {
      const { port } = await startServer({ http: { apiKey: KEY } });
      const place = await writeSamples(ending, port, 0);
      const env = { ...place.env, STATECAST_HTTP_API_KEY: 'a wrong key' };
      const { code, stderr, stdout } = await runProgram(run(`publish.${ending}`), { ...place, env });
      expect(code).not.toBe(0);
      expect(stderr + stdout).toContain('this needs a key');
    });

    test.skipIf(serve === undefined)('answer questions, and take what is signed', async () => {
      const port = await pickPort();
      const place = await writeSamples(ending, 0, port);
      const lines = await startProgram(serve?.(port) ?? [], place, port);
      const ask = async (user: string, channel: string): Promise<unknown> => {
        const body = JSON.stringify({ client: '1', encoding: 'json', user, channel });
        const response = await fetch(`http://127.0.0.1:${port}/may-join`, { method: 'POST', body });
        return response.json();
      };
      expect(await ask('ada', 'team:red')).toEqual({ result: {} });
      const no = { error: { code: 403, message: 'not your team' } };
      expect([await ask('eve', 'team:red'), await ask('ada', 'team:blue'), await ask('', '')]).toEqual([
        no,
        no,
        no,
      ]);

      const tell = async (id: string, secret = SECRET, time = Date.now()): Promise<number> => {
        const event = { id, type: 'member.left', time, channel: 'team:red', user: `ada ${id}` };
        const body = JSON.stringify({ id, time, events: [event] });
        const digest = createHmac('sha256', secret).update(`${time}.${body}`).digest('hex');
        const headers = {
          'X-Statecast-Time': String(time),
          'X-Statecast-Signature': `sha256=${'0'.repeat(64)}, sha256=${digest}`,
        };
        const url = `http://127.0.0.1:${port}/events`;
        return (await fetch(url, { method: 'POST', headers, body })).status;
      };
      expect(await tell('forged', 'a guessed secret')).toBe(403);
      expect(await tell('old', SECRET, Date.now() - 3_600_000)).toBe(403);
      expect([200, 204]).toContain(await tell('1'));
      expect([200, 204]).toContain(await tell('2'));
      const taken: string[] = [];
      while (taken.length < 2) {
        const line = await lines.next();
        if (line.includes('member.left')) taken.push(line);
      }
      expect(taken).toEqual([
        expect.stringContaining('member.left team:red ada 1'),
        expect.stringContaining('member.left team:red ada 2'),
      ]);
    });
  });
}

/** A sample that tries a backend needs one: that in Node.js, which is on every machine of this project. */
describeLanguage(LANGUAGES[0] as Language, () => {
  test('try a backend as the server would', async () => {
    const port = await pickPort();
    const node = await writeSamples('mjs', 0, port);
    const lines = await startProgram(['node', 'backend.mjs'], node, port);
    const place = await writeSamples('sh', 0, port);
    expect(await runProgram(['bash', 'may-join.sh'], place)).toMatchObject({ stdout: '{"result":{}}' });
    expect(await runProgram(['bash', 'events.sh'], place)).toMatchObject({ stdout: '204\n' });
    expect(await lines.next()).toBe('member.left team:red ada');
  });
});
