import { describe, expect, test } from 'vitest';
import { call, join, ping, publish, settle, until, type FakeClient } from '../../actors/actor-harness.ts';
import { MACHINES } from '../../actors/machines.ts';
import type { HarnessOptions } from '../../actors/actor-harness.ts';
import type { ActorAddress, ControlCommand, MachineName } from '../feed/feed-protocol.ts';
import type { RoomOperations } from '../rooms/room-operations.ts';
import { createPopulation } from '../summary/population-harness.ts';
import { ActsLog } from './acts-log.ts';
import { createControl } from './control.ts';
import { listSendable, SENDABLE } from './sendable-events.ts';

interface Options extends HarnessOptions {
  readonly isAllowed?: boolean;
  /** In the place of the real ones. */
  readonly operations?: Partial<RoomOperations>;
}

function createControlled(options: Options = {}) {
  const harness = createPopulation(options);
  const { population, clock, operations } = harness;
  const acts = new ActsLog({ emit: (name, event) => void harness.told.push({ name, event }) }, () =>
    clock.now(),
  );
  const control = createControl({
    population,
    isAllowed: options.isAllowed ?? true,
    operations: () => ({ ...operations, ...options.operations }),
    acts,
    clock,
    yieldTurn: () => new Promise((resolve) => setImmediate(resolve)),
  });
  const run = (kind: MachineName, id: string, command: ControlCommand): Promise<string | undefined> =>
    control.run({ kind, id } satisfies ActorAddress, command, '10.0.0.1');
  const send = (kind: MachineName, id: string, event: object): Promise<string | undefined> =>
    run(kind, id, { type: 'send', event: event as { type: string } });
  return { ...harness, control, acts, run, send };
}

/** Lets clients join; a strict store is written to at each turn of the clock. */
async function joined(
  clients: readonly FakeClient[],
  clock?: { increment(ms: number): void },
): Promise<void> {
  for (const client of clients) client.send(join('room1'));
  await until(() => {
    clock?.increment(1);
    return clients.every((client) => roomsOf(client).includes('room1'));
  });
}

const roomsOf = (client: FakeClient): string[] => [...(client.actor?.getSnapshot().context.joined ?? [])];

describe('when the settings do not allow it', () => {
  test('nothing is done, and nothing offered', async () => {
    const { run, control, connect } = createControlled({ isAllowed: false });
    const client = connect();
    expect(await run('connection', 'c1', { type: 'kick' })).toContain('inspector.control');
    expect(client.closedWith).toBeUndefined();
    expect(control.sendable).toEqual({});
  });

  test('each command is refused, and told of', async () => {
    const { run, toldOf, broker } = createControlled({ isAllowed: false });
    const commands: ControlCommand[] = [
      { type: 'publish', data: 'x' },
      { type: 'mute' },
      { type: 'unmute' },
      { type: 'removeHistory' },
      { type: 'removePresence', member: 'outside:bot' },
      { type: 'close' },
    ];
    for (const command of commands)
      expect(await run('room', 'room1', command)).toContain('inspector.control');
    expect(toldOf('control.used').map(({ act, outcome }) => [act, outcome])).toEqual(
      commands.map(({ type }) => [type, 'refused']),
    );
    expect(await broker.history('room1')).toMatchObject({ offset: 0 });
  });
});

describe('in a room', () => {
  const KEPT = { limits: { history: { size: 10, ttlMs: 60_000 } } };

  test('publishes to the members as the server does, and removes what is kept', async () => {
    const { run, connect, broker } = createControlled(KEPT);
    const client = connect();
    await joined([client]);
    expect(await run('room', 'room1', { type: 'publish', data: { text: 'hi' } })).toBeUndefined();
    expect(client.frames.at(-1)).toEqual({ text: 'hi' });
    expect(await broker.history('room1')).toMatchObject({
      offset: 1,
      publications: [{ data: { text: 'hi' }, offset: 1 }],
    });
    expect(await run('room', 'room1', { type: 'removeHistory' })).toBeUndefined();
    expect(await broker.history('room1')).toMatchObject({ offset: 1, publications: [] });
  });

  test('ends the presence of a member without a connection', async () => {
    const asked: string[][] = [];
    const { run, toldOf } = createControlled({
      operations: {
        removePresence(room, id) {
          asked.push([room, id]);
          return { found: id === 'bot@1' };
        },
      },
    });
    const member = 'outside:bot@1';
    expect(await run('room', 'a@b', { type: 'removePresence', member })).toBeUndefined();
    expect(await run('room', 'a', { type: 'removePresence', member: 'c1' })).toContain('nobody of this id');
    expect(asked).toEqual([
      ['a@b', 'bot@1'],
      ['a', 'c1'],
    ]);
    expect(toldOf('control.used')).toMatchObject([
      { act: 'removePresence', target: 'member outside:bot@1', room: 'a@b', outcome: 'done' },
      { act: 'removePresence', target: 'member c1', room: 'a', outcome: 'refused' },
    ]);
  });

  test('publishes also where nobody is', async () => {
    const { run, broker } = createControlled(KEPT);
    expect(await run('room', 'room9', { type: 'publish', data: 'hi' })).toBeUndefined();
    expect(await broker.history('room9')).toMatchObject({ publications: [{ data: 'hi' }] });
  });

  test('is refused what the room refuses', async () => {
    const { run, toldOf } = createControlled();
    expect(await run('room', 'room1', { type: 'publish', data: 'x'.repeat(65_537) })).toBe(
      'the message is longer than 65536 bytes',
    );
    expect(await run('room', '', { type: 'mute' })).toBe('the room name is empty');
    expect(toldOf('control.used')).toMatchObject([{ outcome: 'refused' }, { outcome: 'refused' }]);
  });

  test('mutes, and lets its members speak again', async () => {
    const { run, connect } = createControlled();
    const client = connect();
    await joined([client]);
    expect(await run('room', 'room1', { type: 'mute' })).toBeUndefined();
    client.send(publish('room1', 'hi'));
    expect(client.frames.at(-1)).toMatchObject({ type: 'refused', refusal: { error: 'permissionDenied' } });
    expect(await run('room', 'room1', { type: 'unmute' })).toBeUndefined();
    client.send(publish('room1', 'hi'));
    expect(client.frames.slice(-2)).toEqual(['hi', { type: 'published' }]);
  });

  test('removes a user who is away', async () => {
    const { run, connect, directory } = createControlled({ reconnectMs: 30_000 });
    const [ann, bob] = [connect('ann'), connect('bob')];
    await joined([ann, bob]);
    ann.lose();
    await until(() => directory.rooms.get('room1')?.record.roster.away.size === 1);
    expect(await run('membership', 'c1@room1', { type: 'kick' })).toBeUndefined();
    expect(directory.rooms.get('room1')?.record.roster.away.size).toBe(0);
    expect(await run('membership', 'c1@room1', { type: 'kick' })).toBe('there is no membership c1@room1');
  });

  test('is for rooms only', async () => {
    const { run, connect } = createControlled();
    connect();
    expect(await run('connection', 'c1', { type: 'mute' })).toBe('mute is for rooms only');
  });
});

describe('the uses of the control', () => {
  test('are told with what was done to whom by whom, without messages and reasons', async () => {
    const { run, send, connect, acts, toldOf, clock } = createControlled();
    await joined([connect('ann')]);
    const at = clock.now();
    await run('room', 'room1', { type: 'publish', data: 'a secret' });
    await run('membership', 'c1@room1', { type: 'kick', reason: 'a secret' });
    await run('connection', 'c9', { type: 'kick' });
    await send('room', 'room1', { type: 'room.mute' });
    await send('room', 'room1', { type: 'a secret' });
    const told = toldOf('control.used');
    const by = { remoteAddress: '10.0.0.1', room: 'room1' };
    expect(told).toEqual([
      { act: 'publish', target: 'room room1', outcome: 'done', ...by },
      { act: 'kick', target: 'membership c1@room1', outcome: 'done', ...by },
      { act: 'kick', target: 'connection c9', outcome: 'refused', remoteAddress: '10.0.0.1' },
      { act: 'send room.mute', target: 'room room1', outcome: 'done', ...by },
      { act: 'send', target: 'room room1', outcome: 'refused', ...by },
    ]);
    expect(acts.latest()).toEqual(told.toReversed().map((act) => ({ at, ...act })));
    expect(acts.latest('room1')).toHaveLength(4);
  });

  test('are told also when the server fails to do it', async () => {
    const { run, toldOf } = createControlled({
      operations: { publish: () => Promise.reject(new Error('the broker is down')) },
    });
    await expect(run('room', 'room1', { type: 'publish', data: 1 })).rejects.toThrow('the broker is down');
    expect(toldOf('control.used')).toMatchObject([{ act: 'publish', outcome: 'failed' }]);
  });

  test('are kept up to a hundred', async () => {
    const { run, acts } = createControlled();
    for (let room = 1; room <= 105; room += 1) await run('room', `room${room}`, { type: 'mute' });
    expect(acts.latest().map(({ room }) => room)).toHaveLength(100);
    expect(acts.latest()[0]?.room).toBe('room105');
  });
});

describe('kicking', () => {
  test('closes a connection with its own code', async () => {
    const { run, connect, directory } = createControlled();
    const client = connect();
    expect(await run('connection', 'c1', { type: 'kick' })).toBeUndefined();
    expect(client.closedWith).toBe('disconnected');
    expect(directory.connections.size).toBe(0);
    expect(await run('connection', 'c1', { type: 'kick' })).toBe('there is no connection c1');
  });

  test('closes a connection with the reason that is given', async () => {
    const { run, connect } = createControlled();
    const client = connect();
    await joined([client]);
    expect(await run('connection', 'c1', { type: 'kick', reason: 'be nice' })).toBeUndefined();
    expect([client.closedWith, client.closeReason]).toEqual(['disconnected', 'be nice']);
  });

  test('removes a resting member from its room: it is told why, and may join again', async () => {
    const { run, connect, directory, toldOf } = createControlled();
    const [ann, bob] = [connect('ann'), connect('bob')];
    await joined([ann, bob]);
    expect(await run('membership', 'c1@room1', { type: 'kick', reason: 'be nice' })).toBeUndefined();
    expect(ann.frames.at(-1)).toEqual({
      type: 'left',
      room: 'room1',
      refusal: { error: 'permissionDenied', message: 'be nice' },
    });
    expect(roomsOf(ann)).toEqual([]);
    expect([...(directory.rooms.get('room1')?.record.roster.joined.keys() ?? [])]).toEqual(['c2']);
    expect(toldOf('member.left')).toMatchObject([{ member: { id: 'c1' }, reason: 'kicked' }]);
    await joined([ann]);
    expect(roomsOf(ann)).toEqual(['room1']);
  });

  test('cancels a join that the handler has not decided: the connection goes on', async () => {
    let signal: AbortSignal | undefined;
    const { run, connect, directory } = createControlled({
      handlers: {
        onJoin(context) {
          signal = context.signal;
          return new Promise(() => {});
        },
      },
    });
    const client = connect();
    client.send(join('room1'), ping);
    await until(() => directory.rooms.get('room1')?.record.roster.awake.size === 1);
    expect(await run('membership', 'c1@room1', { type: 'kick', reason: 'no' })).toBeUndefined();
    expect(client.frames).toEqual([
      { type: 'refused', refusal: { error: 'permissionDenied', message: 'no' } },
      { type: 'pong' },
    ]);
    expect(signal?.aborted).toBe(true);
    expect(directory.rooms.get('room1')?.record.roster.seats).toBe(0);
  });

  test('does not hurry a member that is leaving', async () => {
    const { run, connect, store, directory, clock } = createControlled({ durability: 'strict' });
    const client = connect();
    await joined([client], clock);
    store.hold();
    client.send({ type: 'room.leave', room: 'room1' });
    expect(directory.rooms.get('room1')?.record.roster.awake.size).toBe(1);
    expect(await run('membership', 'c1@room1', { type: 'kick' })).toBe('it is leaving already');
  });

  test('is for connections and members only', async () => {
    const { run, connect } = createControlled();
    await joined([connect()]);
    expect(await run('room', 'room1', { type: 'kick' })).toContain('only connections and memberships');
    expect(await run('server', 'server', { type: 'kick' })).toContain('only connections and memberships');
  });
});

describe('closing a room', () => {
  test.each(['relaxed', 'strict'] as const)(
    'puts out everybody, takes it out of memory and out of the store (%s)',
    async (durability) => {
      const { run, connect, clock, directory, store, toldOf, rooms } = createControlled({
        durability,
        limits: { capacity: 1_000 },
      });
      const clients = Array.from({ length: 250 }, (_, index) => connect(`user${index}`));
      await joined(clients, clock);
      const closing = run('room', 'room1', { type: 'close', reason: 'for tonight' });
      expect(await closing).toBeUndefined();
      expect(directory.rooms.has('room1')).toBe(false);
      for (const client of clients) {
        expect(client.frames.filter((frame) => (frame as { type?: string }).type === 'left')).toEqual([
          { type: 'left', room: 'room1', refusal: { error: expect.any(String), message: 'for tonight' } },
        ]);
        expect(roomsOf(client)).toEqual([]);
        expect(client.subscribed.size).toBe(0);
      }
      expect(toldOf('member.left')).toHaveLength(250);
      expect(toldOf('room.closed')).toEqual([{ room: 'room1' }]);
      expect(store.idsOf('room1')).toEqual([]);
      expect(await rooms.members('room1')).toEqual([]);
      // Nothing of it is left: the next join opens it anew.
      await joined(clients.slice(0, 1), clock);
      expect(directory.rooms.get('room1')?.record.roster.joined.size).toBe(1);
    },
  );

  test('cancels unfinished joins', async () => {
    const { run, connect, directory } = createControlled({
      handlers: { onJoin: ({ member }) => (member.id === 'c2' ? new Promise(() => {}) : undefined) },
    });
    const [ann, bob] = [connect('ann'), connect('bob')];
    await joined([ann]);
    bob.send(join('room1'), ping);
    expect(await run('room', 'room1', { type: 'close', reason: 'closed' })).toBeUndefined();
    expect(directory.rooms.size).toBe(0);
    expect(bob.frames).toEqual([
      { type: 'refused', refusal: { error: 'notAvailable', message: 'closed' } },
      { type: 'pong' },
    ]);
  });

  test('reaches those who joined while the store was being asked', async () => {
    const { run, connect, directory, store } = createControlled();
    store.hold();
    const client = connect();
    client.send(join('room1'));
    const closing = run('room', 'room1', { type: 'close', reason: 'closed' });
    await settle();
    expect(directory.rooms.has('room1')).toBe(true);
    store.release();
    expect(await closing).toBeUndefined();
    expect(directory.rooms.has('room1')).toBe(false);
    expect(client.frames).toEqual([
      { type: 'joined', room: 'room1' },
      { type: 'left', room: 'room1', refusal: { error: 'notAvailable', message: 'closed' } },
    ]);
    expect(roomsOf(client)).toEqual([]);
  });

  test('reaches those who join while others are being removed', async () => {
    const { run, connect, directory } = createControlled({ limits: { capacity: 1_000 } });
    const clients = Array.from({ length: 150 }, () => connect());
    await joined(clients);
    const late = connect();
    const closing = run('room', 'room1', { type: 'close' });
    late.send(join('room1'));
    expect(roomsOf(late)).toEqual(['room1']);
    expect(await closing).toBeUndefined();
    expect(roomsOf(late)).toEqual([]);
    expect(directory.rooms.size).toBe(0);
  });

  test('does not wait for a store that never answers', async () => {
    const { run, connect, clock, directory, store } = createControlled({ durability: 'strict' });
    const client = connect();
    await joined([client], clock);
    store.hold();
    const closing = run('room', 'room1', { type: 'close' });
    await settle();
    clock.increment(5_000);
    expect(await closing).toBeUndefined();
    expect(directory.rooms.size).toBe(0);
    expect(roomsOf(client)).toEqual([]);
  });

  test('tells when it does not come to an end', async () => {
    let broken = false;
    const { connect, clock, run } = createControlled({
      machines: {
        room: MACHINES.room.provide({
          actions: {
            confirmWrite: () => {
              if (broken) throw new Error('confirmWrite is broken');
            },
          },
        }),
      },
    });
    await joined([connect()]);
    broken = true;
    const closing = run('room', 'room1', { type: 'close' });
    for (let second = 0; second < 10; second += 1) {
      await settle();
      clock.increment(1_000);
    }
    expect(await closing).toBe('the room has not closed within 10 seconds');
  });

  test('is for rooms only', async () => {
    const { run, connect } = createControlled();
    await joined([connect()]);
    expect(await run('membership', 'c1@room1', { type: 'close' })).toBe('only a room can be closed');
    expect(await run('room', 'room2', { type: 'close' })).toBe('there is no room room2');
  });
});

describe('sending events', () => {
  test('does what the chart does on them', async () => {
    const { send, connect, directory } = createControlled();
    const client = connect();
    expect(await send('connection', 'c1', { type: 'room.join', room: 'room1' })).toBeUndefined();
    await until(() => roomsOf(client).length === 1);
    expect(
      await send('connection', 'c1', { type: 'room.publish', room: 'room1', data: 'hi' }),
    ).toBeUndefined();
    expect(client.frames).toEqual([{ type: 'joined', room: 'room1' }, 'hi', { type: 'published' }]);
    expect(await send('room', 'room1', { type: 'room.mute' })).toBeUndefined();
    expect(directory.rooms.get('room1')?.record.muted).toBe(true);
    expect(await send('connection', 'c1', { type: 'socket.congested' })).toBeUndefined();
    expect(client.actor?.getSnapshot().matches({ open: { flow: 'congested' } })).toBe(true);
  });

  test('refuses an event that the present states do not take', async () => {
    const { send, connect } = createControlled();
    await joined([connect()]);
    expect(await send('room', 'room1', { type: 'room.unmute' })).toBe(
      'it takes no room.unmute in the states in which it is',
    );
    expect(await send('connection', 'c1', { type: 'socket.drained' })).toContain('takes no socket.drained');
  });

  test('names all problems of an event, and what is taken', async () => {
    const { send, connect, directory } = createControlled();
    await joined([connect()]);
    expect(await send('connection', 'c1', { type: 'room.joined', room: 'room1' })).toBe(
      'a connection cannot be sent room.joined, only ping, room.join {room}, room.leave {room}, ' +
        'room.publish {room, data}, server.broadcast {data}, room.call {room, method, args}, ' +
        'server.disconnect, socket.congested, socket.drained',
    );
    const error = await send('connection', 'c1', { type: 'room.call', room: 1, args: {}, extra: true });
    expect(error).toContain('room: ');
    expect(error).toContain('method: ');
    expect(error).toContain('extra');
    expect(error).toContain('it has to be room.call {room, method, args}');
    expect(await send('room', 'room1', { type: 'room.kick', id: 'c1', refusal: {} })).toContain(
      'refusal.error',
    );
    expect(await send('room', 'room1', { type: 'room.close' })).toContain('cannot be sent room.close');
    expect(directory.rooms.get('room1')?.record.roster.joined.size).toBe(1);
  });

  test.each(['left', 'disconnected', 'shutdown', 'kicked'] as const)(
    'wakes a resting membership for its leave: %s',
    async (reason) => {
      const { send, connect, toldOf, directory } = createControlled();
      const client = connect('ann');
      await joined([client]);
      expect(await send('membership', 'c1@room1', { type: 'membership.leave', reason })).toBeUndefined();
      expect(toldOf('member.left')).toMatchObject([{ member: { id: 'c1' }, reason }]);
      expect(roomsOf(client)).toEqual([]);
      expect(client.frames.at(-1)).toMatchObject({ type: 'left' });
      expect(directory.rooms.get('room1')?.record.roster.seats).toBe(0);
    },
  );

  test('abandons a message that is being judged, and answers its publisher', async () => {
    const { send, connect, directory } = createControlled({
      handlers: { onMessage: () => new Promise(() => {}) },
    });
    const client = connect();
    await joined([client]);
    client.send(publish('room1', 'hi'), ping);
    expect(await send('moderation', '1@room1', { type: 'moderation.abandon' })).toBeUndefined();
    expect(client.frames.slice(1)).toMatchObject([{ type: 'refused' }, { type: 'pong' }]);
    expect(directory.rooms.get('room1')?.record.moderations.size).toBe(0);
  });

  test('reaches the server and the proxies', async () => {
    const { send, server, proxy, connect } = createControlled({ allowed: ['hello.*'] });
    await settle();
    connect().send(call('hello.sayHello'));
    expect(await send('tarsProxy', 'hello', { type: 'link.writable' })).toContain('takes no link.writable');
    expect(proxy.getSnapshot().status).toBe('active');
    expect(await send('tarsProxy', 'hello', { type: 'proxy.stop' })).toContain('only link.writable');
    expect(await send('server', 'server', { type: 'server.stop' })).toBeUndefined();
    await until(() => server.getSnapshot().matches('stopped'));
  });
});

describe('the table of events', () => {
  test('names events of the charts only', () => {
    for (const [kind, machine] of Object.entries(MACHINES)) {
      const events: readonly string[] = machine.events;
      const sendable = listSendable(kind as MachineName);
      expect(events, kind).toEqual(expect.arrayContaining([...sendable]));
      expect(new Set(sendable).size, kind).toBe(sendable.length);
    }
    expect(Object.keys(SENDABLE).sort()).toEqual(Object.keys(MACHINES).sort());
  });
});
