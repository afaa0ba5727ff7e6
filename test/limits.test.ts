/** Limits for clients: a command above a limit is refused, or its client is closed. Other clients are not affected. */

import { connect as connectTcp } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { refuse } from '../src/index.ts';
import { keepEvents, nextEvent } from './support/event-watch.ts';
import { createGate } from './support/gate.ts';
import { sendByRoom } from './support/line-client.ts';
import { startServer } from './support/start-server.ts';
import { TRANSPORTS } from './support/transports.ts';

const KIB = 1024;
const SENT = 'SendByRoom success!';

describe('the rooms of a connection', () => {
  test('are limited; after leaving one room the client can join another', async () => {
    const { connect } = await startServer({ limits: { roomsPerConnection: 2 } });
    const client = await connect();
    await client.join('room1');
    await client.join('room2');
    expect(await client.ask('subscribe|room3')).toBe('Error: this connection is in 2 rooms already');
    expect(await client.ask('subscribe|room1')).toBe('Subscribe roomNum:room1 success!');
    expect(await client.ask('unsubscribe|room1')).toBe('Unsubscribe roomNum:room1 success!');
    await client.join('room3');
    await (await connect()).join('room1');
  });

  test('are 128 by default', async () => {
    const { connect } = await startServer();
    const client = await connect();
    for (let room = 1; room <= 128; room += 1) client.send(`subscribe|${room}`);
    for (const frame of await client.take(128)) expect(frame).toMatch(/^Subscribe /);
    expect(await client.ask('subscribe|129')).toBe('Error: this connection is in 128 rooms already');
  });
});

describe('the capacity of a room', () => {
  test('is set by a pattern or for all rooms, and a member that leaves frees its seat', async () => {
    const { server, connect } = await startServer({
      limits: { roomCapacity: 2 },
      rooms: { room1: { capacity: 1 } },
    });
    const clients = [await connect(), await connect(), await connect()] as const;
    await clients[0].join('room1');
    expect(await clients[1].ask('subscribe|room1')).toBe('Error: room1 is full');
    expect(await clients[1].ask(sendByRoom('room1', 'from outside'))).toBe(SENT);
    expect(await clients[0].settle()).toEqual(['from outside']);
    await clients[0].join('room2');
    await clients[1].join('room2');
    expect(await clients[2].ask('subscribe|room2')).toBe('Error: room2 is full');
    expect(await server.members('room2')).toHaveLength(2);

    const left = nextEvent(server, 'member.left', ({ room }) => room === 'room1');
    clients[0].close();
    await left;
    await clients[1].join('room1');
  });

  test('counts joins that are not decided yet, and not those that were refused', async () => {
    const gate = createGate();
    const { server, connect } = await startServer({
      rooms: { room1: { capacity: 1, onJoin: () => gate.opened.then(() => refuse('not you')) } },
    });
    const [first, second] = [await connect(), await connect()];
    const asked = nextEvent(server, 'room.opened');
    first.send('subscribe|room1');
    await asked;
    expect(await second.ask('subscribe|room1')).toBe('Error: room1 is full');
    gate.open();
    expect(await first.next()).toBe('Error: not you');
    expect(await second.ask('subscribe|room1')).toBe('Error: not you');
  });
});

describe('the messages of a room', () => {
  test('above its rate are refused, for all connections together, but not those of the server', async () => {
    const { server, connect, request } = await startServer({
      rooms: { 'slow*': { messagesPerSecond: 0.001 } },
    });
    const [one, two] = [await connect(), await connect()];
    await one.join('slow1');
    one.send(sendByRoom('slow1', 'first'));
    expect(await one.settle()).toEqual(['first', SENT]);
    const refusal = 'Error: slow1 takes 0.001 messages a second';
    expect(await two.ask(sendByRoom('slow1', 'second'))).toBe(refusal);
    expect(await one.ask(sendByRoom('slow1', 'third'))).toBe(refusal);
    await server.publish('slow1', 'by the library');
    expect((await request('/Index/pushByRoom?roomNum=slow1&message=by+HTTP')).status).toBe(200);
    expect(await one.settle()).toEqual(['by the library', 'by HTTP']);
    expect(await two.ask(sendByRoom('slow2', 'elsewhere'))).toBe(SENT);
  });

  test('are accepted again after some time', async () => {
    const { connect } = await startServer({ rooms: { room1: { messagesPerSecond: 20 } } });
    const client = await connect();
    client.send(...Array.from({ length: 50 }, () => sendByRoom('room1', 'again')));
    expect(new Set(await client.settle())).toEqual(
      new Set([SENT, 'Error: room1 takes 20 messages a second']),
    );
    while ((await client.ask(sendByRoom('room1', 'again'))) !== SENT);
    expect(client.isOpen).toBe(true);
  });
});

describe('the rooms of the server', () => {
  test('are limited; after an empty room is closed, another one can be opened', async () => {
    const { server, connect } = await startServer({
      limits: { rooms: 1 },
      lingerSeconds: 0,
      rooms: { judged: { messagesPerSecond: 5 } },
    });
    const client = await connect();
    await client.join('room1');
    const refusal = 'the server has 1 rooms open already';
    expect(await client.ask('subscribe|room2')).toBe(`Error: ${refusal}`);
    // Nobody would hear it, and nothing judges it: it needs no room.
    expect(await client.ask(sendByRoom('room2', 'hi'))).toBe('SendByRoom success!');
    expect(await client.ask(sendByRoom('judged', 'hi'))).toBe(`Error: ${refusal}`);
    await expect(server.publish('judged', 'hi')).rejects.toMatchObject({
      code: 'limitExceeded',
      message: refusal,
    });
    expect(await server.members('room2')).toEqual([]);
    const closed = nextEvent(server, 'room.closed');
    client.send('unsubscribe|room1');
    await closed;
    expect(await client.settle()).toEqual(['Unsubscribe roomNum:room1 success!']);
    await client.join('room2');
  });
});

describe('a message to a room that nobody is in', () => {
  test('opens no room, and has its place in the stream', async () => {
    const { server, connect } = await startServer({
      rooms: { kept: { history: { size: 5, ttlSeconds: 60 } } },
    });
    const client = await connect();
    const told = keepEvents(server, 'message.published');
    for (const room of ['kept', 'other']) await client.ask(sendByRoom(room, 'hi'));
    expect((await server.publish('kept', 'ho')).offset).toBe(2);
    expect(server.rooms()).toEqual([]);
    expect(told).toMatchObject([{ room: 'kept', offset: 1 }, { room: 'other', offset: 1 }, { offset: 2 }]);
    expect((await server.history('kept', { limit: 9 })).publications).toMatchObject([
      { data: 'hi' },
      { data: 'ho' },
    ]);
  });

  test('that is refused opens none either', async () => {
    const { server, connect } = await startServer({
      rooms: { closed: { may: { publish: 'members' }, messagesPerSecond: 5, rpc: [] }, muted: {} },
    });
    await server.mute('muted');
    const client = await connect();
    for (const room of ['closed', 'muted'])
      expect(await client.ask(sendByRoom(room, 'hi'))).toMatch(/^Error: /);
    expect(await client.ask('rpc|{"roomNum":"closed","method":"a.b"}')).toContain('"code":103');
    expect(server.rooms()).toEqual([]);
  });
});

describe('the rates of a connection', () => {
  test('refuse what is too fast on both protocols, and close a client that goes on', async () => {
    const { server, connect } = await startServer({ limits: { messagesPerSecond: 1 } });
    const [client, other] = [await connect(), await connect()];
    const answers: string[] = [];
    for (let count = 0; count < 6; count += 1) answers.push(await client.ask(sendByRoom('room1', 'hi')));
    expect(answers).toEqual([
      ...Array.from({ length: 5 }, () => SENT),
      'Error: this connection may have 1 messages and calls a second',
    ]);
    expect(await client.ask('rpc|{"roomNum":"room1","method":"a.b"}')).toContain('"code":111');
    expect(await other.ask(sendByRoom('room1', 'hi'))).toBe(SENT);
    const noted = nextEvent(server, 'problem.noted', ({ kind }) => kind === 'closed');
    for (let count = 0; count < 20; count += 1) client.send(sendByRoom('room1', 'hi'));
    expect(await client.closed).toEqual({ code: 3013, reason: 'too many requests' });
    expect(await noted).toMatchObject({ limit: { name: 'limits.messagesPerSecond', value: 1 } });
  });

  test('count bytes, of whatever kind', async () => {
    const { server, connect } = await startServer({ limits: { bytesPerSecond: 100, messageBytes: KIB } });
    const [client, pinger] = [await connect(), await connect()];
    const message = sendByRoom('room1', 'x'.repeat(KIB - 100));
    expect(await client.ask(message)).toBe(SENT);
    expect(await client.ask(message)).toBe(SENT);
    const refusal = 'Error: this connection may have 100 bytes a second';
    expect(await client.ask(message)).toBe(refusal);
    expect(await client.ask('subscribe|room1')).toBe(refusal);
    expect(await client.ask('ping')).toBe('pong');
    const noted = nextEvent(server, 'problem.noted', ({ kind }) => kind === 'closed');
    for (let count = 0; count < 1_000; count += 1) pinger.send('ping');
    expect(await pinger.closed).toMatchObject({ code: 3013 });
    expect(await noted).toMatchObject({ limit: { name: 'limits.bytesPerSecond', value: 100 } });
    expect(await client.ask('ping')).toBe('pong');
  });
});

describe('a client that reads too slowly', () => {
  test('is closed with 3008, while the other members receive everything', async () => {
    const { server, connect } = await startServer({ limits: { sendQueueBytes: 64 * KIB } });
    const [slow, fast] = [await connect(), await connect()];
    await slow.join('room1');
    await fast.join('room1');
    slow.pause();
    let isClosed = false;
    const closed = nextEvent(server, 'connection.closed').then((event) => {
      isClosed = true;
      return event;
    });
    const message = 'x'.repeat(32 * KIB);
    let published = 0;
    while (!isClosed) {
      await server.publish('room1', `${published}${message}`);
      published += 1;
      expect(await fast.next()).toHaveLength(message.length + String(published - 1).length);
    }
    expect(await closed).toMatchObject({ code: 3008, reason: 'slow' });
    expect(await server.members('room1')).toHaveLength(1);
    await server.publish('room1', 'after');
    expect(await fast.next()).toBe('after');
    slow.resume();
    expect(await slow.closed).toEqual({ code: 3008, reason: 'slow' });
    // It has received the messages from the first one, without a gap.
    const received = slow.frames.slice(1).map((frame) => frame.slice(0, -message.length));
    expect(received).toEqual(Array.from(received, (_, index) => String(index)));
    expect(received.length).toBeLessThan(published);
  });

  test('is also closed if it does not read the answers to its own commands', async () => {
    const { server, connect } = await startServer({ limits: { sendQueueBytes: KIB } });
    const [slow, other] = [await connect(), await connect()];
    const closed = nextEvent(server, 'connection.closed');
    let isClosed = false;
    void closed.then(() => (isClosed = true));
    slow.pause();
    const frame = `subscribe|${'r'.repeat(255)}`;
    while (!isClosed) {
      slow.send(...Array.from({ length: 100 }, () => frame));
      await nextTurn();
    }
    expect(await closed).toMatchObject({ code: 3008 });
    expect(await other.ask('ping')).toBe('pong');
  });

  test('does not delay the end of the server', async () => {
    const { server, connect } = await startServer({ limits: { sendQueueBytes: 64 * KIB } });
    const [slow, other] = [await connect(), await connect()];
    await slow.join('room1');
    slow.pause();
    const closed = nextEvent(server, 'connection.closed');
    const message = 'x'.repeat(64 * KIB);
    let isClosed = false;
    void closed.then(() => (isClosed = true));
    while (!isClosed) {
      await server.publish('room1', message);
      await nextTurn();
    }
    await server.close();
    expect(await other.closed).toEqual({ code: 3001, reason: 'shutdown' });
  });
});

describe.each(TRANSPORTS)('what waits for all clients, on %s', (transport) => {
  test('is bounded: who has most waiting is closed with 3008', async () => {
    const { server, url, connect } = await startServer({
      transport,
      limits: { sendMemoryBytes: 1024 * KIB, sendQueueBytes: 256 * 1024 * KIB },
    });
    const noted = keepEvents(server, 'problem.noted');
    const closed = keepEvents(server, 'connection.closed');
    const [slow, fast] = [await connect(), await connect()];
    const hello = JSON.stringify({ id: 1, connect: {} });
    const join = JSON.stringify({ id: 2, subscribe: { channel: 'room1' } });
    const stream = await fetch(new URL('/connection/http_stream', url), {
      method: 'POST',
      body: `${hello}\n${join}`,
    });
    for (const client of [slow, fast]) await client.join('room1');
    slow.pause();
    const message = 'x'.repeat(32 * KIB);
    // Neither the paused socket nor the body of the stream is read.
    while (closed.length < 2) {
      await server.publish('room1', message);
      expect(await fast.next()).toBe(message);
    }
    expect(closed).toMatchObject([
      { code: 3008, reason: 'slow' },
      { code: 3008, reason: 'slow' },
    ]);
    expect(noted).toMatchObject([
      { kind: 'closed', code: 3008, limit: { name: 'limits.sendMemoryBytes', value: 1024 * KIB } },
      { kind: 'closed', code: 3008, limit: { name: 'limits.sendMemoryBytes', value: 1024 * KIB } },
    ]);
    slow.resume();
    expect(await slow.closed).toMatchObject({ code: 1006 });
    await expect(stream.text()).rejects.toThrow('terminated');
    expect(await fast.ask(sendByRoom('room1', 'hi'))).toBe('hi');
  });
});

describe('a client that sends too much', () => {
  test('is closed with 3013 when too many commands wait, and other clients are not', async () => {
    const gate = createGate();
    const { server, connect } = await startServer({
      limits: { receiveQueueBytes: 4 * KIB },
      rooms: { room1: { onMessage: () => gate.opened } },
    });
    const [flooder, other] = [await connect(), await connect()];
    await other.join('room2');
    const closed = nextEvent(server, 'connection.closed');
    const message = 'x'.repeat(KIB);
    for (let count = 0; count < 10; count += 1) flooder.send(sendByRoom('room1', message));
    expect(await flooder.closed).toEqual({ code: 3013, reason: 'too many requests' });
    expect(await closed).toMatchObject({ code: 3013 });
    expect(flooder.frames).toEqual([]);
    expect(await other.ask(sendByRoom('room2', 'hi'))).toBe('hi');
    gate.open();
    expect(await other.settle()).toEqual([SENT]);
  });

  test('is also closed for too many very short frames', async () => {
    const gate = createGate();
    const { connect } = await startServer({
      limits: { receiveQueueBytes: 4 * KIB },
      rooms: { room1: { onJoin: () => gate.opened } },
    });
    const flooder = await connect();
    flooder.send('subscribe|room1');
    for (let count = 0; count < 100; count += 1) flooder.send('');
    expect(await flooder.closed).toMatchObject({ code: 3013 });
    gate.open();
  });

  test('is not closed while its commands are below the limit, and all are answered', async () => {
    const gate = createGate();
    const { connect } = await startServer({
      limits: { receiveQueueBytes: 4 * KIB },
      rooms: { room1: { onMessage: () => gate.opened } },
    });
    const client = await connect();
    client.send(sendByRoom('room1', 'held up'), 'ping', 'ping', sendByRoom('room2', 'x'.repeat(2 * KIB)));
    gate.open();
    expect(await client.settle()).toEqual([SENT, 'pong', 'pong', SENT]);
    // Answered commands do not count any more.
    for (let count = 0; count < 10; count += 1) {
      expect(await client.ask(sendByRoom('room2', 'x'.repeat(3 * KIB)))).toBe(SENT);
    }
  });

  test('is closed for a frame that is far too long, and other clients are not', async () => {
    const { server, connect } = await startServer();
    const [huge, other] = [await connect(), await connect()];
    await huge.join('room1');
    await other.join('room1');
    const left = nextEvent(server, 'member.left');
    huge.send('x'.repeat(2 ** 21));
    expect((await huge.closed).code).not.toBe(1000);
    await left;
    expect(await other.ask(sendByRoom('room1', 'hi'))).toBe('hi');
    expect(await server.members('room1')).toHaveLength(1);
  });

  test('is not closed for a long command if only the limit for messages is low', async () => {
    const { connect } = await startServer({ limits: { messageBytes: 1 } });
    const client = await connect();
    const room = 'r'.repeat(255);
    await client.join(room);
    client.send(sendByRoom(room, 'x'), sendByRoom(room, 'xy'), `unsubscribe|${room}`);
    const refusal = 'Error: the message is longer than 1 bytes';
    expect(await client.settle()).toEqual(['x', SENT, refusal, `Unsubscribe roomNum:${room} success!`]);
  });
});

test('calls of the server API are refused with 503 while too many are under way', async () => {
  const { server, port, request } = await startServer({ limits: { apiCalls: 1 } });
  const noted = nextEvent(server, 'problem.noted');
  const call = { method: 'POST', body: '{}' };
  expect((await request('/api/info', call)).status).toBe(200);
  const slow = connectTcp(port, '127.0.0.1');
  onTestFinished(() => void slow.destroy());
  slow.write('POST /api/info HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: 2\r\n\r\n');
  // The other call is under way when it has come.
  while ((await request('/api/info', call)).status !== 503);
  expect(await noted).toMatchObject({ event: '/api/info', limit: { name: 'limits.apiCalls', value: 1 } });
  slow.write('{}');
  while ((await request('/api/info', call)).status !== 200);
});
