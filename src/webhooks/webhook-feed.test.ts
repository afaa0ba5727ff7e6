import { describe, expect, test } from 'vitest';
import { createEventBus } from '../events/event-bus.ts';
import type { ServerEventName, ServerEvents } from '../events/server-events.ts';
import { FakeClock } from '../system/clock-harness.ts';
import { Chosen } from './event-choice.ts';
import { Ledger } from './ledger.ts';
import { createMemoryOutbox } from './outbox/memory-outbox.ts';
import type { Outbox, OutboxEntry } from './outbox/outbox.ts';
import { UNDECIDED_MS, WebhookFeed, type FindAway } from './webhook-feed.ts';

interface Setup {
  readonly events?: readonly string[];
  readonly rooms?: readonly string[];
  readonly states?: readonly string[];
  readonly includeData?: boolean;
  readonly persistent?: boolean;
}

/** A server whose outbox outlives it: `restart` is a crash, and the beginning of the next run. */
function createServer({
  events = ['*'],
  rooms,
  states = [],
  includeData = true,
  persistent = true,
}: Setup = {}) {
  const clock = new FakeClock(1_000);
  const kept: OutboxEntry[] = [];
  const memory = createMemoryOutbox({ maxEvents: 1_000, maxBytes: 1_000_000, onDropped: () => undefined });
  const outbox: Outbox = {
    ...memory,
    isPersistent: persistent,
    get backlog() {
      return memory.backlog;
    },
    append(entry) {
      kept.push(entry);
      memory.append(entry);
    },
  };
  let run = 0;
  function start(findAway: FindAway, read?: (ledger: Ledger) => string | undefined) {
    run += 1;
    const bus = createEventBus((error) => {
      throw error;
    });
    const ledger = new Ledger();
    const feed = new WebhookFeed({
      outbox,
      ledger,
      chosen: new Chosen({ events, rooms }, states),
      includeData,
      bus,
      clock,
      countPresent: () => 0,
      run: `run${run}`,
      onWaiting: () => undefined,
    });
    const state = read?.(ledger);
    feed.start({
      entries: state === undefined ? [...kept] : [],
      clean: false,
      ...(state !== undefined && { state }),
    });
    feed.reconcileMembers(findAway);
    feed.reconcileRooms();
    return { bus, feed, ledger };
  }
  let server = start(() => new Set());
  const told = () =>
    kept
      .filter(({ kind }) => kind === 'event')
      .map(({ text }) => JSON.parse(text) as { id: string; type: string; time: number });
  return {
    clock,
    emit: <Name extends ServerEventName>(name: Name, event: ServerEvents[Name]) =>
      server.bus.emit(name, event),
    isHeard: (name: ServerEventName) => server.bus.isHeard(name),
    stop: () => server.feed.stop(),
    restart(findAway: FindAway = () => new Set()) {
      void server.feed.stop();
      server = start(findAway);
    },
    /** As `restart`, from the state and not from all entries. */
    restartFromState(findAway: FindAway = () => new Set()) {
      const state = server.ledger.write();
      void server.feed.stop();
      server = start(findAway, () => state);
    },
    told,
    texts: () => kept.map(({ text }) => text),
    types: () => told().map(({ type }) => type),
    noted: () => kept.filter(({ kind }) => kind === 'note').map(({ text }) => text),
  };
}

const ann = { id: 'c1', user: 'ann' };
const joined = { room: 'r', member: ann, resumed: false };

test('half a surrogate pair, which many receivers cannot read, is told as U+FFFD', () => {
  const { emit, texts } = createServer();
  emit('message.published', { room: 'r', data: 'a\ud800 \ud83d\ude00', offset: 1, epoch: 'e' });
  expect(texts().join('')).toContain('"data":"a\\ufffd \u{1f600}"');
});

test('events have an id, a type, a time and their fields', () => {
  const { emit, told, clock } = createServer();
  emit('connection.opened', { id: 'c1', remoteAddress: '127.0.0.1' });
  emit('member.joined', { room: 'r', member: { ...ann, info: { age: 3 } }, resumed: false });
  clock.increment(5);
  emit('message.published', { room: 'r', data: { a: [1] }, offset: 4, epoch: 'e', from: ann });
  emit('rpc.failed', { servant: 'hello', func: 'say', failure: 'timedOut', error: new Error('secret') });
  emit('server.started', { clean: true });
  expect(told()).toEqual([
    { id: 'run1-1', type: 'connection.opened', time: 1_000, client: 'c1', remote_address: '127.0.0.1' },
    {
      id: 'run1-2',
      type: 'member.joined',
      time: 1_000,
      channel: 'r',
      client: 'c1',
      user: 'ann',
      info: { age: 3 },
    },
    {
      id: 'run1-3',
      type: 'message.published',
      time: 1_005,
      channel: 'r',
      data: { a: [1] },
      offset: 4,
      epoch: 'e',
      client: 'c1',
      user: 'ann',
    },
    {
      id: 'run1-4',
      type: 'call.failed',
      time: 1_005,
      method: 'hello.say',
      failure: 'timedOut',
      message: 'the servant did not answer in time',
    },
    { id: 'run1-5', type: 'server.started', time: 1_005, clean: true },
  ]);
});

test('only what is chosen is told, and nothing else is listened to', () => {
  const { emit, types, isHeard } = createServer({ events: ['connection.closed', 'member.left'] });
  emit('connection.opened', { id: 'c1', remoteAddress: '127.0.0.1' });
  emit('member.joined', joined);
  emit('member.left', { room: 'r', member: ann, reason: 'left' });
  emit('connection.closed', { id: 'c1', code: 1000, reason: '', by: 'client' });
  expect(types()).toEqual(['member.left', 'connection.closed']);
  expect([isHeard('message.published'), isHeard('room.occupied'), isHeard('state.entered')]).toEqual([
    false,
    false,
    false,
  ]);
});

test('rooms are chosen by pattern, and events without a room are told as well', () => {
  const { emit, told } = createServer({ rooms: ['chat:*', 'lobby'] });
  for (const room of ['chat:1', 'lobby', 'lobby2', 'chat']) {
    emit('message.published', { room, data: 1, offset: 1, epoch: 'e' });
  }
  emit('server.started', {});
  expect(told()).toMatchObject([{ channel: 'chat:1' }, { channel: 'lobby' }, { type: 'server.started' }]);
});

test('messages are told without their data where that is left out', () => {
  const { emit, told } = createServer({ includeData: false });
  emit('message.published', { room: 'r', data: 'secret', offset: 1, epoch: 'e' });
  expect(told()).toMatchObject([{ offset: 1 }]);
  expect(told()[0]).not.toHaveProperty('data');
});

test('states are told of which one is chosen', () => {
  const { emit, told } = createServer({ events: ['server.started'], states: ['room.active.occupancy.full'] });
  emit('state.entered', { machine: 'room', state: 'active.occupancy.full', room: 'r' });
  emit('state.entered', { machine: 'room', state: 'active.occupancy.empty', room: 'r' });
  expect(told()).toMatchObject([
    { type: 'state.entered', machine: 'room', state: 'active.occupancy.full', channel: 'r' },
  ]);
});

describe('members after a crash', () => {
  test('are told to have left if nobody knows them any more, once over two crashes', () => {
    const { emit, told, restart, restartFromState } = createServer({ events: ['member.*'] });
    emit('member.joined', joined);
    restart();
    restart();
    restartFromState();
    expect(told()).toMatchObject([
      { type: 'member.joined' },
      { type: 'member.left', channel: 'r', client: 'c1', user: 'ann', reason: 'swept' },
    ]);
  });

  test('are told to be away once, and then to have left when they did not come back', () => {
    const { emit, told, restart, restartFromState } = createServer({ events: ['member.*'] });
    const findAway = () => new Set(['c1']);
    emit('member.joined', joined);
    restart(findAway);
    // The store has not learned of it, and its room tells of it again.
    emit('member.away', { room: 'r', member: ann });
    restart(findAway);
    restartFromState(findAway);
    emit('member.away', { room: 'r', member: ann });
    emit('member.left', { room: 'r', member: ann, reason: 'expired' });
    emit('member.left', { room: 'r', member: ann, reason: 'expired' });
    expect(told().map(({ type }) => type)).toEqual(['member.joined', 'member.away', 'member.left']);
  });

  test('who have left are not told to be away, although the store has not learned that they left', () => {
    const { emit, types, restart, restartFromState } = createServer({ events: ['member.*'] });
    emit('member.joined', joined);
    emit('member.left', { room: 'r', member: ann, reason: 'left' });
    for (const again of [restart, restartFromState]) {
      again(() => new Set(['c1']));
      emit('member.away', { room: 'r', member: ann });
    }
    emit('member.joined', { room: 'r', member: { id: 'c2', user: 'ann' }, resumed: true });
    emit('member.left', { room: 'r', member: ann, reason: 'resumed' });
    expect(types()).toEqual(['member.joined', 'member.left', 'member.back']);
  });

  test('are told to be back with a new client', () => {
    const { emit, told, restart } = createServer({ events: ['member.*'] });
    emit('member.joined', joined);
    restart(() => new Set(['c1']));
    emit('member.joined', { room: 'r', member: { id: 'c2', user: 'ann' }, resumed: true });
    emit('member.left', { room: 'r', member: ann, reason: 'resumed' });
    expect(told().slice(1)).toMatchObject([
      { type: 'member.away', client: 'c1' },
      { type: 'member.back', client: 'c2', user: 'ann' },
      { type: 'member.left', client: 'c1', reason: 'resumed' },
    ]);
  });

  test('stay as they are while the store does not tell who is in their room', () => {
    const { emit, told, restart } = createServer({ events: ['member.*'] });
    emit('member.joined', joined);
    restart(() => undefined);
    expect(told()).toHaveLength(1);
  });

  test('are known although only their leaves are told', () => {
    const { emit, told, restart, noted } = createServer({ events: ['member.left'] });
    emit('member.joined', joined);
    expect(noted()).toEqual(['{"type":"member.joined","channel":"r","client":"c1","user":"ann"}']);
    restart();
    expect(told()).toMatchObject([{ type: 'member.left', reason: 'swept' }]);
  });
});

describe('rooms', () => {
  const occupied = { room: 'r' };

  test('are told to be occupied or vacated when they have been so for a while', () => {
    const { emit, told, clock } = createServer({ events: ['room.*'] });
    emit('room.occupied', occupied);
    clock.increment(UNDECIDED_MS - 1);
    expect(told()).toEqual([]);
    clock.increment(1);
    expect(told()).toMatchObject([{ type: 'room.occupied', channel: 'r', time: 4_000 }]);
    emit('room.vacated', occupied);
    clock.increment(UNDECIDED_MS);
    expect(told().slice(1)).toMatchObject([{ type: 'room.vacated' }]);
  });

  test('that change their mind are not told of', () => {
    const { emit, told, clock } = createServer({ events: ['room.*'] });
    emit('room.occupied', occupied);
    clock.increment(1_000);
    emit('room.vacated', occupied);
    clock.increment(60_000);
    emit('room.occupied', occupied);
    clock.increment(UNDECIDED_MS);
    emit('room.vacated', occupied);
    emit('room.occupied', occupied);
    clock.increment(60_000);
    expect(told()).toMatchObject([{ type: 'room.occupied' }]);
  });

  test('are each told in their own time', () => {
    const { emit, told, clock } = createServer({ events: ['room.*'] });
    emit('room.occupied', { room: 'a' });
    clock.increment(1_000);
    emit('room.occupied', { room: 'b' });
    clock.increment(2_000);
    expect(told()).toMatchObject([{ channel: 'a' }]);
    clock.increment(1_000);
    expect(told()).toMatchObject([{ channel: 'a' }, { channel: 'b' }]);
  });

  test.each(['restart', 'restartFromState'] as const)(
    'that were occupied when the server crashed are told to be vacated, once (%s)',
    (restart) => {
      const server = createServer({ events: ['room.*'] });
      const { emit, clock } = server;
      emit('room.occupied', occupied);
      clock.increment(UNDECIDED_MS);
      server[restart]();
      clock.increment(1_000);
      server[restart]();
      emit('room.vacated', occupied);
      clock.increment(UNDECIDED_MS);
      server[restart]();
      clock.increment(60_000);
      expect(server.types()).toEqual(['room.occupied', 'room.vacated']);
    },
  );

  test.each(['restart', 'restartFromState'] as const)(
    'that are occupied again right after a crash have not changed (%s)',
    (restart) => {
      const server = createServer({ events: ['room.*'] });
      const { emit, clock } = server;
      emit('room.occupied', occupied);
      clock.increment(UNDECIDED_MS);
      emit('room.vacated', occupied);
      server[restart]();
      clock.increment(1_000);
      emit('room.occupied', occupied);
      clock.increment(60_000);
      expect(server.types()).toEqual(['room.occupied']);
    },
  );

  test('that were undecided when the server crashed, and were not told of, are not told of', () => {
    const { emit, told, clock, restart } = createServer({ events: ['room.*'] });
    emit('room.occupied', occupied);
    restart();
    clock.increment(60_000);
    expect(told()).toEqual([]);
  });

  test('are decided at the end where nothing is kept', () => {
    const { emit, types, clock, stop } = createServer({ events: ['room.*'], persistent: false });
    emit('room.occupied', occupied);
    clock.increment(UNDECIDED_MS);
    emit('room.vacated', occupied);
    void stop();
    expect([types(), clock.timers]).toEqual([['room.occupied', 'room.vacated'], 0]);
  });
});
