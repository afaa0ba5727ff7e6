/** The test kit, as a user of the library has it. */

import * as z from 'zod';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, expectTypeOf, onTestFinished, test, vi } from 'vitest';
import {
  answer,
  change,
  createMemoryStore,
  drop,
  refuse,
  type Json,
  type MembershipStore,
  type ServerOptions,
} from '../index.ts';
import { CommandRefusedError, createTestServer, ExpectationError, expectRefusal } from '../testing.ts';

/** A server that is closed after the test, and fails a test whose handlers fail unnoticed. */
function start<MemberData, Rooms>(options: ServerOptions<{}, MemberData, Rooms> = {}) {
  const server = createTestServer(options, { date: Date.UTC(2030, 0), patienceMs: 50 });
  onTestFinished(() => server.close());
  return server;
}

describe('a client', () => {
  test('is who the test says, with data for handlers and info for others', async () => {
    const server = start({
      authenticate: () => refuse('the test does not ask'),
      rooms: {
        '*': {
          onMessage: ({ member }) => answer({ user: member.user ?? '', data: member.data as Json }),
        },
      },
    });
    const ann = await server.connect({ user: 'ann', info: { colour: 'red' }, data: { admin: true } });
    await ann.join('room1');
    expect(await ann.say('room1', 'who am I?')).toEqual({ user: 'ann', data: { admin: true } });
    expect(await ann.presence('room1')).toMatchObject([{ id: ann.id, user: 'ann', info: { colour: 'red' } }]);
    expect((await server.connect()).user).toBeUndefined();
  });

  test('connects by what it says, and authenticate is asked', async () => {
    const asked: unknown[] = [];
    const server = start({
      authenticate({ token, data, query, headers, address, protocol }) {
        asked.push({ token, data, query: query.toString(), headers, address, protocol });
        if (token === 'closed') return refuse('go away', 4500);
        return token === 'sesame' ? { user: 'ann', answer: 'welcome', rooms: ['lobby'] } : refuse('no token');
      },
    });
    const handshake = {
      token: 'sesame',
      data: 1,
      query: 'a=b',
      headers: { 'X-Key': 'k' },
      address: '10.0.0.1',
    };
    const ann = await server.connectWith(handshake);
    expect(asked).toEqual([{ ...handshake, headers: { 'x-key': 'k' }, protocol: 'centrifuge' }]);
    expect(ann).toMatchObject({ user: 'ann', answer: 'welcome' });
    await ann.expectJoined('lobby');
    await expectRefusal(server.connectWith(), /no token/);
    await expectRefusal(server.connectWith({ token: 'closed' }), 4500);
  });

  test('joins, leaves, asks and calls', async () => {
    const server = start({
      rooms: { '*': { history: { size: 5 }, joinLeave: true } },
      onCall: ({ method, data }) => (method === 'double' ? answer(Number(data) * 2) : undefined),
      onSend: ({ member, data, server: told }) => void told.send({ connection: member.id }, { echo: data }),
    });
    const ann = await server.connect({ user: 'ann' });
    const bob = await server.connect({ user: 'bob' });
    await ann.join('room1');
    await bob.join('room1');
    await ann.expectArrival('room1', 'bob');
    await bob.say('room1', 'one');
    await bob.leave('room1');
    await ann.expectDeparture('room1', 'bob');
    expect((await ann.history('room1')).publications).toMatchObject([{ data: 'one', from: { user: 'bob' } }]);
    expect(await ann.call('double', 21)).toBe(42);
    await expectRefusal(ann.call('triple'), 108);
    await expectRefusal(ann.callIn('room1', 'hello.sayHello', { name: 'x' }), 103);
    ann.send({ a: 1 });
    await ann.expectDirect({ echo: { a: 1 } });
    await bob.broadcast('all');
    expect(await ann.expectBroadcast('all')).toMatchObject({ from: { user: 'bob' } });
    await ann.refuteBroadcast();
    await ann.refuteDirect();
  });

  test('comes back and gets what it has missed', async () => {
    const server = start({ rooms: { '*': { history: { size: 5, recover: true } } } });
    const ann = await server.connect({ user: 'ann' });
    const { stream } = await ann.join('room1');
    await ann.drop();
    await server.server.publish('room1', 'missed');
    const again = await server.connect({ user: 'ann' });
    const since = { offset: stream?.offset ?? 0, epoch: stream?.epoch ?? '' };
    expect((await again.join('room1', { since })).stream).toMatchObject({ recovered: true });
    await again.expectMessage('room1', 'missed');
  });

  test('is told how its memberships and its connection end', async () => {
    const server = start();
    const ann = await server.connect({ user: 'ann' });
    await ann.join('room1');
    await server.server.kick('room1', ann.id, 'too loud');
    await ann.expectLeft('room1', 'too loud');
    await server.server.disconnect(ann.id, 'bye');
    expect(await ann.expectClosed(3503)).toEqual({ code: 3503, reason: 'bye' });
    await expectRefusal(ann.say('room1', 'hello?'), 3503);
  });

  test('leaves its rooms when it goes', async () => {
    const left: string[] = [];
    const server = start();
    server.server.on('member.left', ({ member, reason }) => void left.push(`${member.user}: ${reason}`));
    const ann = await server.connect({ user: 'ann' });
    const bob = await server.connect({ user: 'bob' });
    await ann.join('room1');
    await bob.join('room1');
    await ann.disconnect();
    await bob.drop();
    // A user whose connection breaks is expected back for a while.
    expect(left).toEqual(['ann: disconnected']);
    await server.clock.advance(3600);
    expect(left).toEqual(['ann: disconnected', 'bob: expired']);
  });
});

describe('an expectation', () => {
  test('finds a message by its value, by a function, or any; once', async () => {
    const server = start();
    const ann = await server.connect({ user: 'ann' });
    await ann.join('room1');
    for (const word of ['one', 'two', 'three']) await server.server.publish('room1', { word });
    await ann.expectMessage('room1', { word: 'two' });
    await ann.expectMessage('room1', (data, message) => message.offset === 3 && data !== null);
    expect(await ann.expectMessage('room1')).toMatchObject({ data: { word: 'one' }, offset: 1 });
    await ann.refuteMessage('room1');
    expect(ann.received).toHaveLength(3);
  });

  test('fails with what was received', async () => {
    const server = start();
    const ann = await server.connect({ user: 'ann' });
    await ann.join('room1');
    await ann.say('room1', 'hello');
    const failure = await ann.expectMessage('room1', 'hi').catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ExpectationError);
    expect(failure).toMatchObject({
      name: 'AssertionError',
      code: 'ERR_ASSERTION',
      expected: 'hi',
      actual: ['hello'],
      message: [
        "ann expected a message in room1 equal to 'hi', and got none.",
        'It has received:',
        "  a message in room1 from ann: 'hello'",
      ].join('\n'),
    });
    await expect(ann.refuteMessage('room1')).rejects.toThrow('expected not to get a message in room1');
    await expect(ann.expectClosed(3000)).rejects.toThrow('ann expected a close with 3000, and got none.');
    await expect(expectRefusal(ann.say('room1', 'x'))).rejects.toThrow('expected a refusal, but it was done');
  });

  test('that nothing comes waits for handlers, however long they take', async () => {
    let isDone = false;
    const server = start({
      rooms: {
        '*': {
          async onMessage() {
            await sleep(20);
            isDone = true;
            return drop();
          },
        },
      },
    });
    const ann = await server.connect();
    await ann.join('room1');
    void ann.say('room1', 'dropped');
    await ann.refuteMessage('room1');
    expect(isDone).toBe(true);
  });

  test('that nothing comes cannot be told while a handler hangs', async () => {
    const server = start({ rooms: { '*': { onMessage: () => new Promise<never>(() => {}) } } });
    const ann = await server.connect();
    await ann.join('room1');
    const said = ann.say('room1', 'hm');
    await expect(ann.refuteMessage('room1')).rejects.toThrow(/still under way is .*onMessage of room1/);
    await server.clock.advance(5);
    await expectRefusal(said, 'internal');
    await ann.refuteMessage('room1');
  });

  test('waits for what a listener does outside of the server', async () => {
    const server = start();
    server.server.on('member.joined', ({ room }) => {
      setTimeout(() => void server.server.publish(room, 'welcome'), 10);
    });
    const ann = await server.connect();
    await ann.join('room1');
    expect(await ann.expectMessage('room1', 'welcome')).not.toHaveProperty('from');
  });
});

describe('the clock', () => {
  test('drives deadlines of handlers, and the error of the handler is the cause of the refusal', async () => {
    const server = start({
      rooms: {
        'late*': { onJoin: () => new Promise<never>(() => {}) },
        'broken*': {
          onJoin() {
            throw new TypeError('a mistake');
          },
        },
      },
    });
    const ann = await server.connect();
    const joining = ann.join('late1');
    await server.clock.advance(5);
    expect((await expectRefusal(joining, 'internal')).cause).toMatchObject({
      message: 'onJoin has outlived its deadline',
    });
    const refused = await expectRefusal(ann.join('broken1'), 100);
    expect(refused).toBeInstanceOf(CommandRefusedError);
    expect(refused.cause).toBeInstanceOf(TypeError);
  });

  test('drives rates, and the end of history and of identities', async () => {
    const server = start({
      rooms: { '*': { messagesPerSecond: 1, history: { size: 5, ttlSeconds: 60 } } },
    });
    const expiresAt = server.clock.now() + 300_000;
    const ann = await server.connect({ user: 'ann', expiresAt });
    await ann.join('room1');
    await ann.say('room1', 'one');
    await expectRefusal(ann.say('room1', 'two'), 'tooManyRequests');
    await server.clock.advance(1);
    await ann.say('room1', 'three');
    expect((await ann.history('room1')).publications).toHaveLength(2);
    await server.clock.advance(61);
    expect((await ann.history('room1')).publications).toHaveLength(0);
    await server.clock.advance(300);
    await ann.expectClosed(3005);
    expect(server.clock.now()).toBe(Date.UTC(2030, 0) + 362_000);
  });

  test('drives the end of rooms without members', async () => {
    const server = start({ lingerSeconds: 30 });
    const closed: string[] = [];
    server.server.on('room.closed', ({ room }) => void closed.push(room));
    const ann = await server.connect();
    await ann.join('room1');
    await ann.leave('room1');
    await server.clock.advance(29);
    expect(closed).toEqual([]);
    await server.clock.advance(2);
    expect(closed).toEqual(['room1']);
  });

  test('moves by itself as far as a strict store needs, and when the server closes', async () => {
    const memory = createMemoryStore();
    const store: MembershipStore = {
      rooms: () => memory.rooms(),
      load: (room) => memory.load(room),
      close: () => memory.close(),
      async write(room, changes) {
        await sleep(5);
        return memory.write(room, changes);
      },
    };
    const server = createTestServer({ store, membership: { durability: 'strict' } });
    const ann = await server.connect({ user: 'ann' });
    await ann.join('room1');
    await server.close();
    await ann.expectClosed(3001);
    await expect(server.connect()).rejects.toThrow('the server was closed');
  });
});

describe('the server', () => {
  test('is closed with an error if handlers have failed unnoticed', async () => {
    const server = createTestServer({
      rooms: {
        '*': {
          onLeave() {
            throw new Error('a mistake');
          },
        },
      },
    });
    const ann = await server.connect();
    await ann.join('room1');
    await ann.leave('room1');
    await expect(server.close()).rejects.toThrow(/onLeave of room "room1": Error: a mistake/);
  });

  test('tells such errors to onError instead, if there is one', async () => {
    const errors: string[] = [];
    const server = createTestServer({
      onError: (_, where) => errors.push(where),
      rooms: { '*': { onLeave: () => Promise.reject(new Error('a mistake')) } },
    });
    const ann = await server.connect();
    await ann.join('room1');
    await ann.disconnect();
    await server.close();
    expect(errors).toEqual(['onLeave of room "room1"']);
  });

  test('works while a test has replaced the timers of JavaScript', async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const server = start({ rooms: { '*': { onMessage: async ({ data }) => change([data]) } } });
    const ann = await server.connect();
    await ann.join('room1');
    await ann.say('room1', 'hi');
    expect(await ann.expectMessage('room1')).toMatchObject({ data: ['hi'] });
    await ann.refuteMessage('room1');
    await server.clock.advance(60);
  });

  test('answers HTTP requests', async () => {
    const server = start({ routes: { 'GET /hello/:name': ({ params }) => `hello ${params['name']}` } });
    expect(await server.request({ path: '/hello/ann' })).toMatchObject({ status: 200, body: 'hello ann' });
  });

  test('refuses options as createServer does', () => {
    // @ts-expect-error: a handler is a function.
    expect(() => createTestServer({ rooms: { a: { onJoin: 'yes' } } })).toThrow('rooms.a.onJoin');
  });

  test('refuses a client what its rules refuse, beyond loopback too', async () => {
    const server = start({
      host: '0.0.0.0',
      http: { open: true },
      rooms: { 'open*': { may: { join: 'users' } } },
    });
    const ann = await server.connect({ user: 'ann' });
    await ann.join('open1');
    expect(await expectRefusal(ann.say('open1', 'hi'), 'permissionDenied')).toMatchObject({ code: 103 });
    await expectRefusal((await server.connect()).join('open1'), 'permissionDenied');
  });
});

describe('types', () => {
  test('find mistakes in messages and data', async () => {
    const server = start({
      authenticate: () => ({ data: { admin: true } }),
      rooms: { 'chat:*': { message: z.object({ text: z.string() }) } },
    });
    // @ts-expect-error: the data of members is an object with admin.
    const ann = await server.connect({ user: 'ann', data: 'admin' });
    await ann.join('chat:1');
    // @ts-expect-error: there is no such field.
    await expectRefusal(ann.say('chat:1', { txt: 'hi' }), /message\.text/);
    await ann.say('chat:1', { text: 'hi' });
    const { data } = await ann.expectMessage('chat:1', ({ text }) => text === 'hi');
    expectTypeOf(data).toEqualTypeOf<{ text: string }>();
    // @ts-expect-error: a text is expected.
    await ann.refuteMessage('chat:1', { text: 5 });
  });

  test('know messages of rooms without a schema as JSON', async () => {
    const server = start({ rooms: { '*': { onMessage: ({ data }) => change([data]) } } });
    const ann = await server.connect();
    await ann.join('room1');
    await ann.say('room1', 1);
    const { data } = await ann.expectMessage('room1', [1]);
    expectTypeOf(data).toEqualTypeOf<Json>();
    expect(() => ann.say('room1', undefined as never)).toThrow('a message is sent as JSON');
  });
});
