import { describe, expect, test } from 'vitest';
import { connectCentrifuge, openCentrifuge } from '../support/centrifuge-client.ts';
import { startServer } from '../support/start-server.ts';

const BAD_REQUEST = { code: 3501, reason: 'bad request' };

describe('the handshake', () => {
  test.each([
    [[], ''],
    [['centrifuge-json'], 'centrifuge-json'],
    [['centrifuge-protobuf', 'centrifuge-json'], 'centrifuge-json'],
  ])('that offers %j is answered with the sub-protocol that is spoken', async (protocols, chosen) => {
    const running = await startServer();
    const client = await openCentrifuge(running, { protocols });
    expect(client.subprotocol).toBe(chosen);
    await expect(client.connect()).resolves.toMatchObject({ ping: 25, pong: true });
  });

  test('that offers only what is not spoken is answered without a sub-protocol', async () => {
    const running = await startServer();
    await expect(openCentrifuge(running, { protocols: ['centrifuge-protobuf'] })).rejects.toThrow(
      /no subprotocol/i,
    );
  });
});

describe('a frame', () => {
  test('of several commands is answered command by command, each with its id', async () => {
    const client = await connectCentrifuge(await startServer());
    client.sendFrame(
      '{"id":7,"subscribe":{"channel":"a"}}\n{"id":9,"unsubscribe":{"channel":"b"}}\n{"id":11,"presence_stats":{"channel":"a"}}\n',
    );
    expect(await client.reply(7)).toEqual({ id: 7, subscribe: {} });
    expect(await client.reply(9)).toEqual({ id: 9, unsubscribe: {} });
    expect(await client.reply(11)).toEqual({ id: 11, presence_stats: { num_clients: 1, num_users: 1 } });
  });

  test('in binary is read as text', async () => {
    const client = await openCentrifuge(await startServer());
    client.sendFrame(Buffer.from('{"id":1,"connect":{}}'));
    expect(await client.reply(1)).toMatchObject({ connect: { client: expect.any(String) } });
  });

  test('with connect and waiting subscribes is done in order', async () => {
    const running = await startServer();
    const client = await openCentrifuge(running);
    client.send({ connect: {} }, { subscribe: { channel: 'a' } }, { subscribe: { channel: 'b' } });
    expect((await client.next())['id']).toBe(1);
    expect((await client.next())['id']).toBe(2);
    expect((await client.next())['id']).toBe(3);
  });

  test('with connect waits while the client is identified', async () => {
    let letIn: () => void = () => undefined;
    const asked = new Promise<void>((resolve) => {
      letIn = resolve;
    });
    const running = await startServer({
      async authenticate() {
        await asked;
        return { user: 'ann' };
      },
    });
    const client = await openCentrifuge(running);
    client.send({ connect: {} }, { subscribe: { channel: 'a' } }, { publish: { channel: 'a', data: 1 } });
    const other = await openCentrifuge(running);
    expect(client.messages).toEqual([]);
    letIn();
    await other.connect();
    expect(await client.reply(1)).toMatchObject({ connect: {} });
    expect(await client.reply(2)).toEqual({ id: 2, subscribe: {} });
    expect(await client.push('pub', 'a')).toMatchObject({ data: 1, info: { user: 'ann' } });
    expect(await client.reply(3)).toEqual({ id: 3, publish: {} });
  });

  test.each([
    ['is empty', ''],
    ['has only a line feed', '\n'],
    ['is no JSON', '{"id":2,"subscribe":'],
    ['is a JSON text', '"subscribe"'],
    ['is a list', '[]'],
    ['has no known request', '{"id":2,"nothing":{}}'],
    ['has only an id', '{"id":2}'],
    ['has a second connect', '{"id":2,"connect":{}}'],
    ['has the command ping', '{"id":2,"ping":{}}'],
    ['subscribes to nothing', '{"id":2,"subscribe":{}}'],
    ['subscribes to an empty channel', '{"id":2,"subscribe":{"channel":""}}'],
    ['unsubscribes from an empty channel', '{"id":2,"unsubscribe":{"channel":""}}'],
    ['publishes to an empty channel', '{"id":2,"publish":{"channel":"","data":1}}'],
    ['asks an empty channel for its presence', '{"id":2,"presence":{"channel":""}}'],
    ['asks an empty channel for its numbers', '{"id":2,"presence_stats":{}}'],
    ['asks an empty channel for its history', '{"id":2,"history":{"channel":""}}'],
    ['refreshes an empty channel', '{"id":2,"sub_refresh":{"channel":"","token":"t"}}'],
    ['has the id 0', '{"id":0,"subscribe":{"channel":"a"}}'],
    ['has no id', '{"publish":{"channel":"a","data":1}}'],
    ['is a pong that no ping has asked for', '{}'],
    ['refreshes with an empty token', '{"id":2,"refresh":{"token":""}}'],
    ['has one bad line', '{"id":2,"subscribe":{"channel":"a"}}\n{'],
  ])('that %s closes the socket with 3501, without a reply', async (_, frame) => {
    const client = await connectCentrifuge(await startServer());
    client.sendFrame(frame);
    expect(await client.closed).toEqual(BAD_REQUEST);
    expect(client.messages).toHaveLength(1);
  });

  test.each([
    'subscribe',
    'unsubscribe',
    'publish',
    'presence',
    'presence_stats',
    'history',
    'rpc',
    'refresh',
    'sub_refresh',
  ])('with %s before connect closes the socket with 3501', async (request) => {
    const client = await openCentrifuge(await startServer());
    client.sendFrame(
      JSON.stringify({ id: 1, [request]: { channel: 'a', token: 't', method: 'm', data: 1 } }),
    );
    expect(await client.closed).toEqual(BAD_REQUEST);
    expect(client.messages).toEqual([]);
  });

  test.each(['{}', '{"send":{"data":1}}'])('%s before connect closes the socket with 3501', async (frame) => {
    const client = await openCentrifuge(await startServer());
    client.sendFrame(frame);
    expect(await client.closed).toEqual(BAD_REQUEST);
  });
});

describe('replies and pushes of one turn', () => {
  test('leave in one frame: thirty subscribes', async () => {
    const client = await connectCentrifuge(await startServer());
    const rooms = Array.from({ length: 30 }, (_, index) => `room${index}`);
    client.send(...rooms.map((channel) => ({ subscribe: { channel } })));
    expect(await client.reply(31)).toEqual({ id: 31, subscribe: {} });
    expect(client.frames).toHaveLength(2);
    expect(client.messages).toHaveLength(31);
  });

  test('come in order where they are too many for one turn', async () => {
    const client = await connectCentrifuge(await startServer());
    const rooms = Array.from({ length: 100 }, (_, index) => `room${index}`);
    client.send(...rooms.map((channel) => ({ subscribe: { channel } })));
    expect(await client.reply(101)).toEqual({ id: 101, subscribe: {} });
    expect(client.messages.map((message) => (message as { id?: number }).id)).toEqual(
      Array.from({ length: 101 }, (_, index) => index + 1),
    );
  });

  test('leave in one frame: connect and thirty subscribes of a client that is identified', async () => {
    const running = await startServer({ authenticate: () => ({ user: 'ann' }) });
    const client = await openCentrifuge(running);
    const rooms = Array.from({ length: 30 }, (_, index) => `room${index}`);
    client.send({ connect: {} }, ...rooms.map((channel) => ({ subscribe: { channel } })));
    expect(await client.reply(31)).toEqual({ id: 31, subscribe: {} });
    expect(client.frames).toHaveLength(1);
  });

  test('keep the order of publications and replies', async () => {
    const client = await connectCentrifuge(await startServer());
    await client.subscribe('a');
    client.send(
      { publish: { channel: 'a', data: 1 } },
      { presence_stats: { channel: 'a' } },
      { publish: { channel: 'a', data: 2 } },
    );
    await client.reply(5);
    const kinds = client.messages
      .slice(2)
      .map((message) => message['push']?.pub?.data ?? Object.keys(message)[1]);
    expect(kinds).toEqual([1, 'publish', 'presence_stats', 2, 'publish']);
  });
});

describe('a message above the limit', () => {
  const LONG = 'x'.repeat(64 * 1024 + 1);

  test.each([
    ['publish', { id: 2, publish: { channel: 'a', data: LONG } }],
    ['publish of an object', { id: 2, publish: { channel: 'a', data: { text: LONG } } }],
    ['rpc', { id: 2, rpc: { method: 'm', data: LONG } }],
    ['send', { send: { data: LONG } }],
    ['subscribe', { id: 2, subscribe: { channel: 'a', data: LONG } }],
  ])('closes the socket with 1009: %s', async (_, command) => {
    const client = await connectCentrifuge(await startServer());
    client.sendFrame(JSON.stringify(command));
    expect(await client.closed).toEqual({ code: 1009, reason: 'message too long' });
    expect(client.messages).toHaveLength(1);
  });

  test('in connect closes the socket with 1009', async () => {
    const client = await openCentrifuge(await startServer());
    client.send({ connect: { data: LONG } });
    expect(await client.closed).toMatchObject({ code: 1009 });
  });

  test('is measured in bytes of UTF-8, by the setting', async () => {
    const client = await connectCentrifuge(await startServer({ limits: { messageBytes: 1024 } }));
    await client.publish('a', 'é'.repeat(512));
    client.send({ publish: { channel: 'a', data: `${'é'.repeat(512)}x` } });
    expect(await client.closed).toMatchObject({ code: 1009 });
  });

  test('is none of its own where many commands together are longer', async () => {
    const client = await connectCentrifuge(await startServer());
    const data = 'x'.repeat(10_000);
    const ids = client.send(...Array.from({ length: 20 }, () => ({ publish: { channel: 'a', data } })));
    expect(await client.reply(ids.at(-1)!)).toMatchObject({ publish: {} });
  });
});
