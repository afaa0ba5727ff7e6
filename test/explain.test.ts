/** What is refused and closed is told with its grounds: by the library, by the API and by `statecast why`. */

import { describe, expect, test } from 'vitest';
import { createApiClient } from '../src/cli/remote/api-client.ts';
import { runWhy } from '../src/cli/remote/why.ts';
import { change, drop, refuse, type ServerOptions } from '../src/index.ts';
import { believeData, connectCentrifuge, type CentrifugeClient } from './support/centrifuge-client.ts';
import { keepEvents, nextEvent } from './support/event-watch.ts';
import { createGate } from './support/gate.ts';
import { sendByRoom } from './support/line-client.ts';
import { startServer, type RunningServer } from './support/start-server.ts';

const KEY = '0123456789abcdef';

interface Case {
  readonly options?: ServerOptions;
  /** Has something refused, and resolves when it is. */
  readonly act: (
    client: CentrifugeClient & { readonly id: string },
    running: RunningServer,
  ) => Promise<unknown>;
  readonly told: object;
}

const NEVER = createGate().opened;

const CASES: Readonly<Record<string, Case>> = {
  'a message over the rate of its room': {
    options: { rooms: { room1: { messagesPerSecond: 1 } } },
    async act(client) {
      await client.subscribe('room1');
      await client.publish('room1', 'one');
      await client.ask({ publish: { channel: 'room1', data: 'two' } });
    },
    told: {
      kind: 'refused',
      code: 111,
      room: 'room1',
      machine: 'room',
      state: 'active.broadcast.flowing',
      event: 'room.publish',
      guards: [
        { name: 'isForbiddenToPublish', holds: false },
        { name: 'isOverRate', holds: true },
      ],
      limit: { name: 'rooms.messagesPerSecond', value: 1 },
    },
  },
  'a message in a muted room': {
    async act(client, { server }) {
      await client.subscribe('room1');
      await server.mute('room1');
      await client.ask({ publish: { channel: 'room1', data: 'one' } });
    },
    told: { kind: 'refused', code: 103, machine: 'room', state: 'active.broadcast.muted' },
  },
  'a message in a muted room without members': {
    async act(client, { server }) {
      await server.mute('room2');
      await client.ask({ publish: { channel: 'room2', data: 'one' } });
    },
    told: { kind: 'refused', code: 103, room: 'room2', reason: 'room2 is muted' },
  },
  'a message that the rules forbid': {
    options: { rooms: { room1: { may: { publish: 'nobody' } } } },
    async act(client) {
      await client.subscribe('room1');
      await client.ask({ publish: { channel: 'room1', data: 'one' } });
    },
    told: {
      kind: 'refused',
      code: 103,
      machine: 'room',
      guards: [{ name: 'isForbiddenToPublish', holds: true }],
      rule: { name: 'rooms.may.publish', value: 'nobody' },
    },
  },
  'a message that is too long, for which the SDKs are closed': {
    options: { limits: { messageBytes: 30 } },
    async act(client) {
      client.send({ publish: { channel: 'room1', data: 'more than thirty bytes are too many' } });
      await client.closed;
    },
    told: { kind: 'closed', code: 1009, event: 'protocol.violated' },
  },
  'a message that a handler refuses': {
    options: { rooms: { room1: { onMessage: () => drop('not here') } } },
    act: (client) => client.ask({ publish: { channel: 'room1', data: 'one' } }),
    told: {
      kind: 'refused',
      reason: 'not here',
      room: 'room1',
      machine: 'moderation',
      state: 'moderating',
      guards: [{ name: 'isType', holds: true }],
    },
  },
  'a message that a handler drops': {
    options: { rooms: { room1: { onMessage: () => drop() } } },
    act: (client) => client.publish('room1', 'one'),
    told: {
      kind: 'dropped',
      room: 'room1',
      machine: 'moderation',
      state: 'moderating',
      handler: 'onMessage',
    },
  },
  'a join of a full room': {
    options: { rooms: { room1: { capacity: 1 } } },
    async act(client, running) {
      await (await connectCentrifuge(running)).subscribe('room1');
      await client.ask({ subscribe: { channel: 'room1' } });
    },
    told: {
      kind: 'refused',
      code: 106,
      room: 'room1',
      machine: 'room',
      state: 'active.occupancy.full',
      event: 'room.join',
      guards: [{ name: 'isForbiddenToJoin', holds: false }],
      limit: { name: 'rooms.capacity', value: 1, actual: 2 },
    },
  },
  'a join that onJoin refuses': {
    options: { rooms: { room1: { onJoin: () => refuse('members only') } } },
    act: (client) => client.ask({ subscribe: { channel: 'room1' } }),
    told: {
      kind: 'refused',
      reason: 'members only',
      room: 'room1',
      machine: 'membership',
      state: 'requesting.authorizing',
      event: 'done',
      guards: [{ name: 'isRefusal', holds: true }],
    },
  },
  'a join that onJoin decides too late': {
    options: { limits: { handlerSeconds: 0.01 }, rooms: { room1: { onJoin: () => NEVER } } },
    act: (client) => client.ask({ subscribe: { channel: 'room1' } }),
    told: { kind: 'refused', machine: 'membership', event: 'after handlerDeadline', code: 100 },
  },
  'a join by a wrong token': {
    act: (client) => client.ask({ subscribe: { channel: 'room1', token: 'x' } }),
    told: { kind: 'refused', room: 'room1', machine: 'membership', state: 'requesting.verifying' },
  },
  'one room more than a connection may be in': {
    options: { limits: { roomsPerConnection: 1 } },
    async act(client) {
      await client.subscribe('room1');
      await client.ask({ subscribe: { channel: 'room2' } });
    },
    told: {
      kind: 'refused',
      code: 106,
      room: 'room2',
      machine: 'connection',
      state: 'open.work.ready',
      event: 'room.join',
      limit: { name: 'limits.roomsPerConnection', value: 1, actual: 2 },
    },
  },
  'a call that no room allows': {
    act: (client) => client.ask({ rpc: { method: 'room1:hello.sayHello', data: {} } }),
    told: { kind: 'failed', event: 'server.call', code: 108 },
  },
  'a history that is not kept': {
    act: (client) => client.ask({ history: { channel: 'room1' } }),
    told: { kind: 'refused', room: 'room1', code: 108 },
  },
  'a refresh where no token is taken': {
    act: (client) => client.ask({ refresh: { token: 'x' } }),
    told: { kind: 'refused', machine: 'connection', event: 'refresh.answered', code: 108 },
  },
  'a connection that breaks the protocol': {
    async act(client) {
      client.sendFrame('no JSON');
      await client.closed;
    },
    told: {
      kind: 'closed',
      code: 3501,
      machine: 'connection',
      state: 'open',
      event: 'protocol.violated',
    },
  },
  'a connection that the owner closes': {
    async act(client, { server }) {
      await server.disconnect(client.id, 'go away');
      await client.closed;
    },
    told: { kind: 'closed', code: 3503, reason: 'go away', event: 'server.disconnect' },
  },
};

describe('what is refused is told with its grounds', () => {
  test.each(Object.entries(CASES))('%s', async (_, { options = {}, act, told }) => {
    const running = await startServer({ authenticate: believeData, ...options });
    const client = await connectCentrifuge(running, { data: 'ann' });
    await act(client, running);
    const who = { client: client.id, user: 'ann' };
    const { problems } = await running.server.explain(who);
    expect(problems).toMatchObject([{ ...told, ...who, count: 1 }]);
    // The grounds are for operators: no frame has them.
    expect(client.frames.join('')).not.toMatch(/guards|grounds|active\.|"machine"/);
  });

  test('to the client too, where the room allows it', async () => {
    const running = await startServer({
      rooms: { 'chat:*': { explain: true, capacity: 1, may: { publish: 'members' } } },
    });
    await (await connectCentrifuge(running)).subscribe('chat:1');
    const client = await connectCentrifuge(running);
    expect(await client.ask({ publish: { channel: 'chat:2', data: 'hi' } })).toMatchObject({
      error: { code: 103, data: { rule: { name: 'rooms.may.publish', value: 'members' } } },
    });
    expect(await client.ask({ subscribe: { channel: 'chat:1' } })).toMatchObject({
      error: {
        code: 106,
        data: {
          machine: 'room',
          state: 'active.occupancy.full',
          limit: { name: 'rooms.capacity', value: 1, actual: 2 },
        },
      },
    });
  });

  test('to clients of the line protocol too', async () => {
    const { connect, server } = await startServer({ limits: { messageBytes: 10 } });
    const client = await connect();
    expect(await client.ask(sendByRoom('room1', 'more than ten bytes'))).toMatch(/^Error: /);
    expect((await server.explain({ room: 'room1' })).problems).toMatchObject([
      { kind: 'refused', code: 106, limit: { name: 'limits.messageBytes', value: 10 } },
    ]);
  });

  test('and what is let through tells nothing', async () => {
    const running = await startServer({ rooms: { room1: { onMessage: () => change('another') } } });
    const client = await connectCentrifuge(running);
    await client.subscribe('room1');
    await client.publish('room1', 'one');
    client.close();
    await nextEvent(running.server, 'connection.closed');
    expect(await running.server.explain()).toEqual({ problems: [], missing: 0 });
  });
});

describe('who has closed a connection', () => {
  test('is told with the event', async () => {
    const running = await startServer();
    const closed = keepEvents(running.server, 'connection.closed');
    const [one, two, three] = [
      await connectCentrifuge(running),
      await connectCentrifuge(running),
      await connectCentrifuge(running),
    ];
    for (const [index, end] of [
      () => one.close(),
      () => two.terminate(),
      () => three.sendFrame('no JSON'),
    ].entries()) {
      end();
      await expect.poll(() => closed.length).toBe(index + 1);
    }
    expect(closed).toMatchObject([
      { id: one.id, by: 'client' },
      { id: two.id, by: 'network', code: 1006 },
      { id: three.id, by: 'server', code: 3501, grounds: { event: 'protocol.violated', state: 'open' } },
    ]);
  });
});

describe('GET /api/explain', () => {
  async function startRefusing(): Promise<RunningServer> {
    const running = await startServer({
      http: {
        apiKey: KEY,
        apiKeys: [{ name: 'one-room', key: 'a-key-of-one-room', rooms: ['room1'], allow: ['explain'] }],
      },
      rooms: { '*': { may: { join: 'nobody' } } },
    });
    const client = await connectCentrifuge(running);
    await client.ask({ subscribe: { channel: 'room1' } });
    await client.ask({ subscribe: { channel: 'room2' } });
    await client.ask({ subscribe: { channel: 'room2' } });
    return running;
  }

  const read = async ({ request }: RunningServer, query: string, key: string = KEY) => {
    const { status, body } = await request(`/api/explain${query}`, { headers: { 'x-api-key': key } });
    return { status, ...(JSON.parse(body) as { result?: { problems: object[] }; error?: object }) };
  };

  test('tells what fits, those that were seen last first', async () => {
    const running = await startRefusing();
    expect(await read(running, '')).toMatchObject({
      status: 200,
      result: {
        problems: [
          { room: 'room2', count: 2 },
          { room: 'room1', count: 1 },
        ],
        missing: 0,
      },
    });
    const [one] = (await read(running, '?limit=1')).result!.problems;
    expect(one).toMatchObject({ room: 'room2' });
    expect((await read(running, '?room=room1')).result!.problems).toHaveLength(1);
    expect((await read(running, '?kind=closed')).result!.problems).toEqual([]);
    expect((await read(running, '?user=ann')).result!.problems).toEqual([]);
  });

  test('says what is wrong with a question', async () => {
    const running = await startRefusing();
    expect(await read(running, '?usr=ann')).toMatchObject({
      status: 400,
      error: { message: 'unknown parameter: usr. Known are client, user, room, kind, after, search, limit' },
    });
    expect(await read(running, '?limit=0')).toMatchObject({ status: 400 });
  });

  test('needs a key, and tells a key for some rooms of no other', async () => {
    const running = await startRefusing();
    expect(await read(running, '', 'wrong')).toMatchObject({ status: 401 });
    expect((await read(running, '', 'a-key-of-one-room')).result!.problems).toMatchObject([
      { room: 'room1' },
    ]);
    // What it is not told takes no place of what it is told.
    expect((await read(running, '?limit=1', 'a-key-of-one-room')).result!.problems).toMatchObject([
      { room: 'room1' },
    ]);
    expect(await read(running, '?room=room2', 'a-key-of-one-room')).toMatchObject({ status: 403 });
  });

  test('and `statecast why` says it in words', async () => {
    const running = await startServer({
      http: { apiKey: KEY },
      rooms: { 'a\u001b[2J': { may: { join: 'nobody' } } },
      authenticate: believeData,
    });
    const client = await connectCentrifuge(running, { data: 'ann' });
    await client.ask({ subscribe: { channel: 'a\u001b[2J' } });
    const api = createApiClient({ url: running.url, key: KEY });
    const said = await runWhy(api, 'ann', {});
    expect(said.split('\n').slice(1, 2)).toEqual([
      `  user ann, client ${client.id}, room a\\u001b[2J, address 127.0.0.1`,
    ]);
    expect(said).toMatch(/^\S+Z {2}refused \(103\): you may not join a\\u001b\[2J\n/);
    expect(await runWhy(api, client.id, { client: true })).toBe(said);
    expect(await runWhy(api, 'bob', {})).toBe('nothing was refused and nothing failed in the last hour\n');
    expect(JSON.parse(await runWhy(api, 'ann', { json: true }))).toMatchObject({
      problems: [{ user: 'ann', kind: 'refused' }],
      missing: 0,
    });
  });
});
