/** The commands that speak to a running server, against a real one. */

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createApiClient } from '../src/cli/remote/api-client.ts';
import { runPublish, type PublishFlags } from '../src/cli/remote/publish.ts';
import { createCommandLine } from '../src/cli/command-line.ts';
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

describe('what is no server of ours', () => {
  test('is told: nobody listens', async () => {
    const gone = await startServer();
    await gone.server.close();
    await expect(publish(gone.url, '1')).rejects.toThrow(/no server answers at .*statecast serve/);
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
