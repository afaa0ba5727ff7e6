/** The keys of the HTTP server API: what each allows, and how often it may ask. */

import { describe, expect, test } from 'vitest';
import { ConfigError, createServer } from '../src/index.ts';
import { ask, post, read } from './support/api-request.ts';
import type { HttpAnswer } from './support/http-request.ts';
import { startServer } from './support/start-server.ts';

const ALL = 'all-rights-of-the-server';
const CHAT = 'only-for-the-chat-rooms';
const WRITER = 'may-publish-and-nothing-else';
const SLOW = 'only-two-requests-a-second';

async function startWithKeys() {
  const running = await startServer({
    http: {
      apiKey: ALL,
      apiKeys: [
        { name: 'chat', key: CHAT, rooms: ['chat:*'] },
        { name: 'writer', key: WRITER, allow: ['publish'] },
        { name: 'slow', key: SLOW, requestsPerSecond: 2 },
      ],
    },
  });
  const refused: object[] = [];
  running.server.on('access.refused', (event) => refused.push(event));
  const call = (key: string, method: string, body: unknown, headers = {}): Promise<HttpAnswer> =>
    running.request(`/api/${method}`, post(body, { 'x-api-key': key, ...headers }));
  const result = async (key: string, method: string, body: unknown): Promise<unknown> =>
    read(await call(key, method, body));
  return { ...running, refused, call, result };
}

const forbidden = { error: { code: 103, message: expect.stringContaining('does not allow') as string } };
const published = { result: { offset: expect.any(Number) as number } };

describe('a key', () => {
  test('for some rooms may do everything there, and nothing elsewhere or about no room', async () => {
    const { result, refused } = await startWithKeys();
    expect(await result(CHAT, 'publish', { channel: 'chat:1', data: 1 })).toMatchObject(published);
    expect(await result(CHAT, 'publish', { channel: 'game', data: 1 })).toEqual(forbidden);
    expect(await result(CHAT, 'presence', { channel: 'game' })).toEqual(forbidden);
    expect(await result(CHAT, 'disconnect', { user: 'ann' })).toEqual(forbidden);
    expect(await result(CHAT, 'invalidate', { user: 'ann', channel: 'chat:1' })).toEqual({
      result: { found: false },
    });
    expect(await result(CHAT, 'invalidate', { user: 'ann' })).toEqual(forbidden);
    expect(refused).toHaveLength(4);
    expect(refused[0]).toMatchObject({ to: 'the HTTP API', key: 'chat', method: 'publish' });
    expect(JSON.stringify(refused)).not.toContain(CHAT);
  });

  test('for some methods may use those in any room', async () => {
    const { result, call } = await startWithKeys();
    expect(await result(WRITER, 'publish', { channel: 'game', data: 1 })).toMatchObject(published);
    expect(await result(WRITER, 'history', { channel: 'game' })).toEqual(forbidden);
    const asked = await call(WRITER, 'info', {}, { 'x-centrifugo-error-mode': 'transport' });
    expect([asked.status, read(asked)]).toEqual([403, forbidden.error]);
  });

  test('that is the one of http.apiKey may do everything', async () => {
    const { result } = await startWithKeys();
    expect(await result(ALL, 'publish', { channel: 'game', data: 1 })).toMatchObject(published);
    expect(await result(ALL, 'disconnect', { user: 'ann' })).toEqual({ result: {} });
  });

  test('for some rooms broadcasts to those, and sees those', async () => {
    const { result, connect } = await startWithKeys();
    expect(
      await result(CHAT, 'broadcast', { channels: ['chat:1', 'game', 'chat:2'], data: 1 }),
    ).toMatchObject({
      result: { responses: [published, forbidden, published] },
    });
    const client = await connect();
    for (const room of ['chat:1', 'game']) await client.join(room);
    expect(await result(CHAT, 'channels', {})).toEqual({
      result: { channels: { 'chat:1': { num_clients: 1 } } },
    });
  });

  test('is judged for each command of a batch', async () => {
    const { result } = await startWithKeys();
    const commands = [
      { publish: { channel: 'chat:1', data: 1 } },
      { publish: { channel: 'game', data: 1 } },
      { info: {} },
    ];
    expect(await result(CHAT, 'batch', { commands })).toEqual({
      replies: [{ publish: expect.any(Object) as object }, forbidden, forbidden],
    });
  });

  test('has its requests counted, also those of a batch and of the push routes', async () => {
    const { call, request } = await startWithKeys();
    const body = { channel: 'r', data: 1 };
    expect((await call(SLOW, 'publish', body)).status).toBe(200);
    const commands = [{ publish: body }, { publish: body }, { publish: body }];
    expect((await call(SLOW, 'batch', { commands })).status).toBe(200);
    const late = await call(SLOW, 'publish', body);
    expect(read(late)).toMatchObject({ error: { code: 111 } });
    expect(late.headers['retry-after']).toMatch(/^[12]$/);
    expect((await call(SLOW, 'publish', body, { 'x-centrifugo-error-mode': 'transport' })).status).toBe(429);
    const push = await request('/Index/pushByRoom?roomNum=r&message=hi', { headers: { 'x-api-key': SLOW } });
    expect([push.status, push.headers['retry-after']]).toEqual([429, late.headers['retry-after']]);
    expect((await call(ALL, 'publish', body)).status).toBe(200);
  });

  test('opens the push routes, /presence and /api/watch as far as it allows their methods', async () => {
    const { request } = await startWithKeys();
    const statuses = async (key: string): Promise<number[]> =>
      Promise.all(
        [
          '/Index/pushByRoom?roomNum=game&message=hi',
          '/Index/pushByRoom?roomNum=chat:1&message=hi',
          '/Index/pushAll?message=hi',
          '/presence?roomNum=chat:1',
          '/api/watch?channel=game',
        ].map(async (path) => (await request(path, { headers: { 'x-api-key': key } })).status),
      );
    expect(await statuses(CHAT)).toEqual([403, 200, 403, 200, 403]);
    expect(await statuses(WRITER)).toEqual([200, 200, 403, 403, 403]);
    expect(await statuses('wrong-key-of-nobody')).toEqual([401, 401, 401, 401, 401]);
  });
});

test('pages of allowed origins may use the API with a key, and those of others may not read it', async () => {
  const origin = 'https://admin.example';
  const { request } = await startServer({ http: { apiKey: ALL, allowedOrigins: [origin] } });
  const body = { channel: 'r', data: 1 };
  const allowed = await request('/api/publish', post(body, { origin, 'x-api-key': ALL }));
  expect(allowed.headers['access-control-allow-origin']).toBe(origin);
  const refused = await request('/api/publish', post(body, { origin }));
  expect([refused.status, refused.headers['access-control-allow-origin']]).toEqual([401, origin]);
  const preflight = await request('/api/publish', {
    method: 'OPTIONS',
    headers: { origin, 'access-control-request-headers': 'x-api-key' },
  });
  expect(preflight.status).toBe(204);
  expect(preflight.headers).toMatchObject({
    'access-control-allow-headers': 'x-api-key',
    'access-control-allow-methods': 'POST',
  });
  const other = { origin: 'https://other.example' };
  expect((await request('/api/publish', { method: 'OPTIONS', headers: other })).status).toBe(403);
  const noPage = await request('/api/publish', { method: 'OPTIONS' });
  expect([noPage.status, noPage.body]).toEqual([403, expect.stringContaining('this is for pages')]);
  const answer = await request('/api/publish', post(body, { ...other, 'x-api-key': ALL }));
  expect([answer.status, answer.headers['access-control-allow-origin']]).toEqual([200, undefined]);
});

test('without allowed origins there is no preflight', async () => {
  const { request } = await startServer();
  expect((await request('/api/publish', { method: 'OPTIONS' })).status).toBe(405);
});

test('mistakes in the keys are told all at once, without the keys', () => {
  const key = 'the-same-secret-key';
  const attempt = (): unknown =>
    createServer({
      http: {
        apiKey: key,
        apiKeys: [
          { name: 'a', key },
          { name: 'b', key: 'another-secret-key' },
          { name: 'b', key: 'a-third-secret-key' },
        ],
      },
    });
  expect(attempt).toThrow(ConfigError);
  expect(attempt).toThrow(/http\.apiKeys\[0\]\.key.*another key: http\.apiKey has it/);
  expect(attempt).toThrow(/http\.apiKeys\[2\]\.name.*another name: http\.apiKeys\[1\] has it/);
  expect(attempt).not.toThrow(/secret-key/);
  const wrong = { name: 'a b', key: 'short', allow: ['publsh'], rooms: ['a*b'], extra: 1 };
  const other = (): unknown =>
    createServer({ http: { apiKeys: [wrong as unknown as { name: string; key: string }] } });
  for (const place of ['name', 'key', 'allow[0]', 'rooms[0]', 'extra']) {
    expect(other).toThrow(new RegExp(`http\\.apiKeys\\[0\\]\\.${place.replaceAll(/[[\]]/g, '\\$&')}`));
  }
});

test('a server beyond loopback starts with one of several keys', async () => {
  const running = await startServer({ host: '0.0.0.0', http: { apiKeys: [{ name: 'a', key: ALL }] } });
  expect((await running.request('/api/info', post({}))).status).toBe(401);
  const headers = { authorization: `apikey ${ALL}` };
  expect((await running.request('/api/info', post({}, headers))).status).toBe(200);
  await expect(ask(running, 'info', {})).rejects.toThrow('401');
});
