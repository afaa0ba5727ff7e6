/** The commands that speak to a running server, against a real one. */

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createApiClient } from '../src/cli/remote/api-client.ts';
import { runPublish, type PublishFlags } from '../src/cli/remote/publish.ts';
import { runRooms } from '../src/cli/remote/rooms.ts';
import { runWatch } from '../src/cli/remote/watch.ts';
import { runWho } from '../src/cli/remote/who.ts';
import { createCommandLine } from '../src/cli/command-line.ts';
import { Inbox } from '../src/system/inbox-harness.ts';
import { pickPort } from './support/pick-port.ts';
import { startServer } from './support/start-server.ts';

const KEY = '0123456789abcdef';

/** Publishes by the command, with the key of these tests. */
function publish(
  url: string,
  data: string,
  flags: PublishFlags = {},
  { input = '', key = KEY, room = 'room1' }: { input?: string | Buffer; key?: string; room?: string } = {},
): Promise<string> {
  return runPublish(createApiClient({ url, key }), room, data, flags, Readable.from([Buffer.from(input)]));
}

/** Answers every request with this. */
async function startAnswering(status: number, body: string): Promise<string> {
  const server = createServer((_, response) => void response.writeHead(status).end(body));
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

describe('statecast publish', () => {
  async function startRoom() {
    const running = await startServer({
      http: { apiKey: KEY },
      rooms: { room1: { history: { size: 10 } } },
    });
    const read = async (): Promise<unknown[]> => {
      const { publications } = await running.server.history('room1', { limit: 10 });
      return publications.map(({ data }) => data);
    };
    return { ...running, read };
  }

  test('publishes JSON as it is, and anything else as a text', async () => {
    const { url, read } = await startRoom();
    expect(await publish(url, '{"text":"hi"}')).toBe('published in room1, offset 1\n');
    await publish(url, 'hello there');
    await publish(url, '42', { text: true });
    await publish(url, '-', {}, { input: '{"from":"a pipe"}\n' });
    await publish(url, '-', {}, { input: 'a line\n' });
    expect(await read()).toEqual([{ text: 'hi' }, 'hello there', '42', { from: 'a pipe' }, 'a line']);
  });

  test('prints JSON, gives tags, and does it once with the same key', async () => {
    const { url, server } = await startRoom();
    const flags = { json: true, tag: ['kind=news', 'empty='], idempotencyKey: 'one' };
    const first = JSON.parse(await publish(url, '1', flags)) as object;
    expect(first).toEqual({ offset: 1, epoch: expect.any(String) });
    expect(JSON.parse(await publish(url, '1', flags))).toEqual(first);
    const { publications } = await server.history('room1', { limit: 10 });
    expect(publications).toMatchObject([{ data: 1, tags: { kind: 'news', empty: '' } }]);
  });

  test('refuses a number that would be rounded, by the word of the server', async () => {
    const { url, read } = await startRoom();
    await expect(publish(url, '9007199254740993')).rejects.toThrow('the server refused: data has a number');
    expect(await read()).toEqual([]);
  });

  test('refuses a tag without a name, and an input without end', async () => {
    const { url } = await startRoom();
    await expect(publish(url, '1', { tag: ['=x'] })).rejects.toThrow('--tag needs name=value');
    const huge = Buffer.alloc(17 * 1024 * 1024, 'x');
    await expect(publish(url, '-', {}, { input: huge })).rejects.toThrow('more than 16 MiB');
  });

  test('tells which key is wanted, and that a key is wrong, without the key', async () => {
    const { url } = await startRoom();
    const without = runPublish(createApiClient({ url, key: undefined }), 'room1', '1', {}, process.stdin);
    await expect(without).rejects.toThrow(/wants its API key: give it with --key/);
    const wrong = publish(url, '1', {}, { key: 'a wrong key of mine' });
    await expect(wrong).rejects.toThrow(/does not take this API key/);
    await expect(wrong).rejects.not.toThrow(/mine/);
  });
});

describe('statecast rooms', () => {
  const rooms = (url: string, pattern?: string, json = false) =>
    runRooms(createApiClient({ url, key: undefined }), pattern, { json });

  test('lists the rooms with members by their names, or those of a pattern', async () => {
    const { url, connect } = await startServer();
    expect(await rooms(url)).toBe('no room has members\n');
    const ada = await connect();
    for (const room of ['tea', 'chat:2', 'chat:1']) {
      ada.send(`subscribe|${room}`);
      await ada.next();
    }
    const bob = await connect();
    bob.send('subscribe|tea');
    await bob.next();
    expect(await rooms(url)).toBe('MEMBERS  ROOM\n1        chat:1\n1        chat:2\n2        tea\n');
    expect(await rooms(url, 'chat:?')).toBe('MEMBERS  ROOM\n1        chat:1\n1        chat:2\n');
    expect(JSON.parse(await rooms(url, 't*', true))).toEqual([{ room: 'tea', members: 2 }]);
    expect(await rooms(url, 'x*')).toBe('no such room has members\n');
  });
});

describe('statecast who', () => {
  const who = (url: string, json = false) =>
    runWho(createApiClient({ url, key: undefined }), 'room1', { json });

  test('lists who is here and who is away', async () => {
    const { url, server, connect } = await startServer({
      authenticate: ({ query }) => {
        const user = query.get('user') ?? '';
        return user === '' ? undefined : { user, info: { name: `${user}\u001b[31m` } };
      },
    });
    expect(await who(url)).toBe('nobody is in this room\n');
    const ada = await connect({ path: '/?user=ada' });
    ada.send('subscribe|room1');
    await ada.next();
    const bob = await connect({ path: '/?user=bob' });
    bob.send('subscribe|room1');
    await bob.next();
    const away = new Promise((resolve) => server.once('member.away', resolve));
    bob.terminate();
    await away;
    const stranger = await connect();
    stranger.send('subscribe|room1');
    await stranger.next();

    expect((await who(url)).split('\n')).toEqual([
      expect.stringMatching(/^USER +CLIENT +SINCE +INFO$/),
      expect.stringMatching(/^ada +[-\w]+ +20\d\d-[-:.\dTZ]+ +\{"name":"ada\\u001b\[31m"\}$/),
      expect.stringMatching(/^\(anonymous\) +[-\w]+ +20[-:.\dTZ]+$/),
      expect.stringMatching(/^bob +[-\w]+ +20[-:.\dTZ]+ +away$/),
      '',
    ]);
    expect(JSON.parse(await who(url, true))).toMatchObject([
      { user: 'ada', away: false, info: { name: 'ada\u001b[31m' } },
      { user: '', away: false },
      { user: 'bob', away: true },
    ]);
  });
});

describe('statecast watch', () => {
  /** Runs the command until the test is over. */
  function watch(server: { url: string; key?: string }, json = false) {
    const lines = new Inbox<string>();
    const told = new Inbox<string>();
    const stopping = new AbortController();
    const ended = runWatch({
      server: { url: server.url, key: server.key },
      room: 'room1',
      json,
      signal: stopping.signal,
      print: (text) => lines.push(text),
      tell: (text) => told.push(text),
      retryMs: 1,
    });
    ended.catch(() => undefined);
    onTestFinished(() => stopping.abort());
    return { lines, told, stop: () => stopping.abort(), ended };
  }

  test('shows who says what, who joins and who leaves, until it is stopped', async () => {
    const { url, server, connect } = await startServer({
      rooms: { room1: { joinLeave: true } },
      line: { userParameter: true },
      membership: { reconnectSeconds: 0 },
    });
    const { lines, told, stop, ended } = watch({ url });
    expect(await told.next()).toBe(`watching room1 at ${url}; Ctrl-C ends it\n`);
    const ada = await connect({ path: '/?user=ada' });
    ada.send('subscribe|room1');
    expect(await lines.next()).toMatch(/^\d\d:\d\d:\d\d {2}\+ ada joined\n$/);
    ada.send('sendByRoom|{"roomNum":"room1","message":"hi\\n\\u001b[2J"}');
    expect(await lines.next()).toMatch(/^\d\d:\d\d:\d\d {2}ada {2}hi\\n\\u001b\[2J\n$/);
    await server.publish('room1', { text: 'yo' });
    expect(await lines.next()).toMatch(/ {2}\(server\) {2}\{"text":"yo"\}\n$/);
    ada.send('unsubscribe|room1');
    expect(await lines.next()).toMatch(/ {2}- ada left\n$/);
    stop();
    expect(await ended).toBeUndefined();
  });

  test('prints JSON, an event a line', async () => {
    const { url, server } = await startServer();
    const { lines, told } = watch({ url }, true);
    await told.next();
    await server.publish('room1', 'hi');
    expect(JSON.parse(await lines.next())).toMatchObject({ event: 'publication', data: 'hi', offset: 1 });
  });

  test('connects again when the server has gone and come back', async () => {
    const port = await pickPort();
    const first = await startServer({ port });
    const { lines, told } = watch({ url: first.url });
    await told.next();
    await first.server.close();
    expect(await told.next()).toContain('the server ends the stream: the server is shutting down');
    expect(await told.next()).toContain('trying again');
    const { server } = await startServer({ port });
    let words = await told.next();
    while (!words.startsWith('connected again')) words = await told.next();
    await server.publish('room1', 'back');
    expect(await lines.next()).toContain('back');
  });

  test('does not wait for a server that was never there, or that refuses', async () => {
    const { url } = await startServer({ http: { apiKey: KEY } });
    await expect(watch({ url }).ended).rejects.toThrow(/wants its API key/);
    await expect(watch({ url, key: 'not this one, sorry' }).ended).rejects.toThrow(/does not take this/);
    const nobody = { url: `http://127.0.0.1:${await pickPort()}/` };
    await expect(watch(nobody).ended).rejects.toThrow(/no server answers/);
  });

  test('refuses what is no stream of events', async () => {
    await expect(watch({ url: await startAnswering(200, '{}') }).ended).rejects.toThrow(/is no Statecast/);
  });
});

describe('what is no server of ours', () => {
  test('is told: nobody listens', async () => {
    const gone = await startServer();
    await gone.server.close();
    await expect(publish(gone.url, '1')).rejects.toThrow(/no server answers at .*statecast serve/);
  });

  test.each([
    '{"result":{}}',
    '{"result":null}',
    '{"error":"no"}',
    '{"result":{"channels":{"a":null},"presence":{}},"members":[{"id":"a","state":"joined","joinedAt":1e99}]}',
    '{"result":{"channels":{"a":{"num_clients":"many"}},"presence":null},"members":[]}',
  ])('is told, and breaks no command: it answers %s', async (body) => {
    const api = createApiClient({ url: await startAnswering(200, body), key: undefined });
    await expect(runRooms(api, undefined, {})).rejects.toThrow(/is no Statecast server/);
    await expect(runWho(api, 'room1', {})).rejects.toThrow(/is no Statecast server/);
  });

  test.each([
    [200, '<html>', /is no Statecast server/],
    [200, '[]', /is no Statecast server/],
    [404, '<html>', /is no Statecast server/],
    [404, '{"error":{"code":404,"message":"there is nothing"}}', /older than this command/],
    [403, '{"error":{"code":403,"message":"not \\u001b[31myou"}}', String.raw`allow it: not \u001b[31myou`],
    [429, '', /too many requests/],
    [302, '', /status 302/],
    [500, 'oh', /status 500$/],
  ])('is told: it answers %i %s', async (status, body, words) => {
    await expect(publish(await startAnswering(status, body), '1')).rejects.toThrow(words);
  });
});

test('the program takes flags and environment, and prints', async () => {
  const { url, server } = await startServer({
    http: { apiKey: KEY },
    rooms: { a: { history: { size: 1 } } },
  });
  const program = createCommandLine();
  await program.parseAsync(['publish', 'a', 'b', '--url', url, '--key', KEY], { from: 'user' });
  expect(await server.history('a', { limit: 1 })).toMatchObject({ publications: [{ data: 'b' }] });
});
