import { describe, expect, test } from 'vitest';
import { signToken } from '../../src/auth/token-harness.ts';
import { SECRET } from '../../src/auth/token-harness.ts';
import { believeData, connectCentrifuge } from '../support/centrifuge-client.ts';
import { nextEvent } from '../support/event-watch.ts';
import { startServer } from '../support/start-server.ts';

describe('presence', () => {
  test('lists connections with what is known of them and of their subscription', async () => {
    const running = await startServer({ auth: { hmacSecret: SECRET } });
    const ann = await connectCentrifuge(running, {
      token: await signToken({ sub: 'ann', info: { name: 'Ann' } }),
    });
    await ann.subscribe('a', {
      token: await signToken({ sub: 'ann', channel: 'a', info: { role: 'host' } }),
    });
    const other = await connectCentrifuge(running);
    await other.subscribe('a');
    expect(await other.ask({ presence: { channel: 'a' } })).toEqual({
      id: 3,
      presence: {
        presence: {
          [ann.id]: { user: 'ann', client: ann.id, conn_info: { name: 'Ann' }, chan_info: { role: 'host' } },
          [other.id]: { user: '', client: other.id },
        },
      },
    });
  });

  test('of an empty room is empty, and its numbers are there', async () => {
    const client = await connectCentrifuge(await startServer());
    expect(await client.ask({ presence: { channel: 'a' } })).toEqual({ id: 2, presence: { presence: {} } });
    expect(await client.ask({ presence_stats: { channel: 'a' } })).toEqual({
      id: 3,
      presence_stats: { num_clients: 0, num_users: 0 },
    });
  });

  test('has a client before its subscribe is answered', async () => {
    const running = await startServer();
    const client = await connectCentrifuge(running);
    client.send({ subscribe: { channel: 'a' } }, { presence_stats: { channel: 'a' } });
    expect(await client.reply(3)).toMatchObject({ presence_stats: { num_clients: 1, num_users: 1 } });
  });

  test('counts two tabs as one user, and all anonymous clients as one', async () => {
    const running = await startServer({
      authenticate: believeData,
    });
    const clients = [
      await connectCentrifuge(running, { data: 'ann' }),
      await connectCentrifuge(running, { data: 'ann' }),
      await connectCentrifuge(running),
      await connectCentrifuge(running),
    ];
    for (const client of clients) await client.subscribe('a');
    expect(await clients[0]!.ask({ presence_stats: { channel: 'a' } })).toMatchObject({
      presence_stats: { num_clients: 4, num_users: 2 },
    });
  });

  test('has no client whose socket has gone, however it went', async () => {
    const running = await startServer();
    const watcher = await connectCentrifuge(running);
    for (const end of ['close', 'terminate'] as const) {
      const client = await connectCentrifuge(running);
      await client.subscribe('a');
      const left = nextEvent(running.server, 'member.left');
      client[end]();
      await left;
      expect(await watcher.ask({ presence: { channel: 'a' } })).toMatchObject({ presence: { presence: {} } });
    }
  });

  test.each(['presence', 'presence_stats'])('that is turned off is error 108, by %s', async (request) => {
    const running = await startServer({ rooms: { a: { may: { presence: 'nobody' } } } });
    const client = await connectCentrifuge(running);
    await client.subscribe('a');
    expect(await client.ask({ [request]: { channel: 'a' } })).toMatchObject({ error: { code: 108 } });
  });

  test.each(['presence', 'presence_stats'])(
    'that is for members is error 103 to others, by %s',
    async (request) => {
      const running = await startServer({ rooms: { a: { may: { presence: 'members' } } } });
      const client = await connectCentrifuge(running);
      expect(await client.ask({ [request]: { channel: 'a' } })).toMatchObject({ error: { code: 103 } });
      await client.subscribe('a');
      expect(await client.ask({ [request]: { channel: 'a' } })).not.toHaveProperty('error');
    },
  );
});

describe('join and leave pushes', () => {
  const ROOMS = { a: { joinLeave: true } };

  test('tell the members, and the own join comes after the reply', async () => {
    const running = await startServer({
      rooms: ROOMS,
      authenticate: (client) => ({ ...believeData(client), info: { name: client.data ?? null } }),
    });
    const ann = await connectCentrifuge(running, { data: 'ann' });
    ann.send({ subscribe: { channel: 'a' } });
    expect(await ann.next()).toMatchObject({ id: 2, subscribe: {} });
    const infoOf = (client: { id: string }, user: string) => ({
      info: { user, client: client.id, conn_info: { name: user } },
    });
    expect(await ann.next()).toEqual({ push: { channel: 'a', join: infoOf(ann, 'ann') } });
    const bo = await connectCentrifuge(running, { data: 'bo' });
    await bo.subscribe('a');
    expect(await ann.push('join', 'a')).toEqual(infoOf(bo, 'bo'));
    bo.terminate();
    expect(await ann.push('leave', 'a')).toEqual(infoOf(bo, 'bo'));
  });

  test('of a client that unsubscribes tell the others only', async () => {
    const running = await startServer({ rooms: ROOMS });
    const ann = await connectCentrifuge(running);
    await ann.subscribe('a');
    const bo = await connectCentrifuge(running);
    await bo.subscribe('a');
    await bo.push('join', 'a');
    await bo.ask({ unsubscribe: { channel: 'a' } });
    expect(await ann.push('leave', 'a')).toEqual({ info: { user: '', client: bo.id } });
    expect(await bo.settle()).toEqual([]);
  });

  test('come to nobody where the room does not ask for them', async () => {
    const running = await startServer();
    const ann = await connectCentrifuge(running);
    await ann.subscribe('a');
    const bo = await connectCentrifuge(running);
    await bo.subscribe('a');
    await bo.ask({ unsubscribe: { channel: 'a' } });
    expect(await ann.settle()).toEqual([]);
  });

  test('leave a client of the line protocol alone', async () => {
    const running = await startServer({ rooms: ROOMS });
    const line = await running.connect();
    await line.join('a');
    const ann = await connectCentrifuge(running);
    await ann.subscribe('a');
    expect(await line.settle()).toEqual([]);
  });

  test('of a server-side subscription come after the answer to connect', async () => {
    const running = await startServer({
      rooms: ROOMS,
      authenticate: () => ({ user: 'ann', rooms: ['a'] }),
    });
    const ann = await connectCentrifuge(running);
    expect(await ann.push('join', 'a')).toMatchObject({ info: { user: 'ann' } });
  });
});

test('a client may ask in the frame of its subscribe where only members may', async () => {
  const running = await startServer({
    rooms: { a: { may: { presence: 'members', history: 'members' }, history: { size: 1 } } },
  });
  const client = await connectCentrifuge(running);
  const ids = client.send(
    { presence: { channel: 'a' } },
    { subscribe: { channel: 'a' } },
    { presence: { channel: 'a' } },
    { history: { channel: 'a' } },
  );
  const [before, , presence, history] = await Promise.all(ids.map((id) => client.reply(id)));
  expect(before).toMatchObject({ error: { code: 103 } });
  expect(Object.keys(presence?.['presence'].presence)).toHaveLength(1);
  expect(history).toHaveProperty('history');
});
