import { describe, expect, test } from 'vitest';
import { CLOCK_STEPS } from '../../system/clock-harness.ts';
import { join, publish, settle, until } from '../../actors/actor-harness.ts';
import type { ActorAddress, MachineName } from '../feed/feed-protocol.ts';
import { findActor, type ActorEntry } from '../population/population.ts';
import { createPopulation } from './population-harness.ts';

function createTeller(options: Parameters<typeof createPopulation>[0] = {}) {
  const harness = createPopulation(options);
  const { population, summaries } = harness;
  function find(kind: MachineName, id: string): ActorEntry {
    const found = findActor(population, { kind, id } satisfies ActorAddress);
    if (found === undefined) throw new Error(`there is no ${kind} ${id}`);
    return found;
  }
  return {
    ...harness,
    summarize: (kind: MachineName, id: string) => summaries.summarize(summaries.read(find(kind, id))),
    describe: (kind: MachineName, id: string) => summaries.describe(find(kind, id)),
  };
}

const LIMITS = {
  roomsPerConnection: 128,
  receiveQueueBytes: 1024 * 1024,
  callsPerConnection: 2,
  connectionsPerUser: 0,
  sendMemoryBytes: 0,
};

describe('a summary', () => {
  test('tells the active states, since when, and the figures of its kind', async () => {
    const { summarize, connect, clock } = createTeller();
    clock.increment(100);
    const ann = connect('ann');
    clock.increment(5);
    ann.send(join('room1'));
    await settle();
    expect(summarize('connection', 'c1')).toEqual({
      kind: 'connection',
      id: 'c1',
      status: 'active',
      states: ['open.flow.clear', 'open.work.ready', 'open.credentials.valid', 'open.liveness.alive'],
      since: 105,
      user: 'ann',
      figures: { rooms: 1, waiting: 0, calls: 0 },
    });
    expect(summarize('membership', 'c1@room1')).toEqual({
      kind: 'membership',
      id: 'c1@room1',
      status: 'resting',
      states: ['joined'],
      since: 105,
      user: 'ann',
      figures: { joinedAt: 105 },
    });
    ann.send(publish('room1', 'hi'));
    expect(summarize('room', 'room1')).toMatchObject({
      figures: {
        members: 1,
        awake: 0,
        away: 0,
        offset: 1,
        judging: 0,
        held: 0,
        unwritten: 1,
        failedWrites: 0,
      },
    });
    expect(summarize('server', 'server')).toMatchObject({
      states: ['listening.settled'],
      figures: { connections: 1, rooms: 1, servants: 1 },
    });
    expect(Object.keys(summarize('tarsProxy', 'hello').figures)).toEqual([
      'inFlight',
      'waiting',
      'resting',
      'late',
      'setbacks',
      'openings',
      'failedConnects',
    ]);
  });

  test('has the same figures for a membership that rests and one that does not', async () => {
    const { summarize, connect, store, clock } = createTeller({ durability: 'strict' });
    const client = connect();
    client.send(join('room1'));
    await settle();
    const awake = summarize('membership', 'c1@room1');
    expect(awake).toMatchObject({ status: 'active', states: ['requesting.recording'] });
    store.release();
    clock.increment(1);
    await until(() => client.frames.length === 1);
    const resting = summarize('membership', 'c1@room1');
    expect(resting.status).toBe('resting');
    expect(resting.figures).toEqual(awake.figures);
  });

  test('tells how old a judged message is', async () => {
    const { summarize, connect, clock } = createTeller({
      handlers: { onMessage: () => new Promise(() => {}) },
    });
    const client = connect();
    client.send(join('room1'));
    await settle();
    client.send(publish('room1', 'hi'));
    clock.increment(250);
    expect(summarize('moderation', '1@room1').figures).toEqual({ ageMs: 250 });
  });

  test.each(Object.entries(CLOCK_STEPS))(
    'tells the same age, and the date that belongs to it, when the wall clock is set %s',
    async (_, stepMs) => {
      const { summarize, connect, clock } = createTeller({
        handlers: { onMessage: () => new Promise(() => {}) },
      });
      const client = connect();
      client.send(join('room1'));
      await settle();
      client.send(publish('room1', 'hi'));
      clock.stepWallClock(stepMs);
      clock.increment(250);
      expect(summarize('moderation', '1@room1')).toMatchObject({
        since: clock.now() - 250,
        figures: { ageMs: 250 },
      });
    },
  );

  test('of an actor that has ended tells that, and why', () => {
    const { summaries, connect } = createTeller();
    const client = connect('ann');
    const actor = client.actor;
    if (actor === undefined) throw new Error('there is no actor');
    const entry: ActorEntry = { address: { kind: 'connection', id: 'c1' }, actor };
    client.lose();
    expect(summaries.describe(entry)).toMatchObject({ status: 'done', states: ['closed'], user: 'ann' });
    const failed = { ...actor.getSnapshot(), status: 'error', error: new RangeError('it is broken') };
    const gone = { ...entry, actor: { getSnapshot: () => failed } } as never;
    expect(summaries.describe(gone)).toMatchObject({ status: 'failed', error: 'RangeError: it is broken' });
  });
});

describe('a context', () => {
  test('of a connection shows its rooms, its limits and what it waits for', async () => {
    const { describe, connect } = createTeller({ handlers: { onJoin: () => new Promise(() => {}) } });
    connect('ann').send(join('room1'));
    await settle();
    expect(describe('connection', 'c1').context).toEqual({
      member: { id: 'c1', user: 'ann' },
      remoteAddress: '127.0.0.1',
      rooms: { count: 0, first: [] },
      joining: { count: 1, first: ['room1'] },
      leaving: { count: 0, first: [] },
      calls: 0,
      closedWith: null,
      limits: LIMITS,
    });
    expect(describe('membership', 'c1@room1').context).toEqual({
      room: 'room1',
      member: { id: 'c1', user: 'ann' },
      joinedAt: 0,
      resumed: false,
      refusal: null,
      reason: null,
      handlers: ['onJoin'],
      handlerMs: 1_000,
    });
  });

  test('of a room shows a few of its members, and its unfinished work', async () => {
    const { describe, connect, store, clock } = createTeller({
      limits: { capacity: 50, messagesPerSecond: 10 },
      allowed: ['hello.*'],
      handlers: { onMessage() {} },
    });
    store.put('room1', { id: 'c0', user: 'zoe', joinedAt: 1, awaySince: 2 });
    const clients = Array.from({ length: 12 }, () => connect());
    for (const client of clients) client.send(join('room1'));
    await until(() => clients.every(({ frames }) => frames.length === 1));
    expect(describe('room', 'room1').context).toEqual({
      name: 'room1',
      members: { count: 12, first: ['c1', 'c2', 'c3', 'c4', 'c5', 'c6', 'c7', 'c8', 'c9', 'c10'] },
      awake: { count: 0, first: [] },
      away: { count: 1, first: [{ user: 'zoe', awaySince: 2 }] },
      epoch: 'epoch',
      offset: 0,
      muted: false,
      judged: 0,
      judging: { count: 0, first: [] },
      journal: { written: false, failedWrites: 0, flushMs: 50 },
      loaded: true,
      held: {},
      limits: { capacity: 50, messagesPerSecond: 10, handlerMs: 1_000, lingerMs: 10_000, rpc: ['hello.*'] },
      rules: { join: 'anyone', publish: 'anyone', presence: 'anyone', history: 'anyone', rpc: 'anyone' },
      owners: null,
      stream: { size: 0, recover: true, delta: false },
      joinLeave: false,
      handlers: ['onMessage'],
      awayTtlMs: 60_000,
      reconnectMs: 0,
    });
    clock.increment(50);
    await settle();
    expect(describe('room', 'room1').context).toMatchObject({ journal: { written: true } });
  });

  test('of a room that asks the store shows what waits', () => {
    const { describe, connect, store } = createTeller();
    store.hold();
    connect().send(join('room1'));
    connect().send(join('room1'));
    expect(describe('room', 'room1').context).toMatchObject({ loaded: false, held: { 'room.join': 2 } });
  });

  test('of a judged message does not show the message', async () => {
    const { describe, connect } = createTeller({ handlers: { onMessage: () => new Promise(() => {}) } });
    const client = connect('ann');
    client.send(join('room1'));
    await settle();
    client.send(publish('room1', 'the secret plan'));
    expect(describe('moderation', '1@room1').context).toEqual({
      room: 'room1',
      member: { id: 'c1', user: 'ann' },
      data: '‹withheld›',
      handler: 'onMessage',
      handlerMs: 1_000,
    });
  });

  test('of a proxy shows its calls, without what they carry', async () => {
    const { describe, proxy, clock } = createTeller();
    const call = (func: string) => ({
      request: { func, body: new Uint8Array([1, 2, 3]), routeKey: 'ann', context: new Map([['a', 'b']]) },
      deadlineAt: clock.monotonic() + 1_000,
      idempotent: true,
      attempts: 0,
      settle() {},
    });
    proxy.send({ type: 'rpc.call', call: call('sayHello') });
    expect(describe('tarsProxy', 'hello').context).toMatchObject({
      name: 'hello',
      waiting: { count: 1, first: [{ func: 'sayHello', attempts: 0, deadlineAt: 1_000, idempotent: true }] },
      lastFailure: null,
      policy: { maxInFlight: 1_000 },
    });
    await until(() => proxy.getSnapshot().matches('ready'));
    const shown = describe('tarsProxy', 'hello').context;
    expect(shown).toMatchObject({
      inFlight: {
        count: 1,
        first: [{ func: 'sayHello', requestId: 1, attempts: 1, deadlineAt: 1_000, idempotent: true }],
      },
      waiting: { count: 0 },
    });
    expect(JSON.stringify(shown)).not.toContain('ann');
  });

  test('of the server shows where it listens', async () => {
    const { describe } = createTeller();
    await settle();
    expect(describe('server', 'server').context).toEqual({
      address: { host: '127.0.0.1', port: 8080 },
      drainMs: 1_000,
      connections: 0,
      rooms: 0,
      servants: { count: 1, first: ['hello'] },
      backends: { count: 0, first: [] },
      questions: 0,
    });
  });

  test('withholds what the settings name', async () => {
    const { describe, connect } = createTeller({ redact: ['user', 'remoteAddress'] });
    connect('ann').send(join('room1'));
    await settle();
    const { user, context } = describe('connection', 'c1');
    expect(user).toBe('‹withheld›');
    expect(context).toMatchObject({
      member: { id: 'c1', user: '‹withheld›' },
      remoteAddress: '‹withheld›',
    });
    expect(describe('membership', 'c1@room1')).toMatchObject({ user: '‹withheld›' });
    expect(describe('membership', 'c1@room1').context).toBeUndefined();
  });
});
