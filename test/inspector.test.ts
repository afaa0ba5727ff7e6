/** The inspector's feed over real sockets: who may watch, what is seen, and what is withheld. */

import { describe, expect, test } from 'vitest';
import { answer } from '../src/index.ts';
import { sendByRoom } from './support/line-client.ts';
import { openFeed, watchServer } from './support/feed-client.ts';
import { HandshakeRefused } from './support/open-socket.ts';
import { startProcess } from './support/start-process.ts';
import { startServer } from './support/start-server.ts';
import { makeTempDir } from './support/temp-dir.ts';

const TOKEN = 'a token of the admin';
const OPEN = { inspector: { access: 'open' } } as const;

async function statusOf(opening: Promise<unknown>): Promise<number> {
  try {
    await opening;
    return 101;
  } catch (error) {
    if (error instanceof HandshakeRefused) return error.status;
    throw error;
  }
}

describe('who may watch', () => {
  test('nobody if NODE_ENV is production and no token is set; the answer says what to set', async () => {
    const { url, request } = await startServer();
    await expect(openFeed(url)).rejects.toMatchObject({
      status: 403,
      body: expect.stringContaining('inspector.token'),
    });
    expect((await request('/inspector/history?kind=server&id=server&format=json')).status).toBe(403);
  });

  test('every client with the token, if one is set', async () => {
    const { url, request } = await startServer({ inspector: { token: TOKEN } });
    const feed = await openFeed(url);
    expect(await feed.hello(TOKEN)).toMatchObject({ type: 'welcome', control: false });
    expect(await feed.ask({ type: 'catalogue' })).toMatchObject({ type: 'catalogue' });
    const path = '/inspector/history?kind=server&id=server&format=json';
    expect((await request(path)).status).toBe(401);
    expect((await request(path, { headers: { authorization: `Bearer ${TOKEN}x` } })).status).toBe(401);
    expect((await request(path, { headers: { authorization: `Bearer ${TOKEN}` } })).status).toBe(200);
  });

  test.each([undefined, '', 'a token of the admiN', `${TOKEN} `])(
    'no client with the wrong token %o',
    async (token) => {
      const { url, server } = await startServer({ inspector: { token: TOKEN } });
      const told: object[] = [];
      server.on('access.refused', (event) => told.push(event));
      const feed = await openFeed(url);
      expect(await feed.hello(token)).toMatchObject({ type: 'refused' });
      expect(told).toEqual(token === undefined ? [] : [{ to: 'the inspector' }]);
      expect((await feed.closed).code).toBe(4401);
      expect(feed.frames.join()).not.toContain(TOKEN);
    },
  );

  test('no client that sends a request before the hello', async () => {
    const { url } = await startServer({ inspector: { token: TOKEN } });
    const feed = await openFeed(url);
    feed.sendText(JSON.stringify({ type: 'catalogue', id: 1 }));
    expect((await feed.closed).code).toBe(4400);
    expect(feed.frames.join()).not.toContain('catalogue');
  });

  test('in development clients on this machine, if they use its own name and no proxy', async () => {
    const { url } = await startProcess(['--data-dir', await makeTempDir()], { NODE_ENV: 'development' });
    expect(await statusOf(openFeed(url))).toBe(101);
    for (const headers of [
      { host: 'rebound.example:8000' },
      { 'x-forwarded-for': '203.0.113.9' },
      { origin: 'https://elsewhere.example' },
    ]) {
      expect(await statusOf(openFeed(url, { headers })), JSON.stringify(headers)).toBe(403);
    }
  });

  test('nobody if it is turned off, and there is no page', async () => {
    const { url, request } = await startServer({ inspector: { enabled: false, access: 'open' } });
    expect(await statusOf(openFeed(url))).toBe(404);
    expect((await request('/inspector')).status).toBe(404);
    expect((await request('/room1', { headers: { accept: 'text/html' } })).status).toBe(200);
  });
});

describe('what is seen', () => {
  test('a join, a message and a leave, each machine in its states, in order', async () => {
    const { url, connect } = await startServer(OPEN);
    const client = await connect();
    await client.join('lobby');
    const feed = await watchServer(url);
    const watching = await feed.watch({ kind: 'room', id: 'lobby' }, true);
    expect(watching.actors.map(({ kind, status }) => [kind, status])).toEqual(
      expect.arrayContaining([
        ['room', 'active'],
        ['membership', 'resting'],
        ['connection', 'active'],
      ]),
    );
    const second = await connect();
    await second.join('lobby');
    second.send(sendByRoom('lobby', 'hello'));
    await second.take(2);
    second.send('unsubscribe|lobby');
    await feed.untilEvent('room', 'member.left');
    const steps = feed.transitions.map((item) => `${item.actor.kind} ${item.event.type}`);
    const expected = [
      'room room.join',
      'membership membership.recorded',
      'room member.joined',
      'room room.publish',
      'room room.leave',
      'membership membership.leave',
      'membership membership.recorded',
      'room member.left',
    ];
    expect(steps.filter((step) => expected.includes(step))).toEqual(expected);
    const states = feed.transitions
      .filter(({ actor, states }) => actor.kind === 'membership' && states !== undefined)
      .map(({ states }) => states?.join());
    expect(states).toEqual(expect.arrayContaining(['joined', 'leaving.recording']));
  });

  test('the machines that handle a message of a room, each with the sender of its event', async () => {
    const { url, connect } = await startServer({
      ...OPEN,
      rooms: { lobby: { onMessage: () => answer('no') } },
    });
    const client = await connect();
    await client.join('lobby');
    const feed = await watchServer(url);
    const { actors } = await feed.watch({ kind: 'room', id: 'lobby' }, true);
    const connection = actors.find(({ kind }) => kind === 'connection');
    client.send(sendByRoom('lobby', 'x'));
    const publish = await feed.untilEvent('room', 'room.publish');
    expect(publish.source).toEqual({ kind: 'connection', id: connection?.id });
    expect(await feed.until(() => feed.items.find(({ type }) => type === 'started'))).toMatchObject({
      actor: { kind: 'moderation', id: '1@lobby' },
    });
    const command = await feed.untilEvent('connection', 'room.publish');
    expect(command.source).toEqual({ outside: 'socket' });
    expect(
      feed.transitions.find(({ actor, states }) => actor.kind === 'moderation' && states !== undefined),
    ).toBeDefined();
  });

  test('a member that does not read, also if it only gets publications', async () => {
    const mib = 1024 * 1024;
    const { url, connect, server } = await startServer({
      ...OPEN,
      limits: { messageBytes: mib, sendQueueBytes: 64 * mib },
    });
    const [reader, sleeper] = [await connect(), await connect()];
    await reader.join('lobby');
    await sleeper.join('lobby');
    sleeper.pause();
    for (let n = 0; n < 32; n++) await server.publish('lobby', 'x'.repeat(mib / 2));
    const feed = await watchServer(url);
    const countCongested = async (): Promise<number> => {
      const { total } = await feed.expect('catalogue', {
        type: 'catalogue',
        kinds: ['connection'],
        state: 'open.flow.congested',
      });
      return total;
    };
    await expect.poll(countCongested).toBe(1);
    sleeper.resume();
    await expect.poll(countCongested).toBe(0);
  });

  test('the chart of every machine, without an actor too', async () => {
    const { url } = await startServer(OPEN);
    const feed = await watchServer(url);
    for (const machine of [
      'server',
      'connection',
      'membership',
      'room',
      'moderation',
      'tarsProxy',
      'delivery',
      'redisLink',
    ] as const) {
      const { chart } = await feed.expect('chart', { type: 'chart', machine });
      expect(chart.machine).toBe(machine);
      expect(chart.root.states.length).toBeGreaterThan(0);
    }
  });

  test('what a room did before it was watched', async () => {
    const { url, connect, request } = await startServer(OPEN);
    const client = await connect();
    await client.join('lobby');
    client.send(...Array.from({ length: 3 }, (_, n) => sendByRoom('lobby', `m${n}`)));
    await client.take(6);
    const feed = await watchServer(url);
    const { history } = await feed.expect('history', {
      type: 'history',
      actor: { kind: 'room', id: 'lobby' },
    });
    const publish = history.entries.find(({ event }) => event === 'room.publish');
    expect(publish).toMatchObject({ count: 3 });
    expect(publish?.to).toEqual(publish?.from);
    const json = await request('/inspector/history?kind=room&id=lobby&format=json');
    expect(JSON.parse(json.body)).toMatchObject({ kind: 'room', id: 'lobby' });
    const diagram = await request('/inspector/history?kind=room&id=lobby&format=mermaid');
    expect(diagram.body).toMatch(/^sequenceDiagram\n/);
  });
});

describe('what is withheld', () => {
  test('message bodies, arguments and results, in every event', async () => {
    const secret = 'nobody-may-read-this';
    const { url, connect, request, server } = await startServer({
      ...OPEN,
      rooms: { 'lobby*': { onMessage: () => answer(`${secret}-answer`) } },
    });
    const feed = await watchServer(url);
    const client = await connect();
    await client.join('lobby');
    await feed.watch({ kind: 'room', id: 'lobby' }, true);
    await feed.watch({ kind: 'server', id: 'server' });
    client.send(sendByRoom('lobby', secret));
    await client.take(1);
    client.send(`broadcast|${JSON.stringify({ message: secret })}`);
    client.send(`rpc|${JSON.stringify({ roomNum: 'lobby', method: 'a.b', args: { secret } })}`);
    client.send(`${secret}|${secret}`);
    await request(`/Index/pushByRoom?roomNum=lobby&message=${secret}`);
    await server.publish('lobby', { [secret]: secret });
    await feed.untilEvent('connection', 'room.call');
    await feed.until(() => feed.transitions.filter(({ event }) => event.type === 'room.publish').length >= 3);
    await feed.ask({ type: 'history', actor: { kind: 'room', id: 'lobby' } });
    expect(feed.frames.join('\n')).not.toContain(secret);
  });

  test('fields that the settings name', async () => {
    const { url, connect } = await startServer({
      inspector: { access: 'open', redact: ['user'] },
      line: { userParameter: true },
    });
    await connect({ path: '/?user=somebody-secret' });
    const feed = await watchServer(url);
    const { actors } = await feed.expect('catalogue', { type: 'catalogue', kinds: ['connection'] });
    await feed.watch({ kind: 'connection', id: actors[0]?.id ?? '' });
    expect(feed.frames.join('\n')).not.toContain('somebody-secret');
  });
});

describe('control', () => {
  test('is refused if it is not turned on', async () => {
    const { url, connect } = await startServer(OPEN);
    const client = await connect();
    await client.join('lobby');
    const feed = await watchServer(url);
    const answered = await feed.ask({
      type: 'control',
      actor: { kind: 'room', id: 'lobby' },
      command: { type: 'close' },
    });
    expect(answered).toMatchObject({ type: 'refused', error: expect.stringContaining('inspector.control') });
    expect(await client.settle()).toEqual([]);
  });

  test('mutes a room, removes a member, closes the room and a connection', async () => {
    const { url, connect, server } = await startServer({ inspector: { access: 'open', control: true } });
    const [client, other] = [await connect(), await connect()];
    await client.join('lobby');
    await other.join('lobby');
    const feed = await watchServer(url);
    const room = { kind: 'room', id: 'lobby' } as const;
    await feed.expect('done', {
      type: 'control',
      actor: room,
      command: { type: 'send', event: { type: 'room.mute' } },
    });
    expect(await client.ask(sendByRoom('lobby', 'x'))).toMatch(/^Error: .*muted/);
    const { members } = await feed.expect('members', { type: 'members', room: 'lobby', limit: 10 });
    const [first] = members;
    await feed.expect('done', {
      type: 'control',
      actor: { kind: 'membership', id: first?.id ?? '' },
      command: { type: 'kick', reason: 'enough' },
    });
    expect(await client.next()).toMatch(/enough/);
    await feed.expect('done', { type: 'control', actor: room, command: { type: 'close', reason: 'done' } });
    expect(await other.next()).toMatch(/done/);
    await expect.poll(() => server.rooms()).toEqual([]);
    const { actors } = await feed.expect('catalogue', { type: 'catalogue', kinds: ['connection'] });
    for (const { kind, id } of actors) {
      await feed.expect('done', { type: 'control', actor: { kind, id }, command: { type: 'kick' } });
    }
    expect((await client.closed).code).toBe(3503);
    expect((await other.closed).code).toBe(3503);
  });
});

test('with the control, the messages and members of a room are read, and each use of it is told', async () => {
  const { url, connect, server } = await startServer({
    inspector: { access: 'open', control: true },
    rooms: { lobby: { history: { size: 10, ttlSeconds: 60 } } },
  });
  const told: unknown[] = [];
  server.on('control.used', (event) => told.push(event));
  const client = await connect();
  await client.join('lobby');
  const feed = await watchServer(url);
  const actor = { kind: 'room', id: 'lobby' } as const;
  await feed.expect('done', {
    type: 'control',
    actor,
    command: { type: 'publish', data: { text: 'hello' } },
  });
  expect(await client.next()).toContain('hello');
  expect(await feed.ask({ type: 'publications', room: 'lobby', limit: 5 })).toMatchObject({
    offset: 1,
    publications: [{ offset: 1, data: { text: 'hello' } }],
    hasOlder: false,
  });
  const { members } = await feed.expect('presence', { type: 'presence', room: 'lobby', limit: 5 });
  const id = members[0]?.id ?? '';
  expect(await feed.ask({ type: 'settings', room: 'lobby' })).toMatchObject({
    settings: { pattern: 'lobby', history: { size: 10, ttlMs: 60_000 } },
  });
  await feed.expect('done', { type: 'control', actor, command: { type: 'removeHistory' } });
  expect(await feed.ask({ type: 'publications', room: 'lobby', limit: 5 })).toMatchObject({
    offset: 1,
    publications: [],
  });
  await feed.expect('done', {
    type: 'control',
    actor: { kind: 'connection', id },
    command: { type: 'kick', reason: 'enough' },
  });
  expect((await client.closed).code).toBe(3503);
  const by = { remoteAddress: '127.0.0.1', outcome: 'done' };
  expect(told).toEqual([
    { act: 'publish', target: 'room lobby', room: 'lobby', ...by },
    { act: 'removeHistory', target: 'room lobby', room: 'lobby', ...by },
    { act: 'kick', target: `connection ${id}`, ...by },
  ]);
  expect(await feed.ask({ type: 'acts', room: 'lobby' })).toMatchObject({
    acts: [{ act: 'removeHistory' }, { act: 'publish' }],
  });
});

test('without the control, messages are counted and not read', async () => {
  const { url, server } = await startServer({
    ...OPEN,
    rooms: { lobby: { history: { size: 10, ttlSeconds: 60 } } },
  });
  await server.publish('lobby', { text: 'a secret' });
  const feed = await watchServer(url);
  expect(await feed.ask({ type: 'publications', room: 'lobby', limit: 5 })).toMatchObject({
    publications: [{ offset: 1, data: '‹withheld›' }],
  });
  expect(feed.frames.join('')).not.toContain('a secret');
});

test('a server that is watched drains, and closes the sockets of its watchers', async () => {
  const { url, connect, server } = await startServer(OPEN);
  const client = await connect();
  await client.join('lobby');
  const feed = await watchServer(url);
  await feed.watch({ kind: 'room', id: 'lobby' }, true);
  const staying = await watchServer(url);
  await staying.watch({ kind: 'server', id: 'server' });
  feed.terminate();
  client.send(sendByRoom('lobby', 'x'));
  await client.take(2);
  await server.close();
  expect((await staying.closed).code).toBe(3001);
});
