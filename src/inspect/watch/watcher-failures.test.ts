import { describe, expect, test } from 'vitest';
import { join, leave, publish, settle } from '../../actors/actor-harness.ts';
import { MACHINES } from '../../actors/machines.ts';
import { membershipMachine } from '../../actors/room/membership.ts';
import { connectionMachine } from '../../actors/connection/connection.ts';
import { roomMachine } from '../../actors/room/room.ts';
import { createWatchHarness, FakePage } from './watch-harness.ts';

const ROOM = { kind: 'room', id: 'room1' } as const;
const CONNECTION = { kind: 'connection', id: 'c1' } as const;

const broken = (): never => {
  throw new Error('out of order');
};

describe('an actor that fails while it is watched', () => {
  test('a room: the event it failed on, then its new start', async () => {
    let isBroken = false;
    const { connect, watch, watcher, clock, flush, stateOf } = createWatchHarness({
      machines: {
        room: roomMachine.provide({
          actions: {
            publish: (args) => {
              if (isBroken) broken();
              (MACHINES.room.implementations.actions.publish as (args: unknown) => void)(args);
            },
          },
        }),
      },
    });
    const client = connect();
    client.send(join('room1'));
    await settle();
    const { page } = watch(ROOM);
    isBroken = true;
    client.send(publish('room1', 'boom'));
    flush();
    expect(page.story()).toEqual([
      'c1 -> room1: room.publish',
      'room1 => broker: publish',
      'room1 => socket: publish',
      'room1 failed: Error: out of order',
    ]);
    expect(page.statuses.get('room room1')).toBe('failed');
    expect(page.transitionsOf('room1')[0]).toMatchObject({ taken: [], actions: ['publish'] });
    isBroken = false;
    client.send(publish('room1', 'better'));
    await settle();
    flush();
    expect(page.story().slice(4)).toEqual([
      'room1 started',
      '? -> room1: xstate.init',
      'c1 -> room1: room.publish',
      'room1 => broker: publish',
      'room1 => socket: publish',
    ]);
    clock.increment(100);
    await settle();
    flush();
    expect(page.statuses.get('room room1')).toBe('active');
    expect(page.states.get('room room1')).toContain('active.journal.clean');
    expect(stateOf('room1')).toMatchObject({ active: { journal: 'clean' } });
    expect(watcher.watched.size).toBe(1);
  });

  test('a room that fails too often ends with its resting memberships', async () => {
    const { connect, watch, watcher, clock, flush, directory } = createWatchHarness({
      machines: { room: roomMachine.provide({ actions: { publish: broken } }) },
    });
    const [ann, bob] = [connect(), connect()];
    for (const client of [ann, bob]) client.send(join('room1'));
    await settle();
    const [ofRoom, ofBob] = [watch(ROOM, true).page, watch({ kind: 'connection', id: 'c2' }, true).page];
    for (let failure = 0; failure < 6; failure += 1) {
      ann.send(publish('room1', 'boom'));
      clock.increment(2_000);
      await settle();
    }
    expect(directory.rooms.size).toBe(0);
    flush();
    flush();
    expect(ofRoom.story().filter((line) => line.endsWith('failed: Error: out of order'))).toHaveLength(6);
    expect(ofRoom.statuses.get('room room1')).toBe('failed');
    for (const of of ['membership c1@room1', 'membership c2@room1', 'connection c1'])
      expect(ofRoom.statuses.get(of)).toBe('done');
    expect(ofBob.story()).toContain('room1 -> c2: room.closed');
    expect(ofBob.statuses.get('membership c2@room1')).toBe('done');
    expect(ofBob.statuses.get('connection c2')).toBe('active');
    expect([...watcher.watched]).toEqual([bob.actor]);
  });

  test('a membership, on its first action', async () => {
    const { connect, watch, watcher, errors, flush } = createWatchHarness({
      machines: { membership: membershipMachine.provide({ actions: { recordJoin: broken } }) },
    });
    const client = connect();
    const { page } = watch(CONNECTION, true);
    client.send(join('room1'));
    await settle();
    flush();
    expect(page.story()).toEqual([
      'socket -> c1: room.join',
      'c1 => room1: join',
      'c1 -> c1: command.pending',
      'c1@room1 started',
      'room1 -> c1@room1: xstate.init',
      'c1@room1 => room1: recordJoin',
      'c1@room1 failed: Error: out of order',
      'room1 -> c1: room.refused',
      'c1 => socket: answerRefused',
    ]);
    expect(watcher.watched.size).toBe(1);
    expect(errors).toEqual([]);
  });

  test('a connection among others, which go on', async () => {
    const { connect, watch, watcher, flush, rooms } = createWatchHarness({
      machines: { connection: connectionMachine.provide({ actions: { answerJoined: broken } }) },
    });
    const client = connect();
    client.send(join('room2'));
    await settle();
    expect(client.closedWith).toBe('internal');
    const [ann, bob] = [connect(), connect()];
    const { page } = watch({ kind: 'connection', id: ann.id }, true);
    ann.send(join('room1'));
    bob.lose();
    await settle();
    flush();
    expect(page.story()).toContain(`${ann.id} failed: Error: out of order`);
    expect(page.statuses.get(`connection ${ann.id}`)).toBe('failed');
    expect(page.statuses.get(`membership ${ann.id}@room1`)).toBe('done');
    expect(watcher.watched.size).toBe(0);
    expect(await rooms.members('room1')).toEqual([]);
  });
});

describe('a watch that fails', () => {
  const REASON = new Error('cannot be shown');
  const fail = (): never => {
    throw REASON;
  };

  test.each([
    ['because an event cannot be redacted', { redactEvent: fail }],
    ['because an actor cannot be described', { describe: fail }],
  ])('%s is over, and costs the actors nothing', async (_, input) => {
    const { connect, watcher, errors, flush, stateOf } = createWatchHarness({ input });
    const client = connect();
    client.send(join('room1'));
    await settle();
    const page = new FakePage();
    watcher.watch(ROOM, true, page);
    client.send(publish('room1', 'hi'));
    flush();
    client.send(leave('room1'));
    await settle();
    flush();
    expect(client.frames.slice(1)).toEqual(['hi', { type: 'published' }, { type: 'left', room: 'room1' }]);
    expect(stateOf('room1')).toMatchObject({ active: { occupancy: { empty: 'lingering' } } });
    expect(errors).toEqual([REASON]);
    expect(page.failure).toBe(REASON);
    expect(page.items).toEqual([]);
    expect([watcher.size, watcher.watched.size]).toEqual([0, 0]);
  });

  test('because its sink throws is over; others of the same actors go on', async () => {
    const { connect, watcher, watch, errors, flush } = createWatchHarness();
    const client = connect();
    const told: unknown[] = [];
    watcher.watch(CONNECTION, true, { send: fail, failed: (error) => void told.push(error) });
    const { page } = watch(CONNECTION, true);
    client.send(join('room1'));
    await settle();
    flush();
    expect(told).toEqual([REASON]);
    expect(errors).toEqual([REASON]);
    expect(watcher.size).toBe(1);
    expect(page.statuses.get('membership c1@room1')).toBe('resting');
    page.forget();
    client.send({ type: 'ping' });
    flush();
    expect(page.story()).toEqual(['socket -> c1: ping', 'c1 => socket: replyPong']);
  });

  test('and whose sink throws again is reported', () => {
    const { connect, watcher, errors, flush } = createWatchHarness();
    const client = connect();
    watcher.watch(CONNECTION, false, { send: fail, failed: fail });
    client.send({ type: 'ping' });
    flush();
    expect(errors).toEqual([REASON, REASON]);
    expect([watcher.size, watcher.watched.size]).toEqual([0, 0]);
  });
});
