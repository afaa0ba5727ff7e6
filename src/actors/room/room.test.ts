import { describe, expect, test } from 'vitest';
import {
  createHarness,
  FaultyStore,
  join,
  leave,
  publish,
  settle,
  until,
  type FakeClient,
} from '../actor-harness.ts';
import { SERVER } from '../runtime/sender.ts';
import { answer, refuse } from './room-options.ts';

const FULL = { type: 'refused', refusal: { error: 'limitExceeded', message: 'room1 is full' } };
const DISK_FULL = Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });

async function joined(...clients: FakeClient[]): Promise<void> {
  for (const client of clients) client.send(join('room1'));
  await until(() => clients.every(({ frames }) => frames.length > 0));
}

describe('occupancy', () => {
  test('goes from empty to occupied to full and back, refusing who finds no seat', async () => {
    const { connect, stateOf } = createHarness({ limits: { capacity: 2 } });
    const [first, second, third] = [connect(), connect(), connect()];
    await joined(first);
    expect(stateOf('room1')).toMatchObject({ active: { occupancy: 'occupied' } });
    await joined(second, third);
    expect(stateOf('room1')).toMatchObject({ active: { occupancy: 'full' } });
    expect(third.frames).toEqual([FULL]);
    first.send(leave('room1'));
    third.send(join('room1'));
    expect(third.frames.at(-1)).toEqual({ type: 'joined', room: 'room1' });
    second.lose();
    third.lose();
    expect(stateOf('room1')).toMatchObject({ active: { occupancy: { empty: 'lingering' } } });
  });

  test('tells once that the room has its first member, and once that the last has left', async () => {
    const { connect, told } = createHarness();
    const [first, second] = [connect(), connect()];
    await joined(first, second);
    first.send(leave('room1'));
    second.send(leave('room1'), join('room1'));
    await settle();
    const names = told.map(({ name }) => name);
    expect(names.filter((name) => /^(member\.(joined|left)|room\.(occupied|vacated))$/.test(name))).toEqual([
      'member.joined',
      'room.occupied',
      'member.joined',
      'member.left',
      'member.left',
      'room.vacated',
      'member.joined',
      'room.occupied',
    ]);
  });

  test('does not tell of a room that refuses its first join', async () => {
    const { connect, toldOf } = createHarness({
      handlers: { onJoin: () => refuse('no') },
    });
    const client = connect();
    await joined(client);
    expect([toldOf('room.occupied'), toldOf('room.vacated')]).toEqual([[], []]);
  });

  test('tells, when it is opened after a crash, who was there then, and that the room is empty', async () => {
    const store = new FaultyStore()
      .put('room1', { id: 'a', joinedAt: 1 })
      .put('room1', { id: 'b', user: 'bob', joinedAt: 2 })
      .put('room1', { id: 'c', user: 'eve', joinedAt: 3, awaySince: 0 });
    const { rooms, told } = createHarness({ store });
    rooms.open('room1');
    await until(() => told.some(({ name }) => name === 'room.opened'));
    expect(told.filter(({ name }) => name !== 'room.opened')).toEqual([
      { name: 'member.left', event: { room: 'room1', member: { id: 'a' }, reason: 'swept' } },
      { name: 'member.away', event: { room: 'room1', member: { id: 'b', user: 'bob' } } },
      { name: 'room.vacated', event: { room: 'room1' } },
    ]);
  });

  test('counts joins that are still being decided on', async () => {
    const decisions: (() => void)[] = [];
    const { connect, stateOf } = createHarness({
      limits: { capacity: 1 },
      handlers: { onJoin: () => new Promise<void>((resolve) => void decisions.push(resolve)) },
    });
    const [first, second] = [connect(), connect()];
    first.send(join('room1'));
    await until(() => decisions.length === 1);
    second.send(join('room1'));
    expect(second.frames).toEqual([FULL]);
    first.lose();
    expect(stateOf('room1')).toMatchObject({ active: { occupancy: { empty: 'lingering' } } });
  });

  test('ends the room when it has been empty for a while and the store knows', async () => {
    const { connect, clock, directory, store, toldOf } = createHarness();
    const client = connect();
    await joined(client);
    client.send(leave('room1'));
    clock.increment(50);
    await until(() => store.writes.length > 0);
    await settle();
    clock.increment(10_000);
    expect(directory.rooms.size).toBe(0);
    expect(toldOf('room.closed')).toEqual([{ room: 'room1' }]);
  });

  test('keeps an empty room whose store has yet to learn of it', async () => {
    const { connect, clock, directory, store, stateOf } = createHarness();
    const client = connect();
    await joined(client);
    store.error = DISK_FULL;
    client.send(leave('room1'));
    clock.increment(10_000);
    await settle();
    expect(stateOf('room1')).toMatchObject({ active: { occupancy: { empty: 'lapsed' } } });
    store.error = undefined;
    await until(() => {
      clock.increment(5_000);
      return directory.rooms.size === 0;
    });
  });
});

describe('broadcast', () => {
  test('is throttled beyond the messages that the room takes a second, and flows again', async () => {
    const { connect, clock, rooms, stateOf } = createHarness({ limits: { messagesPerSecond: 2 } });
    const client = connect();
    await joined(client);
    client.send(publish('room1', 1), publish('room1', 2), publish('room1', 3));
    expect(client.frames.slice(1)).toMatchObject([
      1,
      { type: 'published' },
      2,
      { type: 'published' },
      { type: 'refused', refusal: { error: 'tooManyRequests', message: 'room1 takes 2 messages a second' } },
    ]);
    expect(stateOf('room1')).toMatchObject({ active: { broadcast: 'throttled' } });
    let outcome: unknown;
    rooms.publish('room1', 'by the server', {
      sender: 'library',
      settle: (settled) => void (outcome = settled),
    });
    expect(outcome).toMatchObject({ type: 'published' });
    clock.increment(500);
    expect(stateOf('room1')).toMatchObject({ active: { broadcast: 'flowing' } });
    client.send(publish('room1', 4));
    expect(client.frames.at(-1)).toEqual({ type: 'published' });
  });

  test('that is muted lets only the server be heard', async () => {
    const { connect, rooms, directory, stateOf } = createHarness();
    const client = connect();
    await joined(client);
    directory.rooms.get('room1')?.send({ type: 'room.mute' }, 'library');
    client.send(publish('room1', 'psst'));
    expect(client.frames.at(-1)).toMatchObject({
      refusal: { error: 'permissionDenied', message: 'room1 is muted' },
    });
    rooms.publish('room1', 'hear ye', { sender: 'library', settle: () => undefined });
    expect(client.frames.at(-1)).toBe('hear ye');
    directory.rooms.get('room1')?.send({ type: 'room.unmute' }, 'library');
    client.send(publish('room1', 'at last'));
    expect(client.frames.slice(-2)).toEqual(['at last', { type: 'published' }]);
    expect(stateOf('room1')).toMatchObject({ active: { broadcast: 'flowing' } });
  });

  test('that is muted still asks the handler, which may answer and not publish', async () => {
    const { connect, directory } = createHarness({
      handlers: { onMessage: ({ data }) => (data === '!help' ? answer('read the rules') : undefined) },
    });
    const client = connect();
    await joined(client);
    directory.rooms.get('room1')?.send({ type: 'room.mute' }, 'library');
    client.send(publish('room1', '!help'), publish('room1', 'psst'));
    await until(() => client.frames.length === 3);
    expect(client.frames.slice(1)).toMatchObject([
      { type: 'answered', data: 'read the rules' },
      { type: 'refused', refusal: { message: 'room1 is muted' } },
    ]);
  });

  test('gives each message the next offset of one epoch', async () => {
    const { rooms, toldOf } = createHarness();
    const outcomes: unknown[] = [];
    for (const data of ['a', 'b', 'c'])
      rooms.publish('room1', data, { sender: 'library', settle: (outcome) => void outcomes.push(outcome) });
    await until(() => outcomes.length === 3);
    expect(outcomes).toEqual([1, 2, 3].map((offset) => ({ type: 'published', offset, epoch: 'epoch' })));
    expect(toldOf('message.published').map(({ offset }) => offset)).toEqual([1, 2, 3]);
  });
});

describe('the journal', () => {
  test('writes changes that come together together', async () => {
    const { connect, clock, store, stateOf } = createHarness();
    const clients = Array.from({ length: 20 }, () => connect());
    await joined(...clients);
    expect(stateOf('room1')).toMatchObject({ active: { journal: 'dirty' } });
    expect(store.writes).toEqual([]);
    store.hold();
    clock.increment(50);
    expect(stateOf('room1')).toMatchObject({ active: { journal: { writing: 'timely' } } });
    clients[0]?.send(leave('room1'));
    store.release();
    await until(() => store.idsOf('room1').length === 20);
    await settle();
    clock.increment(50);
    await until(() => store.idsOf('room1').length === 19);
    expect(store.writes.map(({ changes }) => changes.length)).toEqual([20, 1]);
  });

  test('lets a strict join wait for the store', async () => {
    const { connect, clock, store } = createHarness({ durability: 'strict' });
    const client = connect();
    client.send(join('room1'));
    await settle();
    store.hold();
    clock.increment(1);
    await until(() => store.writes.length === 1);
    await settle();
    expect(client.frames).toEqual([]);
    store.release();
    await until(() => client.frames.length === 1);
    expect(store.idsOf('room1')).toEqual(['c1']);
  });

  test('keeps what a failing store refuses, lets talking go on, and recovers by itself', async () => {
    const { connect, clock, store, stateOf, toldOf } = createHarness();
    const client = connect();
    await joined(client);
    store.error = DISK_FULL;
    clock.increment(50);
    await until(() => toldOf('store.failed').length === 1);
    expect(stateOf('room1')).toMatchObject({ active: { journal: { failing: 'waiting' } } });
    const late = connect();
    await joined(late);
    late.send(publish('room1', 'still here'));
    expect(client.frames.at(-1)).toBe('still here');
    const attempts = store.writes.length;
    clock.increment(200);
    await until(() => store.writes.length > attempts);
    await settle();
    expect(toldOf('store.failed')).toHaveLength(1);
    store.error = undefined;
    await until(() => {
      clock.increment(5_000);
      return toldOf('store.recovered').length === 1;
    });
    expect(store.idsOf('room1').sort()).toEqual(['c1', 'c2']);
    await settle();
    expect(stateOf('room1')).toMatchObject({ active: { journal: 'clean' } });
  });

  test('refuses strict joins while the store fails, and takes back what it could not promise', async () => {
    const { connect, clock, store, rooms } = createHarness({ durability: 'strict' });
    const [first, second] = [connect(), connect()];
    first.send(join('room1'));
    await settle();
    store.error = DISK_FULL;
    clock.increment(1);
    await until(() => first.frames.length === 1);
    second.send(join('room1'));
    expect(second.frames).toMatchObject([{ type: 'refused', refusal: { error: 'internal' } }]);
    expect(first.frames).toMatchObject([{ type: 'refused', refusal: { error: 'internal' } }]);
    store.error = undefined;
    await until(() => {
      clock.increment(5_000);
      return store.writes.at(-1)?.changes[0]?.type === 'remove';
    });
    expect(await rooms.members('room1')).toEqual([]);
    first.send(join('room1'));
    await until(() => {
      clock.increment(1);
      return first.frames.length === 2;
    });
    expect(first.frames[1]).toMatchObject({ type: 'joined' });
  });

  test('tells of a store that does not answer, and waits for it', async () => {
    const { connect, clock, store, stateOf, toldOf } = createHarness();
    await joined(connect());
    store.hold();
    clock.increment(50);
    await settle();
    clock.increment(10_000);
    expect(stateOf('room1')).toMatchObject({ active: { journal: { writing: 'stalled' } } });
    expect(toldOf('store.failed')).toHaveLength(1);
    store.release();
    await until(() => toldOf('store.recovered').length === 1);
    expect(stateOf('room1')).toMatchObject({ active: { journal: 'clean' } });
  });

  test('waits for its turn at a busy store without telling that it does not answer', async () => {
    const store = Object.assign(new FaultyStore(), { parallel: 1 });
    const { connect, clock, stateOf, toldOf } = createHarness({ store });
    const [first, second] = [connect(), connect()];
    await joined(first);
    second.send(join('room2'));
    await until(() => second.frames.length > 0);
    store.hold();
    clock.increment(50);
    await settle();
    clock.increment(9_000);
    store.release();
    store.hold();
    await settle();
    clock.increment(9_000);
    await settle();
    expect([stateOf('room2'), toldOf('store.failed')]).toMatchObject([
      { active: { journal: { writing: 'timely' } } },
      [],
    ]);
    clock.increment(1_000);
    expect(toldOf('store.failed')).toMatchObject([{ room: 'room2' }]);
  });

  test('opens a room whose store cannot be read, and reads it as soon as it can be', async () => {
    const store = new FaultyStore().put('room1', { id: 'old', user: 'ann', joinedAt: 1 });
    store.error = DISK_FULL;
    const { connect, clock, rooms, stateOf, directory } = createHarness({ store });
    await joined(connect());
    expect(stateOf('room1')).toMatchObject({ active: { journal: { failing: 'waiting' } } });
    store.error = undefined;
    await until(() => {
      clock.increment(5_000);
      return directory.absence.roomsOf('ann').length === 1;
    });
    expect(await rooms.members('room1')).toMatchObject([
      { id: 'c1' },
      { id: 'old', user: 'ann', state: 'away' },
    ]);
    await until(() => {
      clock.increment(50);
      return store.idsOf('room1').length === 2;
    });
  });

  test('gives up on a store that does not tell who is in the room, after a while', async () => {
    const store = new FaultyStore();
    store.hold();
    const { connect, clock, stateOf, toldOf } = createHarness({ store });
    const client = connect();
    client.send(join('room1'));
    await settle();
    expect(stateOf('room1')).toEqual({ opening: { reading: 'timely' } });
    clock.increment(10_000);
    await until(() => client.frames.length === 1);
    expect(client.frames).toMatchObject([{ type: 'joined' }]);
    expect(toldOf('store.failed')).toHaveLength(1);
  });
});

function leftovers(): FaultyStore {
  return new FaultyStore()
    .put('room1', { id: 'old1', joinedAt: 1 })
    .put('room1', { id: 'old2', user: 'ann', joinedAt: 2 })
    .put('room1', { id: 'old3', user: 'ann', joinedAt: 3 });
}

describe('members of an earlier run', () => {
  test('are swept when they are anonymous and away when they are not', async () => {
    const { rooms, store, clock, toldOf, stateOf } = createHarness({ store: leftovers() });
    rooms.open('room1');
    expect(await rooms.members('room1')).toEqual([{ id: 'old2', user: 'ann', state: 'away', joinedAt: 2 }]);
    expect(toldOf('member.left').map(({ member, reason }) => [member.id, reason])).toEqual([
      ['old1', 'swept'],
      ['old3', 'swept'],
    ]);
    expect(stateOf('room1')).toMatchObject({ active: { absence: 'some' } });
    clock.increment(50);
    await until(() => store.idsOf('room1').length === 1);
  });

  test('are joined by the server when their user comes back', async () => {
    const { rooms, connect, toldOf, stateOf, directory } = createHarness({ store: leftovers() });
    rooms.open('room1');
    await rooms.members('room1');
    expect(directory.absence.roomsOf('ann')).toEqual(['room1']);
    const client = connect('ann');
    expect(client.frames).toEqual([{ type: 'joined', room: 'room1' }]);
    expect(await rooms.members('room1')).toMatchObject([{ id: 'c1', user: 'ann', state: 'joined' }]);
    expect(toldOf('member.joined')).toMatchObject([{ resumed: true }]);
    expect(toldOf('member.left').at(-1)).toMatchObject({ member: { id: 'old2' }, reason: 'resumed' });
    expect(stateOf('room1')).toMatchObject({ active: { absence: 'none' } });
    expect(directory.absence.roomsOf('ann')).toEqual([]);
  });

  test('are off the roster when they stay away for too long, and the room can end', async () => {
    const { rooms, clock, toldOf, directory, store } = createHarness({
      store: leftovers(),
      awayTtlMs: 30_000,
    });
    rooms.open('room1');
    await rooms.members('room1');
    clock.increment(50);
    await settle();
    clock.increment(20_000);
    expect(directory.rooms.size).toBe(1);
    clock.increment(10_000);
    expect(toldOf('member.left').at(-1)).toMatchObject({ member: { id: 'old2' }, reason: 'expired' });
    await until(() => {
      clock.increment(50);
      return store.idsOf('room1').length === 0 && directory.rooms.size === 0;
    });
  });
});

describe('a shutdown', () => {
  test('writes what the store has yet to learn, and keeps users for the next run', async () => {
    const { connect, clock, directory, store } = createHarness();
    const [user, anonymous] = [connect('ann'), connect()];
    await joined(user, anonymous);
    clock.increment(50);
    await until(() => store.idsOf('room1').length === 2);
    for (const client of [user, anonymous]) client.actor?.send({ type: 'server.draining' });
    directory.rooms.get('room1')?.send({ type: 'room.close' }, SERVER);
    await until(() => directory.rooms.size === 0);
    expect(store.idsOf('room1')).toEqual(['c1']);
  });

  test('lets nobody in, and does not wait for ever for a store that fails', async () => {
    const { connect, clock, directory, store, stateOf, toldOf } = createHarness();
    await joined(connect());
    store.error = DISK_FULL;
    directory.rooms.get('room1')?.send({ type: 'room.close' }, SERVER);
    await until(() => JSON.stringify(stateOf('room1')) === '{"closing":"waiting"}');
    const late = connect();
    late.send(join('room1'), publish('room1', 'hi'));
    expect(late.frames).toMatchObject([
      { type: 'refused', refusal: { error: 'notAvailable' } },
      { type: 'refused', refusal: { error: 'notAvailable' } },
    ]);
    clock.increment(5_000);
    expect(directory.rooms.size).toBe(0);
    expect(toldOf('store.dropped')).toEqual([{ room: 'room1', changes: 1 }]);
  });
});
