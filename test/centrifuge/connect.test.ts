import { describe, expect, test } from 'vitest';
import { refuse, type ServerOptions } from '../../src/index.ts';
import { believeData, connectCentrifuge, openCentrifuge } from '../support/centrifuge-client.ts';
import { createGate } from '../support/gate.ts';
import { nextEvent } from '../support/event-watch.ts';
import { startServer } from '../support/start-server.ts';

const BAD_REQUEST = { code: 3501, reason: 'bad request' };

describe('connect', () => {
  test('is answered with the client, the version and the pings, and nothing that is empty', async () => {
    const client = await openCentrifuge(await startServer());
    expect(await client.ask({ connect: {} })).toEqual({
      id: 1,
      connect: {
        client: expect.stringMatching(/^[0-9a-f-]{36}$/),
        version: expect.stringMatching(/^Statecast \d/),
        ping: 25,
        pong: true,
      },
    });
  });

  test('gives authenticate what the client says of itself', async () => {
    let asked: object | undefined;
    const running = await startServer({
      authenticate(client) {
        asked = client;
        return { user: 'ann', info: { name: 'Ann' }, answer: { hello: 'Ann' } };
      },
    });
    const client = await openCentrifuge(running, { path: '/connection/websocket?room=1' });
    const { data } = await client.connect({
      token: 'mine',
      data: { x: 1 },
      name: 'js',
      version: '5',
      headers: { 'X-Own': 'claimed' },
    });
    expect(data).toEqual({ hello: 'Ann' });
    expect(asked).toMatchObject({
      token: 'mine',
      data: { x: 1 },
      name: 'js',
      version: '5',
      claimedHeaders: { 'X-Own': 'claimed' },
      address: '127.0.0.1',
      protocol: 'centrifuge',
    });
    const { query, headers } = asked as unknown as { query: URLSearchParams; headers: object };
    expect(query.get('room')).toBe('1');
    expect(headers).toMatchObject({ upgrade: 'websocket' });
  });

  test('has no expiry where the client cannot refresh', async () => {
    const running = await startServer({
      authenticate: () => ({ user: 'ann', expiresAt: Date.now() + 3_600_000 }),
    });
    const client = await openCentrifuge(running);
    const connected = await client.connect();
    expect(connected).not.toHaveProperty('expires');
    expect(connected).not.toHaveProperty('ttl');
  });

  describe('that ends in an error', () => {
    const REFUSING: ServerOptions = { authenticate: () => refuse('not you', 1234) };

    async function start(options = REFUSING) {
      return openCentrifuge(await startServer(options));
    }

    test('is answered with it, and the socket stays open', async () => {
      const client = await start();
      expect(await client.ask({ connect: {} })).toEqual({ id: 1, error: { code: 1234, message: 'not you' } });
      expect(client.isOpen).toBe(true);
    });

    test('has the rest of its frame dropped', async () => {
      const running = await startServer(REFUSING);
      const client = await openCentrifuge(running);
      client.send({ connect: {} }, { subscribe: { channel: 'a' } }, { publish: { channel: 'a', data: 1 } });
      expect(await client.reply(1)).toMatchObject({ error: { code: 1234 } });
      const other = await openCentrifuge(running);
      await other.ask({ connect: {} });
      expect(client.isOpen).toBe(true);
      client.sendFrame('{"id":9,"subscribe":{"channel":"a"}}');
      expect(await client.closed).toEqual(BAD_REQUEST);
      expect(client.messages).toHaveLength(1);
    });

    test.each(['{"id":2,"subscribe":{"channel":"a"}}', '{"id":2,"connect":{}}', '{}', '{"send":{"data":1}}'])(
      'leaves a connection that a later command closes with 3501: %s',
      async (frame) => {
        const client = await start();
        await client.ask({ connect: {} });
        client.sendFrame(frame);
        expect(await client.closed).toEqual(BAD_REQUEST);
      },
    );

    test('may be temporary', async () => {
      const client = await start({
        authenticate() {
          throw new Error('the database is away');
        },
      });
      expect(await client.ask({ connect: {} })).toMatchObject({ error: { code: 100, temporary: true } });
    });
  });

  test('may close the socket with a code of the owner', async () => {
    const client = await openCentrifuge(await startServer({ authenticate: () => refuse('banned', 4500) }));
    client.send({ connect: {} }, { subscribe: { channel: 'a' } });
    expect(await client.closed).toEqual({ code: 4500, reason: 'banned' });
    expect(client.messages).toEqual([]);
  });

  test('without a token closes with 3500 where nobody is anonymous', async () => {
    const running = await startServer({ auth: { anonymous: false } });
    const client = await openCentrifuge(running);
    client.send({ connect: {} });
    expect(await client.closed).toEqual({ code: 3500, reason: 'invalid token' });
  });

  test('of a client that goes away while it is identified leaves nothing', async () => {
    const gate = createGate();
    const asked = createGate();
    const running = await startServer({
      async authenticate() {
        asked.open();
        await gate.opened;
        return { user: 'ann', rooms: ['news'] };
      },
    });
    const closed = nextEvent(running.server, 'connection.closed');
    const client = await openCentrifuge(running);
    client.send({ connect: {} });
    await asked.opened;
    client.terminate();
    await closed;
    gate.open();
    await gate.opened;
    expect(await running.server.members('news')).toEqual([]);
    expect(running.server.health()).toMatchObject({ connections: 0 });
  });
});

describe('rooms to which the server joins a client', () => {
  test('come with the answer to connect, and their publications after it', async () => {
    const running = await startServer({
      authenticate: () => ({ user: 'ann', rooms: { news: { data: { title: 'News' } }, plain: {} } }),
      rooms: { news: { history: { size: 10 } } },
    });
    const client = await openCentrifuge(running);
    const { subs } = await client.connect();
    expect(subs).toEqual({
      news: { recoverable: true, epoch: expect.any(String), positioned: true, data: { title: 'News' } },
      plain: {},
    });
    await running.server.publish('news', 'hello');
    expect(await client.push('pub', 'news')).toMatchObject({ data: 'hello', offset: 1 });
  });

  test('are recovered by connect', async () => {
    const running = await startServer({
      authenticate: () => ({ user: 'ann', rooms: ['news'] }),
      rooms: { news: { history: { size: 10 } } },
    });
    const first = await connectCentrifuge(running);
    const { epoch } = await running.server.history('news');
    first.close();
    await first.closed;
    for (const data of [1, 2]) await running.server.publish('news', data);
    const client = await openCentrifuge(running);
    const { subs } = await client.connect({ subs: { news: { recover: true, offset: 0, epoch } } });
    expect(subs['news']).toMatchObject({ recovered: true, was_recovering: true, epoch });
    expect(subs['news'].publications).toMatchObject([
      { data: 1, offset: 1 },
      { data: 2, offset: 2 },
    ]);
  });

  test('are not the client’s to subscribe to', async () => {
    const running = await startServer({ authenticate: () => ({ user: 'ann', rooms: ['news'] }) });
    const client = await connectCentrifuge(running);
    expect(await client.ask({ subscribe: { channel: 'news' } })).toMatchObject({ error: { code: 105 } });
  });

  test('over the limit close the socket with 3505, and nobody sees the client', async () => {
    const rooms = Array.from({ length: 129 }, (_, index) => `room${index}`);
    const running = await startServer({ authenticate: () => ({ user: 'ann', rooms }) });
    const joined: unknown[] = [];
    running.server.on('member.joined', (event) => joined.push(event));
    const client = await openCentrifuge(running);
    client.send({ connect: {} });
    expect(await client.closed).toEqual({ code: 3505, reason: 'channel limit' });
    expect(joined).toEqual([]);
  });

  test('as many as the limit are all joined', async () => {
    const rooms = Array.from({ length: 128 }, (_, index) => `room${index}`);
    const client = await openCentrifuge(await startServer({ authenticate: () => ({ user: 'ann', rooms }) }));
    expect(Object.keys((await client.connect())['subs'])).toHaveLength(128);
    expect(await client.ask({ subscribe: { channel: 'more' } })).toMatchObject({ error: { code: 106 } });
  });

  test('that refuse it are not named', async () => {
    const running = await startServer({
      authenticate: () => ({ user: 'ann', rooms: ['open', 'closed'] }),
      rooms: { closed: { onJoin: () => refuse('full') } },
    });
    const client = await openCentrifuge(running);
    expect((await client.connect())['subs']).toEqual({ open: {} });
  });

  test('are left by a push when the server puts the client out', async () => {
    const running = await startServer({ authenticate: () => ({ user: 'ann', rooms: ['news'] }) });
    const client = await connectCentrifuge(running);
    await running.server.kick('news', client.id, 'enough');
    expect(await client.push('unsubscribe', 'news')).toEqual({ code: 2000, reason: 'enough' });
  });
});

describe('a personal room', () => {
  test('is joined by each user, and closed to others', async () => {
    const running = await startServer({
      auth: { personalRoom: 'user' },
      authenticate: believeData,
    });
    const ann = await openCentrifuge(running);
    expect((await ann.connect({ data: 'ann' }))['subs']).toEqual({ 'user#ann': {} });
    const bo = await connectCentrifuge(running, { data: 'bo' });
    expect(await bo.ask({ subscribe: { channel: 'user#ann' } })).toMatchObject({ error: { code: 103 } });
    await running.server.publish('user#ann', 'for ann');
    expect(await ann.push('pub', 'user#ann')).toMatchObject({ data: 'for ann' });
  });
});
