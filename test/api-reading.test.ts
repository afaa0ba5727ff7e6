/** The HTTP server API: who is in rooms, which rooms and nodes there are, and calls of servants. */

import { describe, expect, onTestFinished, test } from 'vitest';
import { createMemoryPresence } from '../src/index.ts';
import { createHelloServer, HELLO_OBJECT } from '../src/server/demo/hello-servant.ts';
import { VERSION } from '../src/system/package-info.ts';
import { HelloMethods } from '../src/tars/servants/hello.ts';
import { ask } from './support/api-request.ts';
import { startServer } from './support/start-server.ts';

const KEEP = { rooms: { '*': { history: { size: 10, ttlSeconds: 300 } } } };

describe('presence and presence_stats', () => {
  test('tell who is in a room, with what others may know', async () => {
    const running = await startServer({
      authenticate: ({ headers }) =>
        headers['x-user'] === undefined ? undefined : { user: headers['x-user'], info: { name: 'Ann' } },
    });
    const ann = await running.connect({ headers: { 'x-user': 'ann' } });
    const nobody = await running.connect();
    await ann.join('room1');
    await nobody.join('room1');
    const answer = await ask(running, 'presence', { channel: 'room1' });
    const { presence } = (answer as { result: { presence: Record<string, { user: string }> } }).result;
    expect(Object.values(presence).toSorted((a, b) => a.user.localeCompare(b.user))).toEqual([
      { user: '', client: expect.any(String) as string },
      { user: 'ann', client: expect.any(String) as string, conn_info: { name: 'Ann' } },
    ]);
    for (const [id, info] of Object.entries(presence)) expect(info).toMatchObject({ client: id });
    expect(await ask(running, 'presence_stats', { channel: 'room1' })).toEqual({
      result: { num_clients: 2, num_users: 2 },
    });
    expect(await running.server.presence('room1')).toHaveLength(2);
    expect(await running.server.presenceStats('room1')).toEqual({ connections: 2, users: 2 });
  });

  test('of an empty room are empty', async () => {
    const running = await startServer();
    expect(await ask(running, 'presence', { channel: 'room1' })).toEqual({ result: { presence: {} } });
    expect(await ask(running, 'presence_stats', { channel: 'room1' })).toEqual({
      result: { num_clients: 0, num_users: 0 },
    });
  });

  test('of a room with too many connections is the error 106, and a presence that fails is the error 100', async () => {
    const presence = createMemoryPresence();
    const running = await startServer({ presence });
    for (let index = 0; index <= 20_000; index += 1) {
      await presence.add('crowd', { id: `c${index}`, joinedAt: 1 });
    }
    expect(await ask(running, 'presence', { channel: 'crowd' })).toMatchObject({
      error: { code: 106, message: expect.stringContaining('presence_stats') as string },
    });
    expect(await ask(running, 'presence_stats', { channel: 'crowd' })).toMatchObject({
      result: { num_clients: 20_001 },
    });
    presence.list = () => {
      throw new Error('out of order');
    };
    const told: object[] = [];
    running.server.on('part.failed', (event) => told.push(event));
    expect(await ask(running, 'presence', { channel: 'crowd' })).toMatchObject({ error: { code: 100 } });
    expect(told).toMatchObject([{ part: 'presence', room: 'crowd' }]);
  });
});

describe('channels', () => {
  test('tells the rooms with members, and those whose names fit a pattern', async () => {
    const running = await startServer();
    const client = await running.connect();
    for (const room of ['chat:1', 'chat:22', 'game', '__proto__']) await client.join(room);
    const rooms = async (asked: object) => {
      const answer = await ask(running, 'channels', asked);
      return Object.entries((answer as { result: { channels: object } }).result.channels);
    };
    const one = { num_clients: 1 };
    expect(await rooms({})).toEqual(
      expect.arrayContaining(['chat:1', 'chat:22', 'game', '__proto__'].map((room) => [room, one])),
    );
    expect(await rooms({ pattern: 'chat:?' })).toEqual([['chat:1', one]]);
    expect(await rooms({ pattern: 'nothing*' })).toEqual([]);
    expect(await running.server.rooms('chat:*')).toHaveLength(2);
  });
});

test('info tells of the nodes', async () => {
  const running = await startServer();
  const client = await running.connect();
  await client.join('room1');
  await client.join('room2');
  const { nodes } = ((await ask(running, 'info', {})) as { result: { nodes: object[] } }).result;
  const whole = expect.any(Number) as number;
  expect(nodes).toEqual([
    {
      uid: expect.any(String) as string,
      name: expect.any(String) as string,
      version: VERSION,
      num_clients: 1,
      num_users: 1,
      num_channels: 2,
      num_subs: 2,
      uptime: whole,
      process: { cpu: whole, rss: whole },
    },
  ]);
  expect(await running.server.info()).toMatchObject([{ connections: 1, rooms: 2 }]);
});

test('history_remove drops what is kept, and the position stays', async () => {
  const running = await startServer(KEEP);
  await running.server.publish('room1', 'a');
  const { epoch } = await running.server.history('room1');
  expect(await ask(running, 'history_remove', { channel: 'room1' })).toEqual({ result: {} });
  expect(await running.server.history('room1')).toEqual({ publications: [], offset: 1, epoch });
  await running.server.publish('room1', 'b');
  await running.server.removeHistory('room1');
  expect(await running.server.history('room1')).toMatchObject({ publications: [], offset: 2 });
});

describe('rpc', () => {
  test('calls a function of a servant that no room allows', async () => {
    const hello = createHelloServer(0, (error) => expect.unreachable(String(error)));
    onTestFinished(() => hello.close());
    const { host, port } = await hello.listen();
    const object = `${HELLO_OBJECT}@tcp -h ${host} -p ${port}`;
    const running = await startServer({ servants: { hello: { object, methods: HelloMethods } } });
    expect(await ask(running, 'rpc', { method: 'hello.sayHello', params: { name: 'Ann' } })).toEqual({
      result: { data: { ret: 'Hello, Ann!' } },
    });
  });

  test('of a function that there is not is an error with its own code', async () => {
    const running = await startServer();
    expect(await ask(running, 'rpc', { method: 'hello.sayHello' })).toMatchObject({ error: { code: 1009 } });
    expect(await ask(running, 'rpc', {})).toMatchObject({ error: { code: 107 } });
  });
});
