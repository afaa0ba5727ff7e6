/** The samples of the pages: settings are valid, and code does what the page says. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as centrifuge from 'centrifuge';
import { describe, expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { parseSettings } from '../src/config/parse-settings.ts';
import * as statecast from '../src/index.ts';
import { Inbox } from '../src/system/inbox-harness.ts';
import { startServer } from './support/start-server.ts';

const DOCS = join(import.meta.dirname, '../docs');

/** The blocks of code of a page in a language. */
function blocksOf(page: string, language: string): string[] {
  const text = readFileSync(join(DOCS, page), 'utf8');
  return Array.from(
    text.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'gm')),
    ([, code = '']) => code,
  );
}

/** The block in JavaScript that has this text. */
function findBlock(page: string, part: string): string {
  const block = blocksOf(page, 'js').find((code) => code.includes(part));
  if (block === undefined) throw new Error(`docs/${page} has no sample with ${part}`);
  return block;
}

/** Runs a sample whose free names are given, and returns what `result` is in it. */
function run<Result>(
  sample: string,
  given: Readonly<Record<string, unknown>>,
  result: string,
): Promise<Result> {
  const body = sample.replaceAll(/import (\{.*?\}) from '(\w+)';/g, 'const $1 = modules.$2;');
  const names = Object.keys(given);
  // eslint-disable-next-line typescript/no-implied-eval -- the samples are ours
  const call = new Function(...names, `return (async () => {${body}\nreturn ${result}; })()`) as (
    ...values: unknown[]
  ) => Promise<Result>;
  return call(...names.map((name) => given[name]));
}

/** The library on a free port. */
const onFreePort = {
  ...statecast,
  createServer: (options: statecast.ServerOptions) => {
    const server = statecast.createServer({ ...options, port: 0 });
    onTestFinished(() => server.close());
    return server;
  },
};

/** The SDK, which connects to a port of a test in place of 8000. */
function sdkAt(port: number) {
  return {
    ...centrifuge,
    Centrifuge: class extends centrifuge.Centrifuge {
      constructor(url: string, options: Partial<centrifuge.Options> = {}) {
        super(url.replace('8000', String(port)), { websocket: WebSocket, ...options });
        onTestFinished(() => this.disconnect());
      }
    },
  };
}

const settings = ['access.md', 'clients.md', 'from-centrifugo.md'].flatMap((page) =>
  blocksOf(page, 'json')
    .filter((block) => block.includes('"rooms"'))
    .map((block, index) => [`${page}, sample ${index + 1}`, JSON.parse(block) as unknown] as const),
);

test('samples of settings are found', () => {
  expect(settings.map(([name]) => name)).toEqual([
    'access.md, sample 1',
    'access.md, sample 2',
    'clients.md, sample 1',
    'from-centrifugo.md, sample 1',
  ]);
});

test.each(settings)('the settings of %s are valid', (_, sample) => {
  expect(parseSettings(sample)).toMatchObject({ ok: true });
});

describe('the chat of from-socket-io.md', () => {
  const users: Record<string, { id: string }> = {
    'token of ada': { id: 'ada' },
    'token of eve': { id: 'eve' },
  };

  async function startChat(): Promise<number> {
    const sample = findBlock('from-socket-io.md', "from 'statecast'").replace('await server.listen();', '');
    const server = await run<statecast.StatecastServer>(
      sample,
      {
        modules: { statecast: onFreePort },
        findUser: async (token: string) => users[token],
        mayJoin: async (user: { id: string }) => user.id !== 'eve',
      },
      'server',
    );
    return (await server.listen()).port;
  }

  async function openClient(port: number, token: string): Promise<Inbox<unknown>> {
    const shown = new Inbox<unknown>();
    const show = (...what: unknown[]): void => shown.push(what);
    const client = await run<centrifuge.Centrifuge>(
      findBlock('from-socket-io.md', "from 'centrifuge'"),
      { modules: { centrifuge: sdkAt(port) }, token, show },
      'centrifuge',
    ).catch((error: unknown) => {
      throw new Error('the sample of the client failed', { cause: error });
    });
    client.on('disconnected', ({ code, reason }) => show(code, reason));
    return shown;
  }

  test('shows what members say, with their names', async () => {
    const port = await startChat();
    expect(await (await openClient(port, 'token of ada')).next()).toEqual(['ada', 'hello']);
  });

  test('keeps out who may not join, who can say nothing either', async () => {
    const shown = await openClient(await startChat(), 'token of eve');
    expect(await shown.next()).toEqual(['not for you']);
    expect(await shown.next()).toEqual(['unsubscribed']);
  });

  test('closes the connection of who is not known, for good', async () => {
    const shown = await openClient(await startChat(), 'no token');
    expect(await shown.next()).toEqual([4500, 'log in first']);
  });

  test('answers a call', async () => {
    const sample = findBlock('from-socket-io.md', '// Statecast');
    const [createLine = '', ...rest] = sample.split('\n').slice(1);
    const server = await run<statecast.StatecastServer>(
      `const server = ${createLine}`,
      { createServer: onFreePort.createServer, answer: statecast.answer },
      'server',
    );
    const { port: answering } = await server.listen();
    const { Centrifuge } = sdkAt(answering);
    const client = new Centrifuge('ws://127.0.0.1:8000/connection/websocket');
    client.connect();
    expect(await run<number>(rest.join('\n'), { centrifuge: client }, 'sum')).toBe(3);
  });
});

test('the samples of clients.md join, speak, and read who is there and what was said', async () => {
  const { port, server } = await startServer({ rooms: { '*': { history: { size: 100 } } } });
  for (let count = 1; count < 50; count += 1) await server.publish('room1', count);
  const logged = new Inbox<unknown>();
  const { client, room } = await run<{ client: centrifuge.Centrifuge; room: centrifuge.Subscription }>(
    findBlock('clients.md', "await room.publish({ text: 'hello' })"),
    { modules: { centrifuge: sdkAt(port) }, console: { log: (...what: unknown[]) => logged.push(what) } },
    '{ client: centrifuge, room }',
  );
  expect(await logged.next()).toEqual(['', { text: 'hello' }, 50]);

  const there = findBlock('clients.md', 'room.presenceStats()');
  expect(await run(there, { room }, '[Object.keys(clients).length, numClients, numUsers]')).toEqual([
    1, 1, 1,
  ]);

  const said = findBlock('clients.md', 'room.history({ limit: 0 })');
  const read = await run<{ offset: number; latest: number[]; next: number[] }>(
    said,
    { room },
    '{ offset, latest: latest.publications.map((one) => one.offset), next: next.publications.map((one) => one.offset) }',
  );
  expect(read.offset).toBe(50);
  expect(read.latest.slice(0, 2)).toEqual([50, 49]);
  expect(read.next).toEqual([41, 42, 43, 44, 45, 46, 47, 48, 49, 50]);
  client.disconnect();
});

test('the sample of clients.md without an SDK reads and speaks', async () => {
  const { port, server } = await startServer();
  const joined = new Promise((resolve) => server.once('member.joined', resolve));
  const logged = new Inbox<unknown>();
  const [connect = '', later = ''] = findBlock('clients.md', '?format=json').split('// later');
  const socket = await run<WebSocket>(
    connect,
    {
      WebSocket: class extends WebSocket {
        constructor(url: string) {
          super(url.replace('8000', String(port)));
        }
      },
      console: { log: (...what: unknown[]) => logged.push(what) },
    },
    'socket',
  );
  onTestFinished(() => socket.terminate());
  await joined;
  await run(later, { socket }, 'undefined');
  expect(await logged.next()).toEqual(['room1', expect.any(String), { text: 'hello' }]);
});
