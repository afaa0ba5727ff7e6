import { describe, expect, test } from 'vitest';
import { createMoments } from '../system/moments.ts';
import { join, publish, settle, until, type HarnessOptions } from '../actors/actor-harness.ts';
import { connectionMachine } from '../actors/connection/connection.ts';
import { roomMachine } from '../actors/room/room.ts';
import { createEventBus } from '../events/event-bus.ts';
import { createRouter } from '../http/router.ts';
import { createInMemoryTransport, HandshakeRefusedError } from '../transport/in-memory.ts';
import type { InMemoryClient } from '../transport/in-memory-socket.ts';
import { jsonError } from '../transport/common/responses.ts';
import { handleSockets } from '../transport/socket-session.ts';
import type { FeedAccess } from './endpoint/feed-endpoint.ts';
import type { FeedMessage, FeedRequest } from './feed/feed-protocol.ts';
import { createInspector, type InspectorSettings } from './inspector.ts';
import { createPopulation } from './summary/population-harness.ts';

interface Options extends HarnessOptions {
  readonly settings?: Partial<InspectorSettings>;
  readonly token?: string;
  readonly access?: FeedAccess;
}

const TOKEN = 'a token of an administrator';

/** Rooms, connections, their inspector, and a transport on which pages connect to it. */
async function createInspected(options: Options = {}) {
  const events = createEventBus((error) => {
    throw error;
  });
  const errors: unknown[] = [];
  let population: ReturnType<typeof createPopulation> | undefined;
  const inspector = createInspector({
    settings: { control: true, redact: [], history: 50, ...options.settings },
    token: options.token,
    access: options.access ?? (() => 'open'),
    version: '1.2.3',
    patternOf: (room) => (room.startsWith('room') ? 'room*' : undefined),
    events,
    moments: createMoments(
      () => population?.clock.monotonic() ?? 0,
      () => population?.clock.now() ?? 0,
    ),
    clock: {
      now: () => population?.clock.now() ?? 0,
      monotonic: () => population?.clock.monotonic() ?? 0,
      setTimeout: (fn, delayMs) => population?.clock.setTimeout(fn, delayMs),
      clearTimeout: (id) => population?.clock.clearTimeout(id),
    },
    onError: (error) => errors.push(error),
  });
  population = createPopulation({ ...options, observer: inspector.observer });
  inspector.attach(population.population, population.operations);
  const memory = createInMemoryTransport();
  const transport = memory.create(
    {
      ...handleSockets(inspector.endpoints),
      request: createRouter(inspector.routes),
      failed: (error) => errors.push(error),
    },
    { maxFrameBytes: 1024 * 1024, sendQueueBytes: 4 * 1024 * 1024, idleTimeoutSeconds: 0 },
  );
  await transport.listen({ host: '127.0.0.1', port: 0 });
  await settle();
  return {
    ...population,
    inspector,
    errors,
    events,
    request: memory.request,
    open: () => memory.connect({ path: '/inspector/feed' }),
    openPage: async () => new Page(await memory.connect({ path: '/inspector/feed' })),
  };
}

type Request = FeedRequest extends infer One ? (One extends unknown ? Omit<One, 'id'> : never) : never;

class Page {
  readonly client: InMemoryClient;
  #lastId = 0;

  constructor(client: InMemoryClient) {
    this.client = client;
    this.send({ type: 'hello' });
  }

  get messages(): FeedMessage[] {
    return this.client.frames.map((frame) => JSON.parse(frame) as FeedMessage);
  }

  send(message: object): void {
    this.client.send(JSON.stringify(message));
  }

  /** Asks, and waits for the answer. */
  async ask<Answer extends FeedMessage = FeedMessage>(request: Request): Promise<Answer> {
    this.#lastId += 1;
    const id = this.#lastId;
    this.send({ ...request, id });
    const isAnswer = (message: FeedMessage): boolean =>
      'id' in message && message.id === id && message.type !== 'batch';
    await until(() => this.messages.some(isAnswer));
    return this.messages.find(isAnswer) as Answer;
  }

  get batches() {
    return this.messages.filter((message) => message.type === 'batch');
  }
}

describe('a page of the inspector', () => {
  test('is told at first what it may do, and what is withheld', async () => {
    const { openPage } = await createInspected({ settings: { redact: ['phone'] } });
    const page = await openPage();
    expect(page.messages).toMatchObject([
      {
        type: 'welcome',
        version: '1.2.3',
        control: true,
        machines: [
          'server',
          'connection',
          'membership',
          'room',
          'moderation',
          'question',
          'backend',
          'tarsProxy',
          'delivery',
          'redisLink',
        ],
        redacted: expect.arrayContaining(['phone', 'token', 'data']),
        sendable: { room: ['room.mute', 'room.unmute', 'room.kick'] },
      },
    ]);
  });

  test('lists actors, and finds members of a room', async () => {
    const { openPage, connect } = await createInspected();
    for (const user of ['ann', 'bob']) connect(user).send(join('room1'));
    const page = await openPage();
    await settle();
    expect(await page.ask({ type: 'catalogue', search: 'ANN' })).toMatchObject({
      type: 'catalogue',
      total: 2,
      actors: [{ id: 'c1' }, { id: 'c1@room1', status: 'resting' }],
      counts: { connection: { total: 2 }, membership: { total: 2, states: { joined: 2 } } },
    });
    expect(await page.ask({ type: 'members', room: 'room1', limit: 1 })).toMatchObject({
      type: 'members',
      members: [{ id: 'c1@room1', user: 'ann' }],
      total: 2,
    });
    expect(await page.ask({ type: 'chart', machine: 'membership' })).toMatchObject({
      type: 'chart',
      chart: { machine: 'membership' },
    });
  });

  test('watches a room: it sees a join and a message, without its text', async () => {
    const { openPage, connect, clock, inspector } = await createInspected();
    const ann = connect('ann');
    ann.send(join('room1'));
    await settle();
    const page = await openPage();
    const watching = await page.ask({ type: 'watch', actor: { kind: 'room', id: 'room1' }, related: true });
    expect(watching).toMatchObject({
      type: 'watching',
      actors: expect.arrayContaining([
        expect.objectContaining({ kind: 'room', id: 'room1' }),
        expect.objectContaining({ kind: 'membership', id: 'c1@room1', status: 'resting' }),
        expect.objectContaining({ kind: 'connection', id: 'c1' }),
      ]),
    });
    expect(inspector.observer.watched.size).toBeGreaterThan(1);
    connect('bob').send(join('room1'));
    ann.send(publish('room1', 'the secret plan'));
    await settle();
    clock.increment(50);
    await until(() => page.batches.length > 0);
    const items = page.batches.flatMap((batch) => batch.items);
    const seen = items
      .filter((item) => item.type === 'transition')
      .map(({ actor, event }) => `${actor.kind} ${event.type}`);
    expect(seen).toEqual(
      expect.arrayContaining([
        'room room.join',
        'room member.joined',
        'connection room.publish',
        'room room.publish',
      ]),
    );
    expect(items.map(({ type }) => type)).toContain('started');
    expect(JSON.stringify(page.messages)).not.toContain('secret plan');
    page.client.close();
    expect(inspector.observer.watched.size).toBe(0);
  });

  test('may do what control allows, and sees the result', async () => {
    const { openPage, connect, directory, clock } = await createInspected();
    const [ann, bob] = [connect('ann'), connect('bob')];
    for (const client of [ann, bob]) client.send(join('room1'));
    await settle();
    const page = await openPage();
    const room = { kind: 'room', id: 'room1' } as const;
    await page.ask({ type: 'watch', actor: room, related: true });
    const send = (type: string) =>
      page.ask({ type: 'control', actor: room, command: { type: 'send', event: { type } } });
    expect(await send('room.mute')).toMatchObject({ type: 'done' });
    expect(await send('room.mute')).toMatchObject({ type: 'refused' });
    expect(
      await page.ask({ type: 'control', actor: { kind: 'connection', id: 'c2' }, command: { type: 'kick' } }),
    ).toMatchObject({ type: 'done' });
    expect(bob.closedWith).toBe('disconnected');
    expect(
      await page.ask({ type: 'control', actor: room, command: { type: 'close', reason: 'late' } }),
    ).toMatchObject({ type: 'done' });
    expect(directory.rooms.size).toBe(0);
    expect(ann.frames.at(-1)).toMatchObject({ refusal: { message: 'late' } });
    clock.increment(50);
    await until(() => page.batches.length > 0);
    const ended = page.batches.flatMap(({ items }) => items).filter(({ type }) => type === 'ended');
    expect(ended.map(({ actor }) => actor)).toEqual(
      expect.arrayContaining([room, { kind: 'membership', id: 'c1@room1' }]),
    );
  });

  test('may do nothing when the settings do not allow it', async () => {
    const { openPage, connect } = await createInspected({ settings: { control: false } });
    const client = connect();
    const page = await openPage();
    expect(page.messages).toMatchObject([{ control: false, sendable: {} }]);
    expect(
      await page.ask({ type: 'control', actor: { kind: 'connection', id: 'c1' }, command: { type: 'kick' } }),
    ).toMatchObject({ type: 'refused' });
    expect(client.closedWith).toBeUndefined();
  });

  test('finds actors that have failed, with what came before', async () => {
    const { openPage, connect, events } = await createInspected({
      machines: {
        room: roomMachine.provide({
          actions: {
            publish() {
              throw new RangeError('publish is broken');
            },
          },
        }),
        connection: connectionMachine.provide({
          actions: {
            replyPong() {
              throw new RangeError('pong is broken');
            },
          },
        }),
      },
    });
    const [ann, bob] = [connect('ann'), connect('bob')];
    ann.send(join('room1'));
    await settle();
    ann.send(publish('room1', 'hi'));
    bob.send({ type: 'ping' });
    events.emit('member.failed', { room: 'room1', member: { id: 'c9' }, error: new Error('on its start') });
    const page = await openPage();
    const { actors, counts } = await page.ask<Extract<FeedMessage, { type: 'catalogue' }>>({
      type: 'catalogue',
      status: 'failed',
    });
    expect(actors).toMatchObject([
      { kind: 'connection', id: 'c2', error: 'RangeError: pong is broken', figures: {} },
      { kind: 'membership', id: 'c9@room1', error: 'Error: on its start' },
      { kind: 'room', id: 'room1', error: 'RangeError: publish is broken' },
    ]);
    expect(counts.room.failed).toBe(1);
    expect(await page.ask({ type: 'history', actor: { kind: 'room', id: 'room1' } })).toMatchObject({
      type: 'history',
      history: {
        entries: expect.arrayContaining([expect.objectContaining({ event: 'room.join' })]),
        failure: { event: 'room.publish', error: 'RangeError: publish is broken' },
      },
    });
  });
});

describe('who may watch', () => {
  test('everybody who has the token, where one is needed', async () => {
    const { open, request } = await createInspected({ token: TOKEN, access: () => 'token' });
    const [right, wrong] = [await open(), await open()];
    right.send(JSON.stringify({ type: 'hello', token: TOKEN }));
    wrong.send(JSON.stringify({ type: 'hello', token: `${TOKEN}!` }));
    expect(JSON.parse(await right.nextFrame())).toMatchObject({ type: 'welcome' });
    expect((await wrong.closed).code).toBe(4401);
    const query = 'kind=room&id=room1';
    const bare = await request({ path: '/inspector/history', query });
    expect(bare.status).toBe(401);
    expect(bare.headers['www-authenticate']).toBe('Bearer');
    const headers = { authorization: `Bearer ${TOKEN}` };
    const foreign = { authorization: 'Bearer another' };
    expect((await request({ path: '/inspector/history', query, headers: foreign })).status).toBe(401);
    expect((await request({ path: '/inspector/history', query, headers })).status).toBe(404);
  });

  test('nobody where a token is needed and there is none', async () => {
    const { open } = await createInspected({ access: () => 'token' });
    const client = await open();
    client.send(JSON.stringify({ type: 'hello', token: '' }));
    expect((await client.closed).code).toBe(4401);
  });

  test('nobody whom the access refuses', async () => {
    const { open, request } = await createInspected({ access: () => jsonError(403, 'not from there') });
    await expect(open()).rejects.toMatchObject({ response: { status: 403 } });
    expect((await request({ path: '/inspector/history' })).status).toBe(403);
  });

  test('eight at a time', async () => {
    const { open, openPage, inspector } = await createInspected();
    const clients = await Promise.all(Array.from({ length: 8 }, open));
    await expect(open()).rejects.toBeInstanceOf(HandshakeRefusedError);
    await expect(open()).rejects.toMatchObject({ response: { status: 503 } });
    clients[0]?.close();
    const page = await openPage();
    inspector.close();
    expect(await Promise.all([page.client.closed, clients[1]?.closed])).toMatchObject([
      { code: 3001 },
      { code: 3001 },
    ]);
  });
});

describe('the history of an actor', () => {
  async function createWithHistory() {
    const inspected = await createInspected();
    const room = 'Größe "1"/2';
    inspected.connect('ann').send(join(room));
    await settle();
    const get = (query: Record<string, string>) =>
      inspected.request({ path: '/inspector/history', query: new URLSearchParams(query).toString() });
    return { room, get };
  }

  test('can be saved as JSON', async () => {
    const { room, get } = await createWithHistory();
    const response = await get({ kind: 'room', id: room });
    expect(response).toMatchObject({
      status: 200,
      headers: {
        'content-type': 'application/json; charset=utf-8',
        'content-disposition': "attachment; filename*=UTF-8''room-Gr%C3%B6%C3%9Fe--1--2.json",
      },
    });
    expect(JSON.parse(response.body)).toMatchObject({ kind: 'room', id: room, entries: expect.any(Array) });
  });

  test('can be saved as a sequence diagram', async () => {
    const { room, get } = await createWithHistory();
    const response = await get({ kind: 'room', id: room, format: 'mermaid' });
    expect(response.status).toBe(200);
    expect(response.body).toMatch(/^sequenceDiagram\n/);
    expect(response.body).toContain('room.join');
  });

  test('is refused for a wrong request', async () => {
    const { room, get } = await createWithHistory();
    expect((await get({ kind: 'house', id: room })).status).toBe(400);
    expect((await get({ kind: 'room' })).status).toBe(400);
    expect((await get({ kind: 'room', id: room, format: 'pdf' })).status).toBe(400);
    expect((await get({ kind: 'room', id: 'nobody' })).status).toBe(404);
    // It lives, and has done nothing that is recorded.
    expect(JSON.parse((await get({ kind: 'tarsProxy', id: 'hello' })).body)).toEqual({
      kind: 'tarsProxy',
      id: 'hello',
      entries: [],
    });
  });
});
