/** What the owner of a server does to connections, as clients of each protocol and the published SDK meet it. */

import type { Centrifuge } from 'centrifuge';
import { describe, expect, test } from 'vitest';
import { SECRET, signToken } from '../src/auth/token-harness.ts';
import { createSdkClient } from './support/sdk-client.ts';
import { startServer } from './support/start-server.ts';
import { openStream } from './support/stream-client.ts';
import { TRANSPORTS } from './support/transports.ts';

const ANN = { user: 'ann' };
const TOKENS = { auth: { hmacSecret: SECRET, anonymous: false } };

/** The context of the next event with this name. */
function once<Context>(
  emitter: { once(name: never, listener: (context: Context) => void): unknown },
  name: string,
): Promise<Context> {
  return new Promise((resolve) => {
    emitter.once(name as never, resolve);
  });
}

async function connectSdk(url: string, user = 'ann', count?: { tokens: number }): Promise<Centrifuge> {
  const getToken = async (): Promise<string> => {
    if (count !== undefined) count.tokens += 1;
    return signToken({ sub: user, exp: Math.floor(Date.now() / 1000) + 3_600 });
  };
  const { centrifuge } = createSdkClient(url, { getToken });
  await centrifuge.ready();
  return centrifuge;
}

describe.each(TRANSPORTS)('on %s, the published SDK', (transport) => {
  const start = () => startServer({ transport, ...TOKENS });

  test('is joined to a room and put out of it again', async () => {
    const { server, url } = await start();
    const client = await connectSdk(url);
    const subscribed = once<{ channel: string; data: unknown }>(client, 'subscribed');
    expect(await server.subscribe(ANN, 'news', { data: { from: 'server' } })).toBe(true);
    expect(await subscribed).toMatchObject({ channel: 'news', data: { from: 'server' } });
    const published = once<{ channel: string; data: unknown }>(client, 'publication');
    await server.publish('news', 'hello');
    expect(await published).toMatchObject({ channel: 'news', data: 'hello' });
    const unsubscribed = once<{ channel: string }>(client, 'unsubscribed');
    expect(await server.unsubscribe(ANN, 'news')).toBe(true);
    expect(await unsubscribed).toMatchObject({ channel: 'news' });
    expect(await server.members('news')).toEqual([]);
  });

  test('stays out of a room after 2000, and comes back into it after a code from 2500 on', async () => {
    const { server, url } = await start();
    const client = await connectSdk(url);
    const subscription = client.newSubscription('a', { minResubscribeDelay: 1, maxResubscribeDelay: 50 });
    subscription.subscribe();
    await subscription.ready();
    const again = once<{ channel: string }>(subscription, 'subscribed');
    const why = once<{ code: number; reason: string }>(subscription, 'subscribing');
    await server.unsubscribe(ANN, 'a', { code: 2600, reason: 'moved' });
    expect(await why).toMatchObject({ code: 2600, reason: 'moved' });
    await again;
    const out = once<{ code: number; reason: string }>(subscription, 'unsubscribed');
    await server.unsubscribe(ANN, 'a');
    expect(await out).toMatchObject({ code: 2000, reason: 'server unsubscribe' });
  });

  test('comes back with a new token after invalidate', async () => {
    const { server, url } = await start();
    const count = { tokens: 0 };
    const client = await connectSdk(url, 'ann', count);
    const why = once<{ code: number }>(client, 'connecting');
    const again = once(client, 'connected');
    await server.invalidate(ANN);
    expect(await why).toMatchObject({ code: 3014 });
    await again;
    expect(count.tokens).toBe(2);
  });

  test('subscribes again with a new token after invalidate of a room', async () => {
    const { server, url } = await start();
    const client = await connectSdk(url);
    let tokens = 0;
    const getToken = async (): Promise<string> => {
      tokens += 1;
      return signToken({ sub: 'ann', channel: 'secret' });
    };
    const delays = { minResubscribeDelay: 1, maxResubscribeDelay: 50 };
    const subscription = client.newSubscription('secret', { getToken, ...delays });
    subscription.subscribe();
    await subscription.ready();
    const again = once(subscription, 'subscribed');
    expect(await server.invalidate(ANN, 'secret')).toBe(true);
    await again;
    expect(tokens).toBe(2);
  });

  test('is closed for good with a code from 4500 on, and comes back after one below', async () => {
    const { server, url } = await start();
    const [gone, back] = [await connectSdk(url), await connectSdk(url, 'bob')];
    const out = once<{ code: number; reason: string }>(gone, 'disconnected');
    await server.disconnect(ANN, { code: 4501, reason: 'banned' });
    expect(await out).toMatchObject({ code: 4501, reason: 'banned' });
    const again = once(back, 'connected');
    await server.disconnect({ user: 'bob' }, { code: 4001, reason: 'moved' });
    expect(await again).toMatchObject({ client: expect.any(String) });
  });
});

test('a client of the line protocol is joined, put out and closed', async () => {
  const { server, connect } = await startServer({ line: { userParameter: true } });
  const client = await connect({ path: '/?user=ann' });
  expect(await server.subscribe(ANN, 'news')).toBe(true);
  expect(await client.next()).toBe('Subscribe roomNum:news success!');
  await server.publish('news', 'hello');
  expect(await client.next()).toBe('hello');
  expect(await server.unsubscribe(ANN, 'news')).toBe(true);
  expect(await client.next()).toBe('Error: server unsubscribe');
  await server.publish('news', 'nobody hears it');
  expect(await client.settle()).toEqual([]);
  expect(await server.refresh(ANN, { expired: true })).toBe(true);
  expect(await client.closed).toEqual({ code: 3005, reason: 'connection expired' });
});

test.each(['http_stream', 'sse'] as const)('a client of %s is joined, told and closed', async (way) => {
  const { server, url } = await startServer(TOKENS);
  const token = await signToken({ sub: 'ann' });
  const stream = await openStream(url, way, JSON.stringify({ id: 1, connect: { token } }));
  const { connect } = (await stream.messages.next()) as { connect: { session: string } };
  const who = { session: connect.session };
  expect(await server.subscribe(who, 'news')).toBe(true);
  expect(await stream.messages.next()).toMatchObject({ push: { channel: 'news', subscribe: {} } });
  expect(await server.refresh(who, { expiresAt: Date.now() + 3_600_000 })).toBe(true);
  expect(await stream.messages.next()).toMatchObject({ push: { refresh: { expires: true } } });
  expect(await server.disconnect(who, { code: 4001, reason: 'over' })).toBe(true);
  expect(await stream.messages.next()).toEqual({ push: { disconnect: { code: 4001, reason: 'over' } } });
  expect(await stream.ended).toBe(true);
});

test('a bad order says what to do', async () => {
  const { server } = await startServer();
  expect(() => server.disconnect({})).toThrow('say who it is about');
  expect(() => server.disconnect(ANN, { code: 3999 })).toThrow('4000 to 4999');
  expect(() => server.unsubscribe(ANN, 'a', { code: 1, reason: '' })).toThrow('2100 to 2499');
  expect(() => server.refresh(ANN, {})).toThrow('say what changes');
});
