/** The library: handlers, events, and the methods of a server, with real clients. */

import { spawn } from 'node:child_process';
import { networkInterfaces } from 'node:os';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import {
  answer,
  change,
  ConfigError,
  createServer,
  drop,
  ListenError,
  RefusedError,
  refuse,
  type Json,
  type MessageVerdict,
  type RoomDefinition,
  type ServerOptions,
  type StatecastServer,
} from '../src/index.ts';
import { keepEvents, nextEvent } from './support/event-watch.ts';
import { createGate } from './support/gate.ts';
import { connectLineClient, sendByRoom } from './support/line-client.ts';
import { startServer } from './support/start-server.ts';

const SENT = 'SendByRoom success!';
const REJECTING_LISTENER = fileURLToPath(new URL('support/rejecting-listener-child.ts', import.meta.url));
const HAS_IPV6 = Object.values(networkInterfaces()).some((list) =>
  list?.some(({ address }) => address === '::1'),
);
/** A short deadline, for a handler that never answers. */
const SOON: ServerOptions = { limits: { handlerSeconds: 0.05 } };

describe('onJoin', () => {
  test('gets the member, the room and the server', async () => {
    const asked: unknown[] = [];
    const { server, connect } = await startServer({
      line: { userParameter: true },
      rooms: {
        room1: {
          onJoin: ({ room, member, resumed, signal, server: caller }) => {
            asked.push({
              room,
              user: member.user,
              resumed,
              aborted: signal.aborted,
              same: caller === server,
            });
          },
        },
      },
    });
    await (await connect({ path: '/?user=ann' })).join('room1');
    expect(asked).toEqual([{ room: 'room1', user: 'ann', resumed: false, aborted: false, same: true }]);
  });

  test('refuses a client with a reason', async () => {
    const { server, connect } = await startServer({
      rooms: { room1: { onJoin: () => refuse('members only') } },
    });
    const refused = nextEvent(server, 'member.refused');
    const client = await connect();
    expect(await client.ask('subscribe|room1')).toBe('Error: members only');
    expect(await refused).toMatchObject({
      room: 'room1',
      refusal: { error: 'permissionDenied', message: 'members only' },
    });
    await server.publish('room1', 'for members');
    expect(await client.settle()).toEqual([]);
    expect(await server.members('room1')).toEqual([]);
  });

  test.each([
    ['throws', () => fail('the password is swordfish')],
    ['rejects', () => Promise.reject(new Error('the password is swordfish'))],
    ['never answers', () => new Promise<void>(() => undefined)],
  ])('that %s refuses the join without details, and is reported', async (_, onJoin) => {
    const { server, connect } = await startServer({ ...SOON, rooms: { room1: { onJoin } } });
    const failed = nextEvent(server, 'handler.failed');
    const client = await connect();
    expect(await client.ask('subscribe|room1')).toBe(
      'Error: the join could not be decided on, try again later',
    );
    expect(await failed).toMatchObject({ room: 'room1', handler: 'onJoin', error: expect.any(Error) });
    await client.join('room2');
    expect(await server.members('room1')).toEqual([]);
  });

  test.each<[unknown, string]>([
    [false, 'false'],
    ['not you', 'a string'],
    [{ refuse: 'not you' }, 'an object that is none of these'],
    [{ refused: 1 }, 'an object that is none of these'],
  ])('that returns %o refuses the join, and is told what to return', async (returned, kind) => {
    const { server, connect } = await startServer({ rooms: { room1: { onJoin: () => returned as never } } });
    const failed = nextEvent(server, 'handler.failed');
    const client = await connect();
    expect(await client.ask('subscribe|room1')).toBe(
      'Error: the join could not be decided on, try again later',
    );
    const words = 'return refuse(reason) with a text, or nothing to let the member in';
    expect((await failed).error).toEqual(new TypeError(`onJoin returned ${kind}: ${words}`));
  });

  test('gets a signal when the client disconnects, and then its result is ignored', async () => {
    const gate = createGate();
    const asked = createGate<AbortSignal>();
    const { server, connect } = await startServer({
      rooms: { room1: { onJoin: ({ signal }) => (asked.open(signal), gate.opened) } },
    });
    const joined = keepEvents(server, 'member.joined');
    const client = await connect();
    client.send('subscribe|room1');
    const signal = await asked.opened;
    const aborted = new Promise((resolve) => signal.addEventListener('abort', resolve));
    client.terminate();
    await aborted;
    gate.open();
    expect(await server.members('room1')).toEqual([]);
    expect(joined).toEqual([]);
  });
});

describe('onMessage', () => {
  async function startModerated(onMessage: NonNullable<RoomDefinition['onMessage']>) {
    const running = await startServer({ ...SOON, rooms: { room1: { onMessage } } });
    const [speaker, listener] = [await running.connect(), await running.connect()];
    await speaker.join('room1');
    await listener.join('room1');
    return { ...running, speaker, listener };
  }

  const verdicts: [string, MessageVerdict | undefined, string[], string[]][] = [
    ['nothing', undefined, ['hi', SENT], ['hi']],
    ['a change', change('HI'), ['HI', SENT], ['HI']],
    ['a change to a value', change({ text: 'hi' }), ['{"text":"hi"}', SENT], ['{"text":"hi"}']],
    ['a drop', drop(), [SENT], []],
    ['a drop with a reason', drop('mind your words'), ['Error: mind your words'], []],
    ['an answer', answer('only for you'), ['only for you', SENT], []],
    ['a change to half a surrogate pair', change('a\ud800'), ['a\ufffd', SENT], ['a\ufffd']],
    ['an answer of half a surrogate pair', answer('a\ud800'), ['a\ufffd', SENT], []],
    ['a drop with half a surrogate pair', drop('a\ud800'), ['Error: a\ufffd'], []],
  ];
  test.each(verdicts)('may return %s, at once or later', async (_, verdict, sender, others) => {
    for (const onMessage of [() => verdict, async () => verdict]) {
      const { speaker, listener } = await startModerated(onMessage);
      speaker.send(sendByRoom('room1', 'hi'));
      expect(await speaker.settle()).toEqual(sender);
      expect(await listener.settle()).toEqual(others);
    }
  });

  test.each([
    ['throws', () => fail('the password is swordfish')],
    ['rejects', () => Promise.reject(new Error('the password is swordfish'))],
    ['never answers', () => new Promise<void>(() => undefined)],
  ])('that %s refuses only that message without details, and is reported', async (_, broken) => {
    const { server, speaker, listener } = await startModerated(({ data }) =>
      data === 'bad' ? broken() : undefined,
    );
    const failed = nextEvent(server, 'handler.failed');
    speaker.send(sendByRoom('room1', 'bad'), sendByRoom('room1', 'good'));
    const refusal = 'Error: the message could not be handled, try again later';
    expect(await speaker.settle()).toEqual([refusal, 'good', SENT]);
    expect(await listener.settle()).toEqual(['good']);
    expect(await failed).toMatchObject({ room: 'room1', handler: 'onMessage', error: expect.any(Error) });
  });

  const WORDS = 'return change(data), drop(reason) or answer(data), or nothing to let the message pass';
  test.each<[unknown, string]>([
    ['HI', `onMessage returned a string: ${WORDS}`],
    [true, `onMessage returned true: ${WORDS}`],
    [1, `onMessage returned a number: ${WORDS}`],
    [['HI'], `onMessage returned an array: ${WORDS}`],
    [{ type: 'chnage', data: 'HI' }, `onMessage returned an object that is none of these: ${WORDS}`],
    [{ type: 'drop', reason: 1 }, `onMessage returned an object that is none of these: ${WORDS}`],
    [change(undefined as never), 'onMessage returned change(data), and data is no JSON value, but undefined'],
    [answer(Number.NaN), 'onMessage returned answer(data), and data is no JSON value, but NaN'],
  ])('that returns %o is told what to return, and the message is refused', async (returned, told) => {
    const { server, speaker, listener } = await startModerated(() => returned as MessageVerdict);
    const failed = nextEvent(server, 'handler.failed');
    speaker.send(sendByRoom('room1', 'hi'));
    expect(await speaker.settle()).toEqual(['Error: the message could not be handled, try again later']);
    expect(await listener.settle()).toEqual([]);
    expect((await failed).error).toEqual(new TypeError(told));
  });

  test('cannot change a message to one that is longer than a message may be', async () => {
    const onMessage: RoomDefinition['onMessage'] = ({ data }) =>
      change(data === 'text' ? '€'.repeat(3) : { a: [1] });
    const { connect, server } = await startServer({
      limits: { messageBytes: 8 },
      rooms: { room1: { onMessage } },
    });
    const failures = keepEvents(server, 'handler.failed');
    const client = await connect();
    await client.join('room1');
    client.send(sendByRoom('room1', 'text'), sendByRoom('room1', 'json'));
    const tooLong = 'Error: the message is longer than 8 bytes';
    expect(await client.settle()).toEqual([tooLong, tooLong]);
    expect(failures).toEqual([]);
    expect((await server.history('room1')).offset).toBe(0);
  });

  test('that answers after its deadline has no effect', async () => {
    const gate = createGate<MessageVerdict>();
    const { speaker, listener } = await startModerated(({ data }) =>
      data === 'late' ? gate.opened : undefined,
    );
    expect(await speaker.ask(sendByRoom('room1', 'late'))).toMatch(/^Error: /);
    gate.open(change('too late'));
    speaker.send(sendByRoom('room1', 'next'));
    expect(await speaker.settle()).toEqual(['next', SENT]);
    expect(await listener.settle()).toEqual(['next']);
  });

  test('gets a signal when the deadline has passed', async () => {
    const asked = createGate<AbortSignal>();
    const { speaker } = await startModerated(({ signal }) => {
      asked.open(signal);
      return new Promise(() => undefined);
    });
    speaker.send(sendByRoom('room1', 'hi'));
    const signal = await asked.opened;
    expect(await speaker.next()).toMatch(/^Error: /);
    expect(signal.aborted).toBe(true);
  });

  test('gets a signal when the client disconnects', async () => {
    const gate = createGate();
    const asked = createGate<AbortSignal>();
    const { server, connect } = await startServer({
      rooms: { room1: { onMessage: ({ signal }) => (asked.open(signal), gate.opened) } },
    });
    const client = await connect();
    client.send(sendByRoom('room1', 'hi'));
    const signal = await asked.opened;
    const closed = nextEvent(server, 'connection.closed');
    client.terminate();
    await closed;
    expect(signal.aborted).toBe(true);
    gate.open();
  });

  test('is not called for messages of the server', async () => {
    const { server, request, listener } = await startModerated(() => drop());
    await server.publish('room1', 'by the library');
    await request('/Index/pushByRoom?roomNum=room1&message=by+HTTP');
    expect(await listener.settle()).toEqual(['by the library', 'by HTTP']);
  });

  test('may publish into its own room, and wait for it', async () => {
    const { speaker, listener } = await startModerated(async ({ room, data, server }) => {
      await server.publish(room, ['before', data]);
    });
    speaker.send(sendByRoom('room1', 'hi'));
    expect(await speaker.settle()).toEqual(['["before","hi"]', 'hi', SENT]);
    expect(await listener.settle()).toEqual(['["before","hi"]', 'hi']);
  });

  test('of one client does not delay other clients or other rooms', async () => {
    const gate = createGate();
    const { server, speaker, listener } = await startServer({
      rooms: { room1: { onMessage: ({ data }) => (data === 'slow' ? gate.opened : undefined) } },
    }).then(async (running) => ({
      ...running,
      speaker: await running.connect(),
      listener: await running.connect(),
    }));
    await speaker.join('room1');
    speaker.send(sendByRoom('room1', 'slow'), sendByRoom('room1', 'after'));
    expect(await listener.ask(sendByRoom('room1', 'overtakes'))).toBe(SENT);
    expect(await speaker.next()).toBe('overtakes');
    await server.publish('room1', 'so does the server');
    gate.open();
    expect(await speaker.settle()).toEqual(['so does the server', 'slow', SENT, 'after', SENT]);
  });
});

describe('onLeave', () => {
  test('is called after every leave', async () => {
    const told: unknown[] = [];
    const { server, connect } = await startServer({
      line: { userParameter: true },
      rooms: {
        room1: {
          async onLeave({ room, member, server }) {
            told.push({ room, user: member.user, left: (await server.members(room)).length });
          },
        },
      },
    });
    const [ann, bob] = [await connect({ path: '/?user=ann' }), await connect({ path: '/?user=bob' })];
    await ann.join('room1');
    await bob.join('room1');
    expect(await ann.ask('unsubscribe|room1')).toBe('Unsubscribe roomNum:room1 success!');
    const gone = nextEvent(server, 'member.left');
    bob.close();
    expect(await gone).toMatchObject({ member: { user: 'bob' }, reason: 'disconnected' });
    await server.close();
    expect(told).toEqual([
      { room: 'room1', user: 'ann', left: 1 },
      { room: 'room1', user: 'bob', left: 0 },
    ]);
  });

  test.each([
    ['throws', () => fail('no')],
    ['rejects', () => Promise.reject(new Error('no'))],
    ['never answers', () => new Promise<void>(() => undefined)],
  ])('that %s has no effect and is reported', async (_, onLeave) => {
    const { server, connect } = await startServer({ ...SOON, rooms: { room1: { onLeave } } });
    const client = await connect();
    const failed = nextEvent(server, 'handler.failed');
    await client.join('room1');
    expect(await client.ask('unsubscribe|room1')).toBe('Unsubscribe roomNum:room1 success!');
    await client.join('room1');
    expect(await failed).toMatchObject({ handler: 'onLeave', error: expect.any(Error) });
    expect(await server.members('room1')).toHaveLength(1);
  });
});

describe('the history of a room', () => {
  test('is kept as its rule says, also after the room was closed', async () => {
    const { server, connect } = await startServer({
      lingerSeconds: 0,
      rooms: { 'news:*': { history: { size: 2, ttlSeconds: 60 } } },
    });
    const client = await connect();
    await client.join('news:1');
    client.send(sendByRoom('news:1', 'a'), sendByRoom('news:1', 'b'));
    await client.settle();
    const closed = nextEvent(server, 'room.closed');
    await client.ask('unsubscribe|news:1');
    await closed;
    const { offset, epoch } = await server.publish('news:1', 'c');
    const history = await server.history('news:1');
    expect(history).toMatchObject({ offset: 3, epoch, publications: [{ data: 'b' }, { data: 'c' }] });
    expect(history.publications[0]?.from).toEqual({ id: expect.any(String) });
    expect(await server.history('news:1', { since: { offset: 2, epoch }, limit: 5 })).toMatchObject({
      publications: [{ room: 'news:1', data: 'c', offset, epoch }],
    });
    await server.publish('other', 'd');
    expect(await server.history('other')).toMatchObject({ offset: 1, publications: [] });
    await expect(server.history('')).rejects.toMatchObject({ code: 'badRequest' });
  });
});

describe('patterns of rooms', () => {
  test('the longest pattern that matches is used, and an exact name before a prefix', async () => {
    const refuseWith = (reason: string): RoomDefinition => ({ onJoin: () => refuse(reason) });
    const { connect } = await startServer({
      rooms: {
        '*': refuseWith('any'),
        'a*': refuseWith('a*'),
        'abc*': refuseWith('abc*'),
        'ab*': refuseWith('ab*'),
        abc: refuseWith('abc'),
      },
    });
    const client = await connect();
    for (const [room, winner] of [
      ['x', 'any'],
      ['a', 'a*'],
      ['ab', 'ab*'],
      ['abx', 'ab*'],
      ['abc', 'abc'],
      ['abcd', 'abc*'],
      ['A', 'any'],
    ]) {
      expect(await client.ask(`subscribe|${room}`)).toBe(`Error: ${winner}`);
    }
  });
});

describe('a definition of rooms', () => {
  test('with a misspelt name is refused, and the error says the right one', () => {
    const definition = { onJion: () => undefined, capacity: 2 } as RoomDefinition;
    expect(() => createServer({ rooms: { '*': definition } })).toThrow(ConfigError);
  });
});

describe('events', () => {
  test('report everything that happens to a connection, in order', async () => {
    const { server, connect } = await startServer({ line: { userParameter: true }, lingerSeconds: 0 });
    const told: string[] = [];
    const events = [
      'connection.opened',
      'room.opened',
      'member.joined',
      'message.published',
      'message.broadcast',
      'member.left',
      'connection.closed',
    ] as const;
    for (const name of events) server.on(name, () => told.push(name));
    const opened = nextEvent(server, 'connection.opened');
    const joined = nextEvent(server, 'member.joined');
    const published = nextEvent(server, 'message.published');
    const broadcast = nextEvent(server, 'message.broadcast');
    const left = nextEvent(server, 'member.left');
    const closed = nextEvent(server, 'connection.closed');
    const roomClosed = nextEvent(server, 'room.closed');

    const ann = await connect({ path: '/?user=ann' });
    const { id, ...rest } = await opened;
    expect(rest).toEqual({ user: 'ann', remoteAddress: '127.0.0.1' });
    const member = { id, user: 'ann' };
    await ann.join('room1');
    expect(await joined).toEqual({ room: 'room1', member, resumed: false });
    ann.send(sendByRoom('room1', 'hi'), 'broadcast|{"message":"all"}');
    const { epoch, ...publication } = await published;
    expect(publication).toEqual({ room: 'room1', data: 'hi', offset: 1, from: member });
    expect(epoch).toMatch(/./);
    expect(await broadcast).toEqual({ data: 'all', from: member });
    ann.close();
    expect(await left).toEqual({ room: 'room1', member, reason: 'disconnected' });
    expect(await closed).toMatchObject({ ...member, code: 1005 });
    expect(await roomClosed).toEqual({ room: 'room1' });
    expect(told).toEqual(events);
  });

  test('reach a listener until it is removed, or once', async () => {
    const { server } = await startServer();
    const heard: string[] = [];
    const always = ({ data }: { data: unknown }): void => void heard.push(`always ${String(data)}`);
    const once = ({ data }: { data: unknown }): void => void heard.push(`once ${String(data)}`);
    const never = (): void => void heard.push('never');
    server.on('message.published', always);
    server.once('message.published', once);
    server.on('message.published', never);
    server.off('message.published', never);
    server.once('message.published', never);
    server.off('message.published', never);
    await server.publish('room1', '1');
    await server.publish('room1', '2');
    server.off('message.published', always);
    server.off('message.published', always);
    await server.publish('room1', '3');
    expect(heard).toEqual(['always 1', 'once 1', 'always 2']);
  });

  test('reach a listener twice if it was added twice, and never if it was removed twice', async () => {
    const { server } = await startServer();
    let calls = 0;
    const count = (): void => void (calls += 1);
    server.on('message.published', count);
    server.on('message.published', count);
    await server.publish('room1', '1');
    expect(calls).toBe(2);
    server.off('message.published', count);
    server.off('message.published', count);
    await server.publish('room1', '2');
    expect(calls).toBe(2);
  });

  test('a listener that throws does not affect other listeners, rooms or connections', async () => {
    const { server, connect, errors } = await startServer();
    const heard: string[] = [];
    for (const name of ['connection.opened', 'member.joined', 'message.published', 'member.left'] as const) {
      server.on(name, () => fail(name));
      server.on(name, () => heard.push(name));
    }
    const client = await connect();
    await client.join('room1');
    client.send(sendByRoom('room1', 'hi'), 'unsubscribe|room1');
    expect(await client.settle()).toEqual(['hi', SENT, 'Unsubscribe roomNum:room1 success!']);
    expect(heard).toEqual(['connection.opened', 'member.joined', 'message.published', 'member.left']);
    expect(errors.map(({ where }) => where)).toEqual(heard.map((name) => `a listener of ${name}`));
    expect(server.health().status).toBe('ok');
  });

  test('nor does a listener whose error cannot be reported', async () => {
    const { server, connect } = await startServer({ onError: () => fail('the log is full') });
    server.on('connection.opened', () => fail('opened'));
    server.on('member.joined', () => fail('joined'));
    const failures = keepEvents(server, 'room.failed');
    const client = await connect();
    await client.join('room1');
    expect(await client.ask(sendByRoom('room1', 'hi'))).toBe('hi');
    expect(failures).toEqual([]);
  });
});

test('a listener that rejects does not end the process', async () => {
  const child = spawn(process.execPath, ['--import', 'tsx', REJECTING_LISTENER], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  expect(stdout, stderr).toBe('still here\n');
});

describe('a server', () => {
  test('publishes into a room and returns the offset and the epoch', async () => {
    const { server, connect } = await startServer();
    const client = await connect();
    await client.join('room1');
    const { epoch, offset } = await server.publish('room1', 'one');
    expect(offset).toBe(1);
    expect(await server.publish('room1', 'two')).toEqual({ epoch, offset: 2 });
    expect((await server.publish('room2', 'elsewhere')).epoch).not.toBe(epoch);
    expect(await client.settle()).toEqual(['one', 'two']);
  });

  test('publishes and broadcasts any JSON, and any text is safe for receivers', async () => {
    const { server, connect } = await startServer();
    const client = await connect();
    await client.join('room1');
    const values = ['text ☃', '', 1.5, true, null, [1, 'a'], { a: { b: '\ud800' } }, 'half \ud800 pair'];
    for (const value of values) await server.publish('room1', value);
    await server.broadcast('half \ud800 pair');
    expect(await client.settle()).toEqual([
      'text ☃',
      '',
      '1.5',
      'true',
      'null',
      '[1,"a"]',
      String.raw`{"a":{"b":"\ud800"}}`,
      'half \ufffd pair',
      'half \ufffd pair',
    ]);
  });

  test('gets an error for a message or a room name above a limit', async () => {
    const { server } = await startServer();
    const refused = (code: string, message: RegExp) => ({
      name: 'RefusedError',
      code,
      temporary: false,
      message: expect.stringMatching(message),
    });
    await expect(server.publish('', 'hi')).rejects.toBeInstanceOf(RefusedError);
    await expect(server.publish('', 'hi')).rejects.toMatchObject(refused('badRequest', /empty/));
    await expect(server.members('')).rejects.toMatchObject(refused('badRequest', /empty/));
    expect(() => server.mute('')).toThrow(RefusedError);
    const long = 'r'.repeat(256);
    await expect(server.publish(long, 'hi')).rejects.toMatchObject(refused('badRequest', /255 bytes/));
    const text = 'x'.repeat(65_537);
    await expect(server.publish('room1', text)).rejects.toMatchObject(
      refused('limitExceeded', /65536 bytes/),
    );
    await expect(server.broadcast(text)).rejects.toMatchObject(refused('limitExceeded', /65536 bytes/));
    await expect(server.broadcast({ text })).rejects.toMatchObject(refused('limitExceeded', /65536 bytes/));
  });

  test.each<[unknown, string]>([
    [undefined, 'undefined'],
    [Number.NaN, 'NaN'],
    [-Infinity, '-Infinity'],
    [1n, 'a bigint'],
    [() => 1, 'a function'],
    [Symbol('x'), 'a symbol'],
    [new Map([['a', 1]]), 'a Map'],
    [new Set([1]), 'a Set'],
    [[1, undefined], 'undefined at [1]'],
    [{ a: [{ b: Number.NaN }] }, 'NaN at .a[0].b'],
    [Object(Number.NaN), 'NaN'],
    [Object(5n), 'a bigint'],
    [Object(Symbol('x')), 'a symbol'],
    [{ a: [Object(Infinity), Object(5n)] }, 'Infinity at .a[0]'],
    [{ a: [Object(1), Object(5n)] }, 'a bigint at .a[1]'],
    [{ at: new Date(Number.NaN) }, 'an invalid Date at .at'],
    [{ a: Promise.resolve(1) }, 'a Promise at .a'],
    [{ a: { toJSON: () => Object(5n) as unknown } }, 'a bigint at .a'],
    [
      {
        toJSON: () => {
          throw new Error('no');
        },
      },
      'a value that throws an error when it is read',
    ],
  ])('publishes only JSON: %o', async (data, found) => {
    const { server } = await startServer();
    const sent = [server.publish('room1', data as never), server.broadcast(data as never)];
    for (const one of sent) {
      await expect(one).rejects.toMatchObject({
        name: 'RefusedError',
        code: 'badRequest',
        message: `a message must be a JSON value, and this is ${found}`,
      });
    }
  });

  test('publishes objects that hold a text, a number or a boolean as what they hold, and dates as texts', async () => {
    const { connect, server } = await startServer();
    const client = await connect();
    await client.join('room1');
    const data = [Object('a'), Object(1.5), Object(false), new Date(0)] as Json[];
    await server.publish('room1', data);
    expect(await client.next()).toBe('["a",1.5,false,"1970-01-01T00:00:00.000Z"]');
  });

  test('publishes no value that contains itself', async () => {
    const { server } = await startServer();
    const loop: Json[] = [];
    loop.push({ loop });
    await expect(server.publish('room1', loop)).rejects.toMatchObject({
      code: 'badRequest',
      message: expect.stringContaining('a value that contains itself'),
    });
  });

  test('publishes a value whose properties are left out, as JSON does', async () => {
    const { server, connect } = await startServer();
    const client = await connect();
    await client.join('room1');
    await server.publish('room1', { a: undefined, b: -0, c: new Date(0) } as never);
    expect(await client.settle()).toEqual(['{"b":0,"c":"1970-01-01T00:00:00.000Z"}']);
  });

  test('takes no number for the name of a room: it would be another room, or rounded', async () => {
    const { server } = await startServer();
    const refusal = { code: 'badRequest', message: 'the room name must be a string' };
    for (const room of [1, 2 ** 53, undefined, null, ['1']] as never[]) {
      await expect(server.publish(room, 'hi')).rejects.toMatchObject(refusal);
      await expect(server.members(room)).rejects.toMatchObject(refusal);
      await expect(server.history(room)).rejects.toMatchObject(refusal);
      expect(() => server.mute(room)).toThrow(refusal.message);
    }
  });

  test.each([
    [
      'kick("", id, reason)',
      (server: StatecastServer, id: string, reason: string) => server.kick('', id, reason),
    ],
    [
      'disconnect(id, reason)',
      (server: StatecastServer, id: string, reason: string) => server.disconnect(id, reason),
    ],
  ])('closes a connection with the reason that is given: %s', async (_, close) => {
    const { server, connect } = await startServer();
    for (const [reason, told] of [
      ['behave ☃', 'behave ☃'],
      ['', 'force disconnect'],
      ['€'.repeat(100), '€'.repeat(41)],
    ] as const) {
      const opened = nextEvent(server, 'connection.opened');
      const client = await connect();
      const { id } = await opened;
      expect(await close(server, id, reason)).toBe(true);
      expect(await client.closed).toEqual({ code: 3503, reason: told });
      expect(await close(server, id, reason)).toBe(false);
    }
  });

  test('mutes a room for connections, and not for itself', async () => {
    const { server, connect, request } = await startServer();
    const client = await connect();
    await client.join('room1');
    await server.mute('room1');
    expect(await client.ask(sendByRoom('room1', 'hi'))).toBe('Error: room1 is muted');
    await server.publish('room1', 'by the library');
    await request('/Index/pushByRoom?roomNum=room1&message=by+HTTP');
    expect(await client.settle()).toEqual(['by the library', 'by HTTP']);
    await server.mute('room1');
    await server.unmute('room1');
    expect(await client.ask(sendByRoom('room1', 'hi'))).toBe('hi');
  });

  test('mutes a room that nobody is in, and that stays muted when it goes from memory', async () => {
    const { server, connect } = await startServer();
    await server.mute('room1');
    expect(server.health().rooms).toBe(0);
    for (let visit = 0; visit < 2; visit += 1) {
      const client = await connect();
      await client.join('room1');
      expect(await client.ask(sendByRoom('room1', 'hi'))).toBe('Error: room1 is muted');
      const closed = nextEvent(server, 'room.closed');
      await server.closeRoom('room1', '');
      await closed;
    }
    expect(await server.mutedRooms()).toEqual(['room1']);
    await server.unmute('room1');
    expect(await server.mutedRooms()).toEqual([]);
    const client = await connect();
    await client.join('room1');
    expect(await client.ask(sendByRoom('room1', 'hi'))).toBe('hi');
  });

  test('mutes a room also while a handler is still deciding about a message', async () => {
    const gate = createGate();
    const asked = createGate();
    const { server, connect } = await startServer({
      rooms: { room1: { onMessage: () => (asked.open(), gate.opened) } },
    });
    const client = await connect();
    await client.join('room1');
    client.send(sendByRoom('room1', 'hi'));
    await asked.opened;
    await server.mute('room1');
    gate.open();
    expect(await client.next()).toBe('Error: room1 is muted');
  });
});

describe('the life of a server', () => {
  test('reports where it listens, and that it has stopped', async () => {
    const server = createServer({ port: 0 });
    const listening = nextEvent(server, 'server.listening');
    const stopped = nextEvent(server, 'server.stopped');
    const address = await server.listen();
    expect(address).toEqual({ host: '127.0.0.1', port: expect.any(Number) });
    expect(await listening).toEqual(address);
    await server.close();
    expect(await stopped).toEqual({ reason: 'drained' });
  });

  test('does not start with unknown settings', () => {
    const misspelt = { prot: 8000, limits: { messageBites: 1 } };
    expect(() => createServer(misspelt as ServerOptions)).toThrow(ConfigError);
    expect(() => createServer(misspelt as ServerOptions)).toThrow('did you mean port?');
    expect(() => createServer(misspelt as ServerOptions)).toThrow('did you mean limits.messageBytes?');
  });

  test.each([
    { host: 'localhost', url: 'http://localhost' },
    ...(HAS_IPV6 ? [{ host: '::1', url: 'http://[::1]' }] : []),
  ])('listens at $host', async ({ host, url }) => {
    const { server, port } = await startServer({ host });
    const client = await connectLineClient(`${url}:${port}`);
    expect(await client.ask('ping')).toBe('pong');
    expect(server.health().connections).toBe(1);
    client.terminate();
  });

  test('can be configured without an idle timeout', async () => {
    const { connect } = await startServer({ limits: { idleTimeoutSeconds: 0 } });
    const client = await connect();
    expect(await client.ask('ping')).toBe('pong');
  });

  test('accepts no sub-protocol that it does not support', async () => {
    const { connect } = await startServer();
    // The client ends the handshake by itself, as RFC 6455 requires.
    await expect(connect({ protocols: ['first', 'second'] })).rejects.toThrow('Server sent no subprotocol');
  });

  test('may be closed twice, at the same time and later', async () => {
    const { server, connect } = await startServer();
    const client = await connect();
    await Promise.all([server.close(), server.close()]);
    await server.close();
    expect(await client.closed).toEqual({ code: 3001, reason: 'shutdown' });
  });

  test('may be closed before it has started', async () => {
    const server = createServer({ port: 0 });
    await server.close();
    expect(server.health()).toMatchObject({ connections: 0, rooms: 0 });
  });

  test('may be closed while it starts', async () => {
    const server = createServer({ port: 0 });
    const listening = server.listen().then(
      () => 'listened',
      () => 'was told',
    );
    await server.close();
    expect(['listened', 'was told']).toContain(await listening);
  });

  test('listening twice gives the same address', async () => {
    const { server, port } = await startServer();
    expect(await server.listen()).toMatchObject({ port });
  });

  test.each([true, false])(
    'does not listen again after it was closed (it had listened: %s)',
    async (hadListened) => {
      const server = createServer({ port: 0 });
      if (hadListened) await server.listen();
      const closed = server.close();
      await expect(server.listen()).rejects.toThrow('the server was closed; make a new one');
      await closed;
      await expect(server.listen()).rejects.toThrow('the server was closed; make a new one');
    },
  );

  test('a port that is in use is an error, and leaves nothing open', async () => {
    const { port } = await startServer();
    const second = createServer({ port });
    await expect(second.listen()).rejects.toBeInstanceOf(ListenError);
    await second.close();
    expect(second.health()).toMatchObject({ connections: 0, rooms: 0 });
  });

  test('after it is closed everything is refused', async () => {
    const { server } = await startServer();
    await server.close();
    const refusal = { name: 'RefusedError', code: 'notAvailable' };
    await expect(server.publish('room1', 'hi')).rejects.toMatchObject(refusal);
    await expect(server.broadcast('hi')).rejects.toMatchObject(refusal);
    expect(() => server.mute('room1')).toThrow(RefusedError);
    expect(server.health()).toMatchObject({ connections: 0, rooms: 0 });
  });

  test('two servers in one process are independent', async () => {
    const [one, two] = [await startServer(), await startServer()];
    const [first, second] = [await one.connect(), await two.connect()];
    await first.join('room1');
    await second.join('room1');
    await one.server.publish('room1', 'to the first');
    await two.server.broadcast('to the second');
    expect(await first.settle()).toEqual(['to the first']);
    expect(await second.settle()).toEqual(['to the second']);
    await one.server.close();
    expect(await second.ask('ping')).toBe('pong');
  });
});

function fail(message: string): never {
  throw new Error(message);
}
