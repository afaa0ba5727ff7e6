/** Two servers that have one Redis in common: what is done from outside to users and rooms of the other node. */

import { hostname } from 'node:os';
import { once } from 'node:events';
import { Centrifuge } from 'centrifuge';
import { EventSource } from 'eventsource';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { SECRET, signToken } from '../../src/auth/token-harness.ts';
import type { ServerOptions } from '../../src/index.ts';
import type { CatalogueRequest } from '../../src/inspect/feed/feed-protocol.ts';
import { Inbox } from '../../src/system/inbox-harness.ts';
import { ask } from '../support/api-request.ts';
import { watchServer } from '../support/feed-client.ts';
import { describeWithRedis } from '../support/redis.ts';
import { startServer, type RunningServer } from '../support/start-server.ts';
import { emulate, openStream } from '../support/stream-client.ts';
import { WebSocket } from 'ws';

const ANN = { user: 'ann' };
const WAYS = ['websocket', 'http_stream', 'sse'] as const;
type Way = (typeof WAYS)[number];

let places = 0;

describeWithRedis('two nodes on one Redis', (redis) => {
  let nodes: { one: RunningServer; two: RunningServer };

  function start(options: ServerOptions = {}): Promise<RunningServer> {
    return startServer({
      redis: { url: redis().url, prefix: `nodes${places}` },
      auth: { hmacSecret: SECRET, anonymous: true },
      http: { open: true },
      inspector: { access: 'open' },
      ...options,
    });
  }

  beforeEach(async () => {
    places += 1;
    nodes = { one: await start(), two: await start() };
  });

  /** A client of the published SDK, with what it hears. */
  async function connect({ url }: RunningServer, way: Way = 'websocket', user = 'ann') {
    const address = (path: string): string => new URL(path, url).href;
    const endpoint =
      way === 'websocket'
        ? address('/connection/websocket').replace('http', 'ws')
        : address(`/connection/${way}`);
    const client = new Centrifuge([{ transport: way, endpoint }], {
      emulationEndpoint: address('/emulation'),
      websocket: WebSocket,
      eventsource: EventSource,
      minReconnectDelay: 1,
      maxReconnectDelay: 50,
      getToken: async () => signToken({ sub: user, exp: Math.floor(Date.now() / 1000) + 3_600 }),
    });
    onTestFinished(() => client.disconnect());
    const heard = new Inbox<string>();
    client.on('message', ({ data }) => heard.push(`message ${JSON.stringify(data)}`));
    client.on('disconnected', ({ code }) => heard.push(`disconnected ${code}`));
    client.on('subscribed', ({ channel }) => heard.push(`subscribed ${channel}`));
    client.on('unsubscribed', ({ channel }) => heard.push(`unsubscribed ${channel}`));
    client.connect();
    await client.ready();
    async function join(room: string) {
      const subscription = client.newSubscription(room);
      subscription.on('unsubscribed', ({ code }) => heard.push(`out of ${room} ${code}`));
      subscription.on('publication', ({ data }) => heard.push(`${room}: ${JSON.stringify(data)}`));
      subscription.subscribe();
      await subscription.ready();
      return subscription;
    }
    return { client, heard, join };
  }

  test.each(WAYS)('reach a user of the other node by %s', async (way) => {
    const { one, two } = nodes;
    const { heard, join } = await connect(two, way);
    await join('r');
    expect(await one.server.send(ANN, 'hello')).toBe(true);
    expect(await heard.next()).toBe('message "hello"');
    expect(await one.server.subscribe(ANN, 'given')).toBe(true);
    expect(await heard.next()).toBe('subscribed given');
    expect(await one.server.unsubscribe(ANN, 'given')).toBe(true);
    expect(await heard.next()).toBe('unsubscribed given');
    await one.server.publish('r', 'news');
    expect(await heard.next()).toBe('r: "news"');
    await one.server.broadcast('all');
    expect(await heard.next()).toBe('message "all"');
    const [member] = await one.server.members('r');
    expect(member).toMatchObject({ user: 'ann', state: 'joined' });
    expect(await one.server.refresh(ANN, { expiresAt: 0, info: { name: 'Ann' } })).toBe(true);
    await expect.poll(() => one.server.presence('r')).toMatchObject([{ info: { name: 'Ann' } }]);
    expect(await one.server.kick('r', member?.id ?? '', 'be nice')).toBe(true);
    expect(await heard.next()).toMatch(/^out of r/);
    expect(await one.server.kick('r', member?.id ?? '', 'be nice')).toBe(false);
    expect(await one.server.disconnect(ANN)).toBe(true);
    expect(await heard.next()).toBe('disconnected 3503');
    expect(await one.server.disconnect(ANN)).toBe(false);
  });

  test('do the same over the API', async () => {
    const { one, two } = nodes;
    const { heard, join } = await connect(two);
    await join('r');
    expect(await ask(one, 'send', { user: 'ann', data: 1 })).toEqual({ result: { found: true } });
    expect(await heard.next()).toBe('message 1');
    await ask(one, 'subscribe', { user: 'ann', channel: 'given' });
    expect(await heard.next()).toBe('subscribed given');
    await ask(one, 'unsubscribe', { user: 'ann', channel: 'given' });
    expect(await heard.next()).toBe('unsubscribed given');
    expect(await ask(one, 'channels', {})).toEqual({ result: { channels: { r: { num_clients: 1 } } } });
    expect(await ask(one, 'presence_stats', { channel: 'r' })).toEqual({
      result: { num_clients: 1, num_users: 1 },
    });
    await ask(one, 'disconnect', { user: 'ann' });
    expect(await heard.next()).toBe('disconnected 3503');
  });

  test('tell which rooms, connections and nodes there are, summed up', async () => {
    const { one, two } = nodes;
    const clients = [await connect(one), await connect(two), await connect(two, 'websocket', 'bob')];
    for (const { join } of clients) await join('r');
    for (const { server } of [one, two]) {
      expect(await server.rooms()).toEqual([{ room: 'r', members: 3 }]);
      const info = await server.info();
      expect(info.map(({ connections }) => connections).toSorted((a, b) => a - b)).toEqual([1, 2]);
      expect(new Set(info.map(({ uid }) => uid)).size).toBe(2);
      expect(await server.presenceStats('r')).toEqual({ connections: 3, users: 2 });
      expect((await server.members('r')).map(({ user }) => user ?? '').toSorted()).toEqual([
        'ann',
        'ann',
        'bob',
      ]);
    }
  });

  test('believe no longer whom the other one has revoked, and believe again', async () => {
    const { one, two } = nodes;
    const { heard } = await connect(two);
    await one.server.revoke(ANN);
    expect(await heard.next()).toBe('disconnected 3507');
    expect(await two.server.revocations()).toEqual([ANN]);
    const later = await start();
    expect(await later.server.revocations()).toEqual([ANN]);
    expect(await later.server.unrevoke(ANN)).toBe(true);
    for (const { server } of [one, two]) expect(await server.revocations()).toEqual([]);
    await connect(two);
  });

  test('mute a room on all nodes, before and after it has members, and on those that start later', async () => {
    const { one, two } = nodes;
    await one.server.mute('r');
    const later = await start();
    for (const node of [two, later]) {
      const { join } = await connect(node);
      const subscription = await join('r');
      await expect(subscription.publish('hi')).rejects.toMatchObject({ message: 'r is muted' });
      expect(await ask(node, 'muted', {})).toEqual({ result: { channels: ['r'] } });
    }
    await later.server.unmute('r');
    const line = await two.connect();
    await line.join('r');
    line.send('sendByRoom|{"roomNum":"r","message":"hi"}');
    // The speaker's own copy comes by way of Redis.
    expect((await line.take(2)).toSorted()).toEqual(['SendByRoom success!', 'hi']);
    expect(await one.server.mutedRooms()).toEqual([]);
  });

  test('have one member from outside, whichever of them is told', async () => {
    const { one, two } = nodes;
    const bot = { id: 'bot', info: 1 };
    const id = await one.server.setPresence('r', bot, 60_000);
    expect(await two.server.setPresence('r', { id: 'bot', info: 2 }, 60_000)).toBe(id);
    expect(await one.server.setPresence('r', { id: 'bot', info: 3 }, 60_000)).toBe(id);
    await expect.poll(() => two.server.presence('r')).toMatchObject([{ id, info: 3 }]);
    expect(await two.server.removePresence('r', 'bot')).toBe(true);
    await expect.poll(() => one.server.presence('r')).toEqual([]);
    expect(await one.server.removePresence('r', 'bot')).toBe(false);
  });

  test('take the commands of a stream wherever they come, in their order', async () => {
    const { one, two } = nodes;
    const hello = JSON.stringify({ id: 1, connect: {} });
    const { messages } = await openStream(one.url, 'http_stream', hello);
    const { session, node } = ((await messages.next()) as { connect: { session: string; node: string } })
      .connect;
    for (let id = 2; id < 22; id += 1) {
      const data = JSON.stringify({ id, presence_stats: { channel: 'r' } });
      const { url } = id % 3 === 0 ? one : two;
      expect(await emulate(url, { session, node, data })).toBe(204);
    }
    for (let id = 2; id < 22; id += 1) expect(await messages.next()).toMatchObject({ id });
    expect(await emulate(two.url, { session: 'other', node, data: '{}' })).toBe(404);
    expect(await emulate(two.url, { session, node: 'nobody', data: '{}' })).toBe(404);
  });

  test('list the actors of all nodes in the inspector of each, page by page', async () => {
    const { one, two } = nodes;
    for (const node of [one, two, two]) await (await connect(node)).join('r');
    const feed = await watchServer(one.url);
    const list = (query: Omit<CatalogueRequest, 'type' | 'id'>) =>
      feed.expect('catalogue', { type: 'catalogue', ...query });
    const all = await list({ kinds: ['connection'] });
    expect(all).toMatchObject({ total: 3, counts: { connection: { total: 3 }, server: { total: 2 } } });
    const name = `${hostname()}:${two.port}`;
    expect(all.actors.map(({ node }) => node ?? 'here').toSorted()).toEqual([name, name, 'here'].toSorted());
    expect((await one.server.info()).map((info) => info.name)).toContain(name);
    const pages = [await list({ kinds: ['connection'], limit: 2 })];
    pages.push(await list({ kinds: ['connection'], limit: 2, offset: 2 }));
    expect(pages.flatMap(({ actors }) => actors.map(({ id }) => id))).toEqual(all.actors.map(({ id }) => id));
    expect(await list({ kinds: ['room'], search: 'r' })).toMatchObject({ total: 2 });
    expect(all.missingNodes).toBeUndefined();
  });

  test('say clearly that Redis is away, start without it, and go on when it is back', async () => {
    const { one } = nodes;
    await one.server.revoke({ user: 'eve' });
    await redis().kill();
    const attempt = async (): Promise<unknown> => one.server.disconnect(ANN);
    await expect(attempt()).rejects.toMatchObject({ code: 'internal', temporary: true });
    await expect(one.server.info()).rejects.toMatchObject({ code: 'internal', temporary: true });
    expect(await ask(one, 'mute', { channel: 'r' })).toMatchObject({
      error: { code: 100, message: 'the other nodes cannot be reached, try again later' },
    });
    const later = await start();
    const client = new Centrifuge(new URL('/connection/websocket', later.url).href.replace('http', 'ws'), {
      websocket: WebSocket,
      minReconnectDelay: 1,
      maxReconnectDelay: 50,
      token: await signToken({ sub: 'ann' }),
    });
    onTestFinished(() => client.disconnect());
    client.connect();
    const raw = new WebSocket(new URL('/connection/websocket', later.url).href.replace('http', 'ws'));
    await once(raw, 'open');
    raw.send(JSON.stringify({ id: 1, connect: { token: await signToken({ sub: 'ann' }) } }));
    expect((await once(raw, 'close'))[0]).toBe(3004);
    await redis().start();
    await client.ready();
    const send = async (): Promise<unknown> => one.server.send(ANN, 'hello');
    await expect.poll(() => send().catch(() => false)).toBe(true);
    expect(await one.server.revocations()).toEqual([{ user: 'eve' }]);
  });
});
