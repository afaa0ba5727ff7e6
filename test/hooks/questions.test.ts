/** Questions to a backend by HTTP, of clients with the published SDK and of the line protocol. */

import type { Subscription } from 'centrifuge';
import { SignJWT } from 'jose';
import { describe, expect, test } from 'vitest';
import { startAnsweringBackend } from '../support/hook-backend.ts';
import { sendByRoom } from '../support/line-client.ts';
import { createSdkClient } from '../support/sdk-client.ts';
import { startServer } from '../support/start-server.ts';
import { openStreamClient } from './open-stream.ts';

const SECRET = 'a secret of the tests that is long enough';
const CLIENT = { transport: 'websocket', protocol: 'json', encoding: 'json' };

const subscribed = (subscription: Subscription): Promise<unknown> =>
  new Promise((resolve) => {
    subscription.on('subscribed', ({ data }) => resolve(data));
    subscription.on('error', ({ error }) => resolve(error));
    subscription.subscribe();
  });

describe('connect', () => {
  const WHO = {
    result: {
      user: '42',
      info: { name: 'Ann' },
      data: { hello: 1 },
      channels: ['inbox'],
      subs: { news: { b64data: Buffer.from('{"first":true}').toString('base64') } },
      meta: { role: 'host' },
    },
  };

  test('says who a client is, what it gets and in which rooms it is; meta goes along with later questions', async () => {
    const backend = await startAnsweringBackend({
      '/connect': WHO,
      '/rpc': { result: { data: { ok: true } } },
    });
    const { url } = await startServer({
      hooks: {
        connect: {
          url: `${backend.url}/connect`,
          headers: ['X-Shop'],
          claimedHeaders: ['App'],
          setHeaders: { Authorization: 'Bearer secret' },
        },
        rpc: { url: `${backend.url}/rpc`, includeMeta: true },
      },
    });
    const rooms: unknown[] = [];
    const { centrifuge } = createSdkClient(url, {
      data: { x: 1 },
      name: 'shop',
      version: '2',
      headers: { app: 'a', other: 'b' },
    });
    centrifuge.on('subscribed', ({ channel, data }) => rooms.push([channel, data]));
    const connected = await new Promise((resolve) => centrifuge.on('connected', resolve));
    expect(connected).toMatchObject({ data: { hello: 1 } });
    expect(rooms).toEqual(
      expect.arrayContaining([
        ['inbox', undefined],
        ['news', { first: true }],
      ]),
    );
    const { clients } = await centrifuge.presence('inbox');
    expect(Object.values(clients)).toMatchObject([{ user: '42', connInfo: { name: 'Ann' } }]);
    expect(await centrifuge.rpc('anything', [1])).toEqual({ data: { ok: true } });
    expect(backend.bodiesOf('/connect')).toEqual([{ ...CLIENT, name: 'shop', version: '2', data: { x: 1 } }]);
    expect(backend.bodiesOf('/rpc')).toEqual([
      { ...CLIENT, user: '42', meta: { role: 'host' }, method: 'anything', data: [1] },
    ]);
    expect(backend.asked[0]?.headers).toMatchObject({
      authorization: 'Bearer secret',
      'x-claimed-app': 'a',
      'content-type': 'application/json',
    });
    expect(backend.asked[0]?.headers).not.toHaveProperty('x-claimed-other');
  });

  test('is asked on the line protocol too, with the headers of the handshake that are named', async () => {
    const backend = await startAnsweringBackend({ '/connect': WHO });
    const { connect, server } = await startServer({
      hooks: { connect: { url: `${backend.url}/connect`, headers: ['Cookie'] } },
    });
    const client = await connect({ headers: { cookie: 'session=1', 'x-other': 'no' } });
    expect(await client.ask('subscribe|room1')).toContain('Subscribe');
    expect(await server.members('room1')).toMatchObject([{ user: '42' }]);
    expect(backend.bodiesOf('/connect')).toEqual([{ ...CLIENT, protocol: 'line' }]);
    expect(backend.asked[0]?.headers).toMatchObject({ cookie: 'session=1' });
    expect(backend.asked[0]?.headers).not.toHaveProperty('x-other');
  });

  test.each(['http_stream', 'sse'] as const)('is told of the transport %s', async (transport) => {
    const backend = await startAnsweringBackend({ '/connect': WHO });
    const { url } = await startServer({ hooks: { connect: { url: `${backend.url}/connect` } } });
    expect(await openStreamClient(url, transport)).toContain('"hello":1');
    expect(backend.bodiesOf('/connect')).toEqual([{ ...CLIENT, transport }]);
  });

  test('is not asked of a client with a token', async () => {
    const backend = await startAnsweringBackend({ '/connect': WHO });
    const { url, server } = await startServer({
      auth: { hmacSecret: SECRET },
      hooks: { connect: { url: `${backend.url}/connect` } },
    });
    const token = await new SignJWT({})
      .setSubject('7')
      .setProtectedHeader({ alg: 'HS256' })
      .sign(new TextEncoder().encode(SECRET));
    const { centrifuge } = createSdkClient(url, { token });
    await subscribed(centrifuge.newSubscription('room1'));
    expect(await server.members('room1')).toMatchObject([{ user: '7' }]);
    expect(backend.asked).toEqual([]);
  });

  test.each([
    [{ error: { code: 450, message: 'not you' } }, 3507, 'not you'],
    [{ disconnect: { code: 4501, reason: 'go away' } }, 4501, 'go away'],
  ])('refuses a client of the line protocol with %j', async (answer, code, reason) => {
    const backend = await startAnsweringBackend({ '/connect': answer });
    const { connect } = await startServer({ hooks: { connect: { url: `${backend.url}/connect` } } });
    expect(await (await connect()).closed).toEqual({ code, reason });
  });

  test('refuses a client of the SDK with its own close', async () => {
    const backend = await startAnsweringBackend({
      '/connect': { disconnect: { code: 4501, reason: 'go away' } },
    });
    const { url } = await startServer({ hooks: { connect: { url: `${backend.url}/connect` } } });
    const { centrifuge } = createSdkClient(url);
    const gone = await new Promise((resolve) => centrifuge.on('disconnected', resolve));
    expect(gone).toMatchObject({ code: 4501, reason: 'go away' });
  });
});

describe('refresh', () => {
  test.each([
    ['stays', { result: { expire_at: Math.floor(Date.now() / 1000) + 1_000 } }, undefined],
    ['is closed', { result: { expired: true } }, { code: 3005, reason: 'connection expired' }],
    [
      'is closed as the backend says',
      { disconnect: { code: 4502, reason: 'banned' } },
      { code: 4502, reason: 'banned' },
    ],
  ])('is asked when the time of a client is over, which then %s', async (_, answer, closed) => {
    const soon = Math.floor(Date.now() / 1000);
    const backend = await startAnsweringBackend({
      '/connect': { result: { user: '42', expire_at: soon } },
      '/refresh': answer,
    });
    const { connect } = await startServer({
      hooks: { connect: { url: `${backend.url}/connect` }, refresh: { url: `${backend.url}/refresh` } },
    });
    const client = await connect();
    if (closed === undefined) {
      while (backend.bodiesOf('/refresh').length === 0) await client.settle();
      expect(await client.ask('ping')).toBe('pong');
    } else {
      expect(await client.closed).toEqual(closed);
    }
    expect(backend.bodiesOf('/refresh')).toEqual([{ ...CLIENT, protocol: 'line', user: '42' }]);
  });
});

describe('subscribe', () => {
  test('lets in, refuses and closes, for the rooms of the longest pattern', async () => {
    const backend = await startAnsweringBackend({
      '/any': { result: { data: 'any', info: { seat: 1 } } },
      '/vip': { error: { code: 460, message: 'not on the list', temporary: true } },
      '/bye': { disconnect: { code: 4503, reason: 'bye' } },
    });
    const { url } = await startServer({
      hooks: {
        subscribe: [
          { url: `${backend.url}/any` },
          { url: `${backend.url}/vip`, rooms: ['vip:*'] },
          { url: `${backend.url}/bye`, rooms: ['vip:bye'] },
        ],
      },
    });
    const { centrifuge } = createSdkClient(url);
    expect(await subscribed(centrifuge.newSubscription('lobby', { data: { why: 1 } }))).toBe('any');
    expect(backend.bodiesOf('/any')).toEqual([{ ...CLIENT, user: '', channel: 'lobby', data: { why: 1 } }]);
    const { clients } = await centrifuge.presence('lobby');
    expect(Object.values(clients)).toMatchObject([{ chanInfo: { seat: 1 } }]);
    expect(await subscribed(centrifuge.newSubscription('vip:1'))).toEqual({
      code: 460,
      message: 'not on the list',
      temporary: true,
    });
    const gone = new Promise((resolve) => centrifuge.on('disconnected', resolve));
    centrifuge.newSubscription('vip:bye').subscribe();
    expect(await gone).toMatchObject({ code: 4503, reason: 'bye' });
  });

  test('on the line protocol says the reason, or closes', async () => {
    const backend = await startAnsweringBackend({
      '/subscribe': ({ body }) =>
        body['channel'] === 'no'
          ? { error: { code: 103, message: 'no' } }
          : { disconnect: { code: 4503, reason: 'bye' } },
    });
    const { connect } = await startServer({ hooks: { subscribe: { url: `${backend.url}/subscribe` } } });
    const client = await connect();
    expect(await client.ask('subscribe|no')).toBe('Error: no');
    client.send('subscribe|bye');
    expect(await client.closed).toEqual({ code: 4503, reason: 'bye' });
  });

  test('comes after the rules and before onJoin, and opens a room that has no rule', async () => {
    const order: string[] = [];
    const backend = await startAnsweringBackend({
      '/subscribe': () => {
        order.push('hook');
        return { result: {} };
      },
    });
    const { connect } = await startServer({
      auth: { anonymous: true },
      rooms: {
        'closed:*': { may: { join: 'nobody' } },
        'open:*': { onJoin: () => void order.push('onJoin') },
      },
      hooks: { subscribe: { url: `${backend.url}/subscribe` } },
    });
    const client = await connect();
    expect(await client.ask('subscribe|closed:1')).toContain('Error: ');
    expect(await client.ask('subscribe|open:1')).toContain('success');
    expect(order).toEqual(['hook', 'onJoin']);
    // Who is let in by a handler or a backend speaks as a member only.
    expect(await client.ask(sendByRoom('another', 'hi'))).toBe('Error: you may not publish in another');
  });

  test('gets a token that the server cannot check', async () => {
    const backend = await startAnsweringBackend({ '/subscribe': { result: {} } });
    const { url } = await startServer({ hooks: { subscribe: { url: `${backend.url}/subscribe` } } });
    const { centrifuge } = createSdkClient(url);
    await subscribed(centrifuge.newSubscription('lobby', { token: 'proof' }));
    expect(backend.bodiesOf('/subscribe')).toMatchObject([{ channel: 'lobby', token: 'proof' }]);
  });

  test.each([
    ['stays', { result: { expire_at: Math.floor(Date.now() / 1000) + 1_000 } }, true],
    ['has to leave', { result: { expired: true } }, false],
  ])('for a time is followed by sub_refresh, and the client %s', async (_, answer, stays) => {
    const soon = Math.floor(Date.now() / 1000);
    const backend = await startAnsweringBackend({
      '/subscribe': { result: { expire_at: soon } },
      '/sub_refresh': answer,
    });
    const { connect, server } = await startServer({
      hooks: {
        subscribe: { url: `${backend.url}/subscribe` },
        subRefresh: { url: `${backend.url}/sub_refresh` },
      },
    });
    const client = await connect();
    await client.join('room1');
    if (stays) {
      while (backend.bodiesOf('/sub_refresh').length === 0) await client.settle();
      await client.settle();
    } else {
      expect(await client.next()).toContain('Error: ');
    }
    expect((await server.members('room1')).length).toBe(stays ? 1 : 0);
    expect(backend.bodiesOf('/sub_refresh')).toEqual([
      { ...CLIENT, protocol: 'line', user: '', channel: 'room1' },
    ]);
  });
});

describe('rpc', () => {
  test('answers what onCall does not answer, by the pattern of the method', async () => {
    const backend = await startAnsweringBackend({
      '/rpc': { result: { b64data: Buffer.from('{"from":"backend"}').toString('base64') } },
      '/admin': { error: { code: 480, message: 'no admin' } },
      '/bye': { disconnect: { code: 4505, reason: 'bye' } },
    });
    const { url } = await startServer({
      onCall: ({ method }) => (method === 'own' ? { type: 'answer', data: 'own' } : undefined),
      hooks: {
        rpc: [
          { url: `${backend.url}/rpc`, methods: ['shop.*', 'own'] },
          { url: `${backend.url}/admin`, methods: ['admin.*'] },
          { url: `${backend.url}/bye`, methods: ['bye'] },
        ],
      },
    });
    const { centrifuge } = createSdkClient(url);
    expect(await centrifuge.rpc('own', 1)).toEqual({ data: 'own' });
    expect(await centrifuge.rpc('shop.list', 1)).toEqual({ data: { from: 'backend' } });
    await expect(centrifuge.rpc('admin.x', 1)).rejects.toMatchObject({ code: 480, message: 'no admin' });
    await expect(centrifuge.rpc('nothing', 1)).rejects.toMatchObject({ code: 108 });
    const gone = new Promise((resolve) => centrifuge.on('disconnected', resolve));
    centrifuge.rpc('bye', 1).catch(() => undefined);
    expect(await gone).toMatchObject({ code: 4505 });
  });
});
