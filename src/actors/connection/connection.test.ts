import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CallOutcome, Command, Reply } from '../../protocol/command.ts';
import { call, createHarness, join, leave, ping, publish, settle, until } from '../actor-harness.ts';
import { answer, drop } from '../room/room-options.ts';

describe('commands of a connection', () => {
  test('are answered in their order, whatever each of them waits for', async () => {
    const commands = fc.array(
      fc.oneof(
        fc.constant<Command>(ping),
        fc.constant<Command>({ type: 'command.unknown' }),
        fc.constantFrom('a', 'b').map(join),
        fc.constantFrom('a', 'b').map(leave),
        fc.tuple(fc.constantFrom('a', 'b'), fc.nat(9)).map(([room, n]) => publish(room, `message ${n}`)),
        fc.nat(9).map((n): Command => ({ type: 'server.broadcast', data: `to all ${n}` })),
      ),
      { maxLength: 25 },
    );
    const slowness = fc.array(fc.nat(3), { minLength: 1, maxLength: 10 });
    await fc.assert(
      fc.asyncProperty(
        commands,
        slowness,
        fc.constantFrom('relaxed', 'strict'),
        async (sent, turns, durability) => {
          let calls = 0;
          const dawdle = async (): Promise<undefined> => {
            calls += 1;
            for (let turn = turns[calls % turns.length] ?? 0; turn > 0; turn -= 1) await Promise.resolve();
            return undefined;
          };
          const { connect, clock } = createHarness({
            durability,
            handlers: { onJoin: dawdle, onMessage: dawdle },
          });
          const client = connect();
          client.send(...sent);
          const replies = (): Reply[] =>
            client.frames.filter((frame) => typeof frame !== 'string') as Reply[];
          await until(() => {
            clock.increment(1);
            return replies().length >= sent.length;
          });
          expect(replies().map(({ type }) => SAME_ON_THE_LINE[type] ?? type)).toEqual(
            sent.map(expectedReply),
          );
        },
      ),
      { numRuns: 60 },
    );
  });

  test('that would wait beyond the limit cost the connection, and only this one', async () => {
    const { connect } = createHarness({
      receiveQueueBytes: 2_000,
      handlers: { onMessage: () => new Promise(() => undefined) },
    });
    const [client, other] = [connect(), connect()];
    client.send(publish('room1', 'hi'));
    await settle();
    for (let n = 0; n < 20; n += 1) client.send(ping);
    expect(client.closedWith).toBe('tooManyRequests');
    other.send(ping);
    expect(other.frames).toEqual([{ type: 'pong' }]);
  });

  test('beyond the rooms that it may be in are refused', async () => {
    const { connect } = createHarness({ roomsPerConnection: 2 });
    const client = connect();
    client.send(join('a'), join('b'), join('c'), leave('a'), join('c'));
    await until(() => client.frames.length === 5);
    expect(client.frames).toMatchObject([
      { type: 'joined', room: 'a' },
      { type: 'joined', room: 'b' },
      { type: 'refused', refusal: { error: 'limitExceeded' } },
      { type: 'left', room: 'a' },
      { type: 'joined', room: 'c' },
    ]);
  });

  test('to join twice, or to leave where one is not, change nothing and succeed', async () => {
    const { connect, toldOf } = createHarness();
    const client = connect();
    client.send(join('a'), join('a'), leave('b'));
    await until(() => client.frames.length === 3);
    expect(client.frames).toMatchObject([
      { type: 'joined', room: 'a' },
      { type: 'alreadyMember', room: 'a' },
      { type: 'notMember', room: 'b' },
    ]);
    expect(toldOf('member.joined')).toHaveLength(1);
  });
});

describe('commands with ids', () => {
  const protocol = { keepsOrder: false };
  /** Joins wait until the test lets their room in. */
  function createGuarded() {
    const open = new Map<string, () => void>();
    const harness = createHarness({
      protocol,
      handlers: { onJoin: ({ room }) => new Promise<void>((resolve) => open.set(room, resolve)) },
    });
    return { ...harness, letIn: (room: string) => open.get(room)?.() };
  }

  test('join different rooms side by side, and each answer names its command', async () => {
    const { connect, letIn } = createGuarded();
    const client = connect();
    client.send({ ...join('a'), id: 1 }, { ...join('b'), id: 2 }, { ...ping, id: 3 });
    await settle();
    expect(client.frames).toEqual([{ type: 'pong', id: 3 }]);
    letIn('b');
    await until(() => client.frames.length === 2);
    letIn('a');
    await until(() => client.frames.length === 3);
    expect(client.frames.slice(1)).toEqual([
      { type: 'joined', room: 'b', id: 2 },
      { type: 'joined', room: 'a', id: 1 },
    ]);
  });

  test('of one room keep their order', async () => {
    const { connect, letIn } = createGuarded();
    const client = connect();
    client.send(
      { ...join('a'), id: 1 },
      { ...publish('a', 'hi'), id: 2 },
      { ...leave('a'), id: 3 },
      { ...publish('b', 'elsewhere'), id: 4 },
    );
    await settle();
    expect(client.frames).toEqual([{ type: 'published', id: 4 }]);
    letIn('a');
    await until(() => client.frames.length === 5);
    expect(client.frames.slice(1)).toEqual([
      { type: 'joined', room: 'a', id: 1 },
      'hi',
      { type: 'published', id: 2 },
      { type: 'left', room: 'a', id: 3 },
    ]);
  });

  test('count joins under way among the rooms of a connection', async () => {
    const { connect } = createHarness({
      protocol,
      roomsPerConnection: 2,
      handlers: { onJoin: () => new Promise(() => {}) },
    });
    const client = connect();
    client.send({ ...join('a'), id: 1 }, { ...join('b'), id: 2 }, { ...join('c'), id: 3 });
    await settle();
    expect(client.frames).toMatchObject([{ type: 'refused', id: 3, refusal: { error: 'limitExceeded' } }]);
  });

  test('are all answered before a draining server closes the socket', async () => {
    const { connect, letIn } = createGuarded();
    const client = connect();
    client.send({ ...join('a'), id: 1 }, { ...join('b'), id: 2 });
    await settle();
    client.actor?.send({ type: 'server.draining' });
    client.send({ ...ping, id: 3 });
    letIn('a');
    await until(() => client.frames.length === 1);
    expect(client.closedWith).toBeUndefined();
    letIn('b');
    await until(() => client.closedWith !== undefined);
    expect(client.closedWith).toBe('shutdown');
    expect(client.frames).toMatchObject([{ id: 1 }, { id: 2 }]);
  });
});

describe('a greeting by a command', () => {
  const protocol = { greeting: 'connect', keepsOrder: false } as const;

  test('opens the connection, and commands behind it are done', () => {
    const { connect, toldOf } = createHarness({ protocol });
    const client = connect();
    expect(toldOf('connection.opened')).toEqual([]);
    client.send({ type: 'connect', id: 1 }, { ...ping, id: 2 });
    expect(client.frames).toEqual([
      { type: 'connected', client: 'c1', id: 1 },
      { type: 'pong', id: 2 },
    ]);
    expect(toldOf('connection.opened')).toHaveLength(1);
  });

  test.each<[string, Command[]]>([
    ['another command', [ping]],
    ['a second one', [{ type: 'connect' }, { type: 'connect' }]],
  ])('closes the socket for %s', (_, commands) => {
    const { connect } = createHarness({ protocol });
    const client = connect();
    client.send(...commands);
    expect(client.closedWith).toBe('badRequest');
  });

  test('has a deadline, which ends with it', () => {
    const { connect, clock } = createHarness({ protocol });
    const [late, timely] = [connect(), connect()];
    timely.send({ type: 'connect' });
    clock.increment(9_500);
    expect(late.closedWith).toBeUndefined();
    clock.increment(1_000);
    expect(late.closedWith).toBe('stale');
    expect(timely.closedWith).toBeUndefined();
  });

  test.each([
    ['server.draining', 'shutdown'],
    ['server.disconnect', 'disconnected'],
    ['socket.overflowed', 'slow'],
  ] as const)('ends by %s', (type, close) => {
    const { connect } = createHarness({ protocol });
    const client = connect();
    client.actor?.send({ type });
    expect(client.closedWith).toBe(close);
  });

  test('a frame that breaks the protocol closes the socket, before it and after', () => {
    const { connect } = createHarness({ protocol });
    const [before, after] = [connect(), connect()];
    after.send({ type: 'connect' });
    for (const client of [before, after]) {
      client.actor?.send({ type: 'protocol.violated', close: 'badRequest' });
      expect(client.closedWith).toBe('badRequest');
    }
  });
});

describe('a message', () => {
  test('reaches members before its sender is told of success, and nobody else', async () => {
    const { connect } = createHarness();
    const [sender, member, outsider] = [connect(), connect(), connect()];
    sender.send(join('room1'));
    member.send(join('room1'));
    await until(() => member.frames.length === 1);
    sender.send(publish('room1', 'hi'));
    expect(sender.frames.slice(1)).toEqual(['hi', { type: 'published' }]);
    expect(member.frames.slice(1)).toEqual(['hi']);
    expect(outsider.frames).toEqual([]);
  });

  test('may be dropped with a reason or without, answered, or fail alone', async () => {
    const { connect, toldOf } = createHarness({
      handlers: {
        onMessage: ({ data }) => {
          if (data === 'quiet') return drop();
          if (data === 'rude') return drop('mind your language');
          if (data === 'question') return answer('the answer');
          if (data === 'bomb') throw new Error('secret');
          return undefined;
        },
      },
    });
    const client = connect();
    client.send(
      join('room1'),
      ...['quiet', 'rude', 'question', 'bomb', 'plain'].map((data) => publish('room1', data)),
    );
    await until(() => client.frames.length === 7);
    expect(client.frames.slice(1)).toEqual([
      { type: 'published' },
      { type: 'refused', refusal: { error: 'permissionDenied', message: 'mind your language' } },
      { type: 'answered', data: 'the answer' },
      { type: 'refused', refusal: { error: 'internal', message: expect.not.stringContaining('secret') } },
      'plain',
      { type: 'published' },
    ]);
    expect(toldOf('handler.failed')).toMatchObject([{ handler: 'onMessage' }]);
  });
});

describe('a call through a room', () => {
  test('is answered when it is, holding up nothing, if the room allows it', async () => {
    let answerIt: ((outcome: CallOutcome) => void) | undefined;
    const asked: unknown[] = [];
    const { connect } = createHarness({
      allowed: ['clock.*', 'hello.sayHello'],
      rpc: {
        call: (...given) => {
          asked.push(given);
          return new Promise((resolve) => {
            answerIt = resolve;
          });
        },
      },
    });
    const client = connect('ann');
    client.send(call('hello.sayHello', { name: 'x' }), ping, call('hello.other'));
    await until(() => client.frames.length === 2);
    expect(client.frames).toMatchObject([
      { type: 'pong' },
      { type: 'called', method: 'hello.other', outcome: { type: 'failed', code: 103 } },
    ]);
    expect(asked).toEqual([
      ['hello.sayHello', { name: 'x' }, { room: 'room1', member: { id: 'c1', user: 'ann' } }],
    ]);
    answerIt?.({ type: 'result', result: 'hi' });
    await until(() => client.frames.length === 3);
    expect(client.frames[2]).toEqual({
      type: 'called',
      method: 'hello.sayHello',
      outcome: { type: 'result', result: 'hi' },
    });
  });

  test('is one of so many at a time, and a shutdown waits for it', async () => {
    const answers: ((outcome: CallOutcome) => void)[] = [];
    const { connect } = createHarness({
      allowed: ['hello.*'],
      rpc: { call: () => new Promise((resolve) => void answers.push(resolve)) },
    });
    const client = connect();
    client.send(call('hello.a'), call('hello.b'), call('hello.c'));
    await until(() => answers.length === 2);
    expect(client.frames).toMatchObject([{ method: 'hello.c', outcome: { code: 111 } }]);
    client.actor?.send({ type: 'server.draining' });
    expect(client.closedWith).toBeUndefined();
    for (const answerIt of answers) answerIt({ type: 'result', result: 1 });
    await until(() => client.closedWith === 'shutdown');
    expect(client.frames).toHaveLength(3);
  });
});

describe('the end of a connection', () => {
  test('by a lost frame is a close as slow', () => {
    const { connect, directory } = createHarness();
    const client = connect();
    client.actor?.send({ type: 'socket.congested' });
    expect(client.actor?.getSnapshot().value).toMatchObject({ open: { flow: 'congested' } });
    client.actor?.send({ type: 'socket.drained' });
    expect(client.actor?.getSnapshot().value).toMatchObject({ open: { flow: 'clear' } });
    client.actor?.send({ type: 'socket.overflowed' });
    expect(client.closedWith).toBe('slow');
    expect(directory.connections.size).toBe(0);
  });

  test('by a shutdown waits for the command at work', async () => {
    let decide: (() => void) | undefined;
    const { connect, directory } = createHarness({
      handlers: {
        onMessage: () =>
          new Promise<void>((resolve) => {
            decide = resolve;
          }),
      },
    });
    const [busy, idle] = [connect(), connect()];
    busy.send(publish('room1', 'last words'));
    await until(() => decide !== undefined);
    busy.actor?.send({ type: 'server.draining' });
    idle.actor?.send({ type: 'server.draining' });
    expect([busy.closedWith, idle.closedWith]).toEqual([undefined, 'shutdown']);
    let empty = false;
    directory.onceEmpty(() => {
      empty = true;
    });
    decide?.();
    await until(() => empty);
    expect(busy.frames).toEqual([{ type: 'published' }]);
    expect(busy.closedWith).toBe('shutdown');
  });

  test('by an unheard-of close is told once', () => {
    const { connect, toldOf } = createHarness();
    const client = connect();
    client.lose();
    client.lose();
    expect(toldOf('connection.closed')).toMatchObject([{ id: 'c1', code: 1006 }]);
  });
});

/** What a second join and a leave without a join are on the line protocol. */
const SAME_ON_THE_LINE: Readonly<Record<string, string>> = { alreadyMember: 'joined', notMember: 'left' };

function expectedReply(command: Command): Reply['type'] | undefined {
  switch (command.type) {
    case 'ping':
      return 'pong';
    case 'room.join':
      return 'joined';
    case 'room.leave':
      return 'left';
    case 'room.publish':
      return 'published';
    case 'server.broadcast':
      return 'broadcasted';
    case 'command.unknown':
      return 'unknown';
    case 'room.call':
      return 'called';
    case 'connect':
      return 'connected';
    case 'command.malformed':
      return 'refused';
    // The line protocol has no such commands.
    case 'pong':
    case 'room.presence':
    case 'room.presenceStats':
    case 'room.history':
    case 'room.refresh':
    case 'connection.refresh':
    case 'server.call':
    case 'server.message':
      return undefined;
  }
}
