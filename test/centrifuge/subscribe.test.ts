import { describe, expect, test } from 'vitest';
import { refuse } from '../../src/index.ts';
import { connectCentrifuge } from '../support/centrifuge-client.ts';
import { createGate } from '../support/gate.ts';
import { startServer } from '../support/start-server.ts';

describe('subscribe', () => {
  test('to a room without history has an empty result', async () => {
    const client = await connectCentrifuge(await startServer());
    expect(await client.ask({ subscribe: { channel: 'a' } })).toEqual({ id: 2, subscribe: {} });
  });

  test('to a room with history has both flags, the position and the epoch', async () => {
    const { server, ...running } = await startServer({ rooms: { a: { history: { size: 5 } } } });
    const { epoch } = await server.publish('a', 1);
    const client = await connectCentrifuge(running);
    expect(await client.subscribe('a')).toEqual({ recoverable: true, positioned: true, epoch, offset: 1 });
    expect(await client.ask({ unsubscribe: { channel: 'a' } })).toEqual({ id: 3, unsubscribe: {} });
    expect(await client.subscribe('a')).toMatchObject({ recoverable: true, positioned: true });
  });

  test('again is error 105', async () => {
    const client = await connectCentrifuge(await startServer());
    await client.subscribe('a');
    expect(await client.ask({ subscribe: { channel: 'a' } })).toEqual({
      id: 3,
      error: { code: 105, message: 'already subscribed' },
    });
  });

  test('while another is under way is error 105 at once', async () => {
    const gate = createGate();
    const running = await startServer({
      rooms: {
        a: {
          async onJoin() {
            await gate.opened;
            return refuse('no');
          },
        },
      },
    });
    const client = await connectCentrifuge(running);
    client.send({ subscribe: { channel: 'a' } }, { subscribe: { channel: 'a' } });
    expect(await client.reply(3)).toMatchObject({ error: { code: 105 } });
    gate.open();
    expect(await client.reply(2)).toMatchObject({ error: { code: 103, message: 'no' } });
  });

  test('of one room does not wait for another', async () => {
    const gate = createGate();
    const running = await startServer({ rooms: { slow: { onJoin: () => gate.opened } } });
    const client = await connectCentrifuge(running);
    client.send({ subscribe: { channel: 'slow' } }, { subscribe: { channel: 'fast' } });
    expect(await client.next()).toEqual({ id: 3, subscribe: {} });
    gate.open();
    expect(await client.next()).toEqual({ id: 2, subscribe: {} });
  });

  test('gives onJoin the data of the client', async () => {
    let given: unknown;
    const running = await startServer({ rooms: { a: { onJoin: ({ data }) => void (given = data) } } });
    const client = await connectCentrifuge(running);
    await client.subscribe('a', { data: { seat: 7 } });
    expect(given).toEqual({ seat: 7 });
  });

  test('that onJoin refuses has its reason and its code', async () => {
    const running = await startServer({ rooms: { a: { onJoin: () => refuse('only for cats', 444) } } });
    const client = await connectCentrifuge(running);
    expect(await client.ask({ subscribe: { channel: 'a' } })).toEqual({
      id: 2,
      error: { code: 444, message: 'only for cats' },
    });
  });

  test('that no rule allows is error 103', async () => {
    const running = await startServer({ rooms: { a: { may: { join: 'users' } } } });
    const client = await connectCentrifuge(running);
    expect(await client.ask({ subscribe: { channel: 'a' } })).toMatchObject({ error: { code: 103 } });
  });

  test('to a room that no pattern knows is error 102, and so is a message to it', async () => {
    const running = await startServer({
      host: '0.0.0.0',
      http: { open: true },
      rooms: { 'chat:*': { may: { join: 'anyone' } } },
    });
    const client = await connectCentrifuge(running);
    expect(await client.ask({ subscribe: { channel: 'other' } })).toEqual({
      id: 2,
      error: { code: 102, message: 'unknown channel' },
    });
    expect(await client.ask({ publish: { channel: 'other', data: 1 } })).toMatchObject({
      error: { code: 102 },
    });
    expect(await client.ask({ subscribe: { channel: 'chat:1' } })).toMatchObject({ subscribe: {} });
  });

  test('to more rooms than a connection may be in is error 106', async () => {
    const client = await connectCentrifuge(await startServer());
    const rooms = Array.from({ length: 129 }, (_, index) => ({ subscribe: { channel: `room${index}` } }));
    client.send(...rooms);
    expect(await client.reply(129)).toMatchObject({ subscribe: {} });
    expect(await client.reply(130)).toMatchObject({ error: { code: 106 } });
    await client.ask({ unsubscribe: { channel: 'room0' } });
    expect(await client.ask({ subscribe: { channel: 'room200' } })).toMatchObject({ subscribe: {} });
  });

  test('to a full room is error 106', async () => {
    const running = await startServer({ rooms: { a: { capacity: 1 } } });
    await (await connectCentrifuge(running)).subscribe('a');
    const client = await connectCentrifuge(running);
    expect(await client.ask({ subscribe: { channel: 'a' } })).toMatchObject({ error: { code: 106 } });
  });

  test.each([
    ['subscribe', { subscribe: { channel: 'é'.repeat(128) } }],
    ['unsubscribe', { unsubscribe: { channel: 'é'.repeat(128) } }],
    ['publish', { publish: { channel: 'é'.repeat(128), data: 1 } }],
    ['presence', { presence: { channel: 'é'.repeat(128) } }],
    ['presence_stats', { presence_stats: { channel: 'é'.repeat(128) } }],
    ['history', { history: { channel: 'é'.repeat(128) } }],
  ])('to a channel longer than 255 bytes is error 107: %s', async (_, command) => {
    const client = await connectCentrifuge(await startServer());
    expect(await client.ask(command)).toMatchObject({ error: { code: 107 } });
  });

  test.each([
    { type: 1 },
    { type: 1, phase: 2 },
    { cursor: 'c' },
    { limit: 10 },
    { asc: true },
    { tf: { op: 'eq' } },
  ])('to maps and filters is error 108: %j', async (fields) => {
    const client = await connectCentrifuge(await startServer());
    expect(await client.ask({ subscribe: { channel: 'a', ...fields } })).toMatchObject({
      error: { code: 108 },
    });
    expect(await client.ask({ subscribe: { channel: 'a' } })).toMatchObject({ subscribe: {} });
  });

  test('takes the flag of compaction and goes on without it', async () => {
    const client = await connectCentrifuge(await startServer());
    expect(await client.subscribe('a', { flag: 1 })).toEqual({});
  });
});

describe('unsubscribe', () => {
  test('of a room that the client is not in has an empty result', async () => {
    const client = await connectCentrifuge(await startServer());
    expect(await client.ask({ unsubscribe: { channel: 'a' } })).toEqual({ id: 2, unsubscribe: {} });
  });

  test('ends the publications of the room', async () => {
    const { server, ...running } = await startServer();
    const client = await connectCentrifuge(running);
    await client.subscribe('a');
    await client.ask({ unsubscribe: { channel: 'a' } });
    await server.publish('a', 1);
    expect(await client.settle()).toEqual([]);
    expect(await server.members('a')).toEqual([]);
  });

  test('waits for a subscribe in flight, and publishes of the room wait for both', async () => {
    const gate = createGate();
    const running = await startServer({ rooms: { a: { onJoin: () => gate.opened } } });
    const client = await connectCentrifuge(running);
    client.send(
      { subscribe: { channel: 'a' } },
      { unsubscribe: { channel: 'a' } },
      { subscribe: { channel: 'b' } },
      { subscribe: { channel: 'a' } },
    );
    expect(await client.next()).toEqual({ id: 4, subscribe: {} });
    gate.open();
    expect(await client.next()).toEqual({ id: 2, subscribe: {} });
    expect(await client.next()).toEqual({ id: 3, unsubscribe: {} });
    expect(await client.next()).toEqual({ id: 5, subscribe: {} });
  });

  test('comes from the server by a push: kick and the end of a room', async () => {
    const { server, ...running } = await startServer();
    const client = await connectCentrifuge(running);
    await client.subscribe('a');
    await client.subscribe('b');
    await server.kick('a', client.id, 'too loud');
    expect(await client.push('unsubscribe', 'a')).toEqual({ code: 2000, reason: 'too loud' });
    await server.closeRoom('b', 'done');
    expect(await client.push('unsubscribe', 'b')).toEqual({ code: 2000, reason: 'done' });
    expect(await client.ask({ subscribe: { channel: 'a' } })).toMatchObject({ subscribe: {} });
  });
});

describe('both protocols', () => {
  test('meet in the same rooms', async () => {
    const running = await startServer();
    const client = await connectCentrifuge(running);
    const line = await running.connect();
    await client.subscribe('room1');
    await line.join('room1');
    line.send('sendByRoom|{"roomNum":"room1","message":"from a line"}');
    expect(await client.push('pub', 'room1')).toMatchObject({ data: 'from a line' });
    expect(await line.take(2)).toEqual(['from a line', 'SendByRoom success!']);
    await client.publish('room1', 'from the SDK');
    expect(await line.next()).toBe('from the SDK');
    line.send('broadcast|{"message":"to all"}');
    expect(await client.push('message')).toEqual({ data: 'to all' });
  });
});
