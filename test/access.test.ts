/** Who may connect and who may push: keys, origins, and requests that pages of other sites make a browser send. */

import { describe, expect, test } from 'vitest';
import { ConfigError, createServer } from '../src/index.ts';
import { keepEvents } from './support/event-watch.ts';
import { form, readError } from './support/http-request.ts';
import { startServer } from './support/start-server.ts';

const API_KEY = 'correct horse battery staple';
const EVERYWHERE = '0.0.0.0';
const PUSH = '/Index/pushAll?message=hi';
const GUARDED = [
  '/Index/pushAll?message=hi',
  '/Index/pushByRoom?roomNum=r&message=hi',
  '/presence?roomNum=r',
];

describe('beyond loopback', () => {
  test('a configuration with neither a key nor open HTTP is refused', () => {
    let problem: unknown;
    try {
      createServer({ host: EVERYWHERE, port: 0 });
    } catch (error) {
      problem = error;
    }
    expect(problem).toBeInstanceOf(ConfigError);
    expect((problem as ConfigError).problems).toMatchObject([{ path: 'host', given: '"0.0.0.0"' }]);
    expect((problem as ConfigError).message).toMatch(/http\.apiKey.*http\.open/);
  });

  test('pushes and presence need the key, in one of two headers', async () => {
    const { connect, request } = await startServer({ host: EVERYWHERE, http: { apiKey: API_KEY } });
    const client = await connect();
    for (const path of GUARDED) {
      for (const headers of [
        {},
        { 'X-API-Key': '' },
        { 'X-API-Key': `${API_KEY}x` },
        { 'X-API-Key': API_KEY.toUpperCase() },
        { authorization: `Bearer ${API_KEY}` },
        { authorization: 'apikey wrong' },
      ]) {
        const answer = await request(path, { headers });
        expect(answer.status, JSON.stringify(headers)).toBe(401);
        expect(readError(answer).code).toBe(401);
        expect(answer.body).not.toContain(API_KEY);
      }
    }
    expect(await client.settle()).toEqual([]);
    for (const path of GUARDED) {
      expect((await request(path, { headers: { 'X-API-Key': API_KEY } })).status).toBe(200);
    }
    expect(await client.settle()).toEqual(['hi']);
  });

  test('a wrong key is told, and a missing one is not', async () => {
    const { request, server } = await startServer({ host: EVERYWHERE, http: { apiKey: API_KEY } });
    const told: object[] = [];
    server.on('access.refused', (event) => told.push(event));
    await request(PUSH);
    await request(PUSH, { headers: { 'X-API-Key': API_KEY } });
    expect(told).toEqual([]);
    await request(PUSH, { headers: { 'X-API-Key': `${API_KEY}x` } });
    expect(told).toEqual([{ to: 'the HTTP API', remoteAddress: expect.stringContaining('127.0.0.1') }]);
  });

  test.each(['apikey', 'ApiKey', 'APIKEY '])(
    'the key may also be in the header "Authorization: %s <key>"',
    async (scheme) => {
      const apiKey = '0123456789abcdef';
      const { request } = await startServer({ host: EVERYWHERE, http: { apiKey } });
      const headers = { authorization: `${scheme} ${apiKey}` };
      expect((await request(PUSH, { headers })).status).toBe(200);
    },
  );

  test('a key in the query or the form is not accepted', async () => {
    const { request } = await startServer({ host: EVERYWHERE, http: { apiKey: API_KEY } });
    const query = new URLSearchParams({ 'X-API-Key': API_KEY, apiKey: API_KEY, message: 'hi' }).toString();
    expect((await request(`/Index/pushAll?${query}`)).status).toBe(401);
    expect((await request('/Index/pushAll', form({ apiKey: API_KEY, message: 'hi' }))).status).toBe(401);
  });

  test('open HTTP needs no key', async () => {
    const { request } = await startServer({ host: EVERYWHERE, http: { open: true } });
    for (const path of GUARDED) expect((await request(path)).status).toBe(200);
  });

  test('routes that show no rooms and push nothing need no key', async () => {
    const { connect, request } = await startServer({
      host: EVERYWHERE,
      http: { apiKey: API_KEY },
      routes: { '/mine': () => 'mine' },
    });
    for (const path of ['/', '/health', '/mine']) expect((await request(path)).status).toBe(200);
    expect(await (await connect()).ask('ping')).toBe('pong');
  });
});

describe('on loopback', () => {
  test('a key is needed only if one is set', async () => {
    const { request } = await startServer();
    for (const path of GUARDED) expect((await request(path)).status).toBe(200);
    const keyed = await startServer({ http: { apiKey: API_KEY } });
    for (const path of GUARDED) expect((await keyed.request(path)).status).toBe(401);
    expect((await keyed.request(PUSH, { headers: { 'X-API-Key': API_KEY } })).status).toBe(200);
  });

  test.each(['chat.example.com', 'evil.example:8000', '127.0.0.1.example.com'])(
    'a request for the host %j came through a proxy or DNS rebinding, and needs a key',
    async (host) => {
      const { request } = await startServer();
      for (const path of GUARDED) expect((await request(path, { headers: { host } })).status).toBe(401);
    },
  );

  test.each(['localhost:8000', '127.0.0.1', '[::1]:8000'])(
    'a request for the host %j needs no key',
    async (host) => {
      const { request } = await startServer();
      for (const path of GUARDED) expect((await request(path, { headers: { host } })).status).toBe(200);
    },
  );
});

describe('the handshake', () => {
  const onLoopback = {};
  const everywhere = { host: EVERYWHERE, http: { open: true } };
  const listed = { ...everywhere, allowedOrigins: ['https://chat.example', 'null'] };
  const anyPage = { ...everywhere, allowedOrigins: ['*'] };

  test.each([
    ['from no page', onLoopback, {}],
    ['from a page of another port of this machine', onLoopback, { origin: 'http://localhost:5173' }],
    ['from a page of 127.0.0.1', everywhere, { origin: 'https://127.0.0.1' }],
    ['from a page of ::1', everywhere, { origin: 'http://[::1]:8000' }],
    ['from a page on disk, on loopback', onLoopback, { origin: 'null' }],
    ['from a page on disk, when listed', listed, { origin: 'null' }],
    ['from the same host', everywhere, { host: 'chat.example:8000', origin: 'http://chat.example:8000' }],
    ['from the same host behind TLS', everywhere, { host: 'chat.example', origin: 'https://chat.example' }],
    ['from the same host in capitals', everywhere, { host: 'Chat.Example', origin: 'http://CHAT.example' }],
    ['from a listed page', listed, { origin: 'https://chat.example' }],
    ['from any page when any is listed', anyPage, { origin: 'https://elsewhere.example' }],
    ['from a page on disk when any is listed', anyPage, { origin: 'null' }],
  ])('is accepted %s', async (_, options, headers) => {
    const { connect } = await startServer(options);
    expect(await (await connect({ headers })).ask('ping')).toBe('pong');
  });

  test.each([
    ['from a foreign page', onLoopback, { origin: 'https://elsewhere.example' }],
    ['from a foreign page, beyond loopback', everywhere, { origin: 'https://elsewhere.example' }],
    ['from a page on disk, beyond loopback', everywhere, { origin: 'null' }],
    ['from another port of the same host', everywhere, { host: 'a.example:1', origin: 'http://a.example:2' }],
    [
      'from a host whose name only begins like this one',
      everywhere,
      { host: 'a.example', origin: 'http://a.example.org' },
    ],
    ['from a host that only looks local', onLoopback, { origin: 'http://127.0.0.1.example' }],
    ['from a host named after this machine', onLoopback, { origin: 'http://localhost.example' }],
    ['from a listed host by another scheme', listed, { origin: 'http://chat.example' }],
    ['from a listed host on another port', listed, { origin: 'https://chat.example:8443' }],
    ['from an invalid origin', onLoopback, { origin: '*' }],
  ])('is refused %s', async (_, options, headers) => {
    const { server, connect } = await startServer(options);
    await expect(connect({ headers })).rejects.toMatchObject({
      status: 403,
      body: expect.stringContaining('allowedOrigins'),
    });
    expect(server.health().connections).toBe(0);
  });

  test.each([
    ['the Centrifuge protocol', '/connection/websocket'],
    ['the inspector', '/inspector/feed'],
    ['the inspector of Stately', '/inspector/stately'],
  ])('of a page without an origin is refused for %s', async (_, path) => {
    const { connect } = await startServer();
    await expect(connect({ path, headers: { origin: 'null' } })).rejects.toMatchObject({ status: 403 });
  });

  test('of a page without an origin is refused for streams, which it can neither open nor read', async () => {
    const { request } = await startServer();
    const headers = { origin: 'null', 'sec-fetch-site': 'cross-site' };
    const answer = await request('/connection/http_stream', { method: 'POST', body: '{}', headers });
    expect([answer.status, answer.headers['access-control-allow-origin']]).toEqual([403, undefined]);
  });
});

describe('a request that a page of another site makes a browser send, without a key', () => {
  test.each([
    ['its origin is foreign', { origin: 'https://elsewhere.example' }],
    [
      'its origin is foreign, whatever its other headers say',
      { origin: 'https://elsewhere.example', 'sec-fetch-site': 'same-origin' },
    ],
    ['it comes from another site', { 'sec-fetch-site': 'cross-site' }],
    ['it comes from another port of this machine, or a neighbouring name', { 'sec-fetch-site': 'same-site' }],
    ['its site is a word that no browser says', { 'sec-fetch-site': 'elsewhere' }],
    ['it has no origin, as a frame in a sandbox', { origin: 'null', 'sec-fetch-site': 'cross-site' }],
    ['it has no origin, whatever its site is', { origin: 'null', 'sec-fetch-site': 'same-origin' }],
  ])('is refused when %s', async (_, headers) => {
    const { connect, request } = await startServer();
    const client = await connect();
    for (const path of GUARDED) {
      const answer = await request(path, { headers });
      expect(answer.status).toBe(403);
      expect(readError(answer).message).toMatch(/key/);
    }
    const { method, body, headers: type } = form({ message: 'hi' });
    const posted = await request('/Index/pushAll', {
      method: method!,
      body: body!,
      headers: { ...type, ...headers },
    });
    expect(posted.status).toBe(403);
    expect(await client.settle()).toEqual([]);
  });

  test.each([
    ['a page of this server', { 'sec-fetch-site': 'same-origin' }],
    ['the address bar', { 'sec-fetch-site': 'none' }],
    ['a page of this machine', { origin: 'http://localhost:5173', 'sec-fetch-site': 'cross-site' }],
  ])('is answered when it is from %s', async (_, headers) => {
    const { request } = await startServer();
    expect((await request(PUSH, { headers })).status).toBe(200);
  });

  test('is told as a problem, with what it asked for and where it came from', async () => {
    const { server, request } = await startServer();
    const problems = keepEvents(server, 'problem.noted');
    await request(PUSH, { headers: { 'sec-fetch-site': 'same-site' } });
    expect(problems).toEqual([
      {
        kind: 'refused',
        reason: 'a page of another site made a browser send a request without a key',
        event: `GET ${PUSH.split('?')[0]}`,
        guard: 'isForeignPage',
        code: 403,
        address: '127.0.0.1',
      },
    ]);
  });

  test('is refused beyond loopback too, where HTTP is open', async () => {
    const { request } = await startServer({ host: EVERYWHERE, http: { open: true } });
    expect((await request(PUSH, { headers: { origin: 'null' } })).status).toBe(403);
    expect((await request(PUSH, { headers: { 'sec-fetch-site': 'cross-site' } })).status).toBe(403);
  });

  describe.each([
    ['on loopback', {}],
    ['beyond loopback, where HTTP is open', { host: EVERYWHERE, http: { open: true } }],
  ])('%s', (_place, options) => {
    const sites = [undefined, 'none', 'same-origin', 'same-site', 'cross-site'] as const;
    const origins = [undefined, 'null', 'https://elsewhere.example', 'own', 'http://localhost:1'] as const;
    test('is judged by its origin, or else by its site, with each method', async () => {
      const { request, port } = await startServer(options);
      for (const origin of origins) {
        for (const site of sites) {
          const headers = {
            ...(origin !== undefined && { origin: origin === 'own' ? `http://127.0.0.1:${port}` : origin }),
            ...(site !== undefined && { 'sec-fetch-site': site }),
          };
          const isOwn =
            origin === undefined
              ? site === undefined || site === 'none' || site === 'same-origin'
              : origin === 'own' || origin === 'http://localhost:1';
          for (const method of ['GET', 'POST']) {
            for (const path of GUARDED) {
              if (path.startsWith('/presence') && method === 'POST') continue;
              const { status } = await request(path, { method, headers });
              expect(status, `${method} ${path} ${origin} ${site}`).toBe(isOwn ? 200 : 403);
            }
          }
        }
      }
    });
  });

  test('is answered when it has the key, or its page is listed', async () => {
    const keyed = await startServer({ http: { apiKey: API_KEY } });
    const headers = { origin: 'https://elsewhere.example', 'X-API-Key': API_KEY };
    expect((await keyed.request(PUSH, { headers })).status).toBe(200);
    expect((await keyed.request(PUSH, { headers: { ...headers, origin: 'null' } })).status).toBe(200);
    const listed = await startServer({ allowedOrigins: ['https://chat.example'] });
    const origin = 'https://chat.example';
    expect((await listed.request(PUSH, { headers: { origin } })).status).toBe(200);
  });
});

describe('the name in a handshake', () => {
  test('is used only if the settings allow it', async () => {
    const believing = await startServer({ line: { userParameter: true } });
    await (await believing.connect({ path: '/?user=ann%20%E2%98%83' })).join('room1');
    await (await believing.connect({ path: '/?user=' })).join('room1');
    expect((await believing.server.members('room1')).map(({ user }) => user)).toEqual(['ann ☃', undefined]);
    const doubting = await startServer();
    await (await doubting.connect({ path: '/?user=ann' })).join('room1');
    expect((await doubting.server.members('room1')).map(({ user }) => user)).toEqual([undefined]);
  });

  test('may be 128 characters long and no longer', async () => {
    const { connect } = await startServer({ line: { userParameter: true } });
    expect(await (await connect({ path: `/?user=${'u'.repeat(128)}` })).ask('ping')).toBe('pong');
    await expect(connect({ path: `/?user=${'u'.repeat(129)}` })).rejects.toMatchObject({ status: 400 });
  });
});
