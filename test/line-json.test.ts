/** The line protocol with `?format=json`, on real sockets. */

import { describe, expect, test } from 'vitest';
import { answer } from '../src/index.ts';
import { startServer } from './support/start-server.ts';

const JSON_FRAMES = { path: '/?format=json' };

describe('with format=json', () => {
  test('messages arrive with their room, sender, offset and time, and answers stay as they are', async () => {
    const { connect, server } = await startServer({ line: { userParameter: true } });
    const ann = await connect({ path: '/?user=ann&format=json' });
    await ann.join('room1');
    const before = Date.now();
    ann.send('sendByRoom|{"roomNum":"room1","message":{"text":"hi"}}');
    const [copy, reply] = await ann.take(2);
    expect(reply).toBe('SendByRoom success!');
    const [member] = await server.members('room1');
    const message = JSON.parse(copy!) as { time: number };
    expect(message).toEqual({
      room: 'room1',
      from: { id: member!.id, user: 'ann' },
      data: { text: 'hi' },
      offset: 1,
      time: expect.any(Number) as number,
    });
    expect(message.time).toBeGreaterThanOrEqual(before - 1_000);
    expect(await ann.ask('ping')).toBe('pong');
  });

  test('a message of the server has no sender, and a broadcast has no room', async () => {
    const { connect, server } = await startServer();
    const client = await connect(JSON_FRAMES);
    await client.join('room1');
    await server.publish('room1', [1, null]);
    expect(JSON.parse(await client.next())).toEqual({
      room: 'room1',
      data: [1, null],
      offset: 1,
      time: expect.any(Number) as number,
    });
    await server.broadcast('to all');
    expect(JSON.parse(await client.next())).toEqual({ data: 'to all' });
  });

  test('clients meet those without it in the same rooms', async () => {
    const { connect } = await startServer();
    const [plain, json] = [await connect(), await connect(JSON_FRAMES)];
    await plain.join('room1');
    await json.join('room1');
    expect(await json.ask('sendByRoom|{"roomNum":"room1","message":["hi",5]}')).toMatch(/^\{"room":"room1",/);
    expect(await plain.next()).toBe('["hi",5]');
    await plain.ask('sendByRoom|{"roomNum":"room1","message":5}');
    const frames = await json.settle();
    expect(frames[0]).toBe('SendByRoom success!');
    expect(JSON.parse(frames[1]!)).toMatchObject({ data: '5', offset: 2 });
    expect(await plain.settle()).toEqual(['SendByRoom success!']);
  });

  test('an answer of a handler is marked as one', async () => {
    const { connect } = await startServer({
      rooms: { room1: { onMessage: () => answer({ no: 'thanks' }) } },
    });
    const client = await connect(JSON_FRAMES);
    await client.join('room1');
    client.send('sendByRoom|{"roomNum":"room1","message":1}');
    expect(await client.take(2)).toEqual(['{"data":{"no":"thanks"},"answer":true}', 'SendByRoom success!']);
  });

  test('a number that would lose digits is refused', async () => {
    const { connect } = await startServer();
    const client = await connect(JSON_FRAMES);
    expect(await client.ask('broadcast|{"message":9007199254740993}')).toBe(
      'Error: message has a number that would lose digits: send it as a string',
    );
  });
});

test.each(['/?format=xml', '/?format=', '/?user=ann&format=JSON'])(
  'another format is refused: %s',
  async (path) => {
    const { connect, server } = await startServer();
    await expect(connect({ path })).rejects.toMatchObject({
      status: 400,
      body: expect.stringContaining('format is json or is left out'),
    });
    expect(server.health().connections).toBe(0);
  },
);
