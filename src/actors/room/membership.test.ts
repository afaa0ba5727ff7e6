import { describe, expect, test } from 'vitest';
import { createHarness, join, leave, settle, until } from '../actor-harness.ts';
import { refuse } from './room-options.ts';

const joined = (room: string) => ({ type: 'joined', room });

describe('a join', () => {
  test('is answered, seated and subscribed', async () => {
    const { connect, rooms, toldOf } = createHarness();
    const client = connect('ann');
    client.send(join('room1'));
    await until(() => client.frames.length > 0);
    expect(client.frames).toEqual([joined('room1')]);
    expect([...client.subscribed]).toEqual(['room1']);
    expect(await rooms.members('room1')).toMatchObject([{ id: 'c1', user: 'ann', state: 'joined' }]);
    expect(toldOf('member.joined')).toMatchObject([{ room: 'room1', member: { id: 'c1', user: 'ann' } }]);
  });

  test('that a handler refuses leaves no trace but the answer', async () => {
    const { connect, rooms, store, clock, toldOf } = createHarness({
      handlers: { onJoin: async () => refuse('not today') },
    });
    const client = connect();
    client.send(join('room1'));
    await until(() => client.frames.length > 0);
    clock.increment(50);
    await settle();
    expect(client.frames).toEqual([
      { type: 'refused', refusal: { error: 'permissionDenied', message: 'not today' } },
    ]);
    expect(await rooms.members('room1')).toEqual([]);
    expect(client.subscribed.size).toBe(0);
    expect(store.writes).toEqual([]);
    expect(toldOf('member.refused')).toHaveLength(1);
  });

  test.each([
    [
      'throws',
      () => {
        throw new Error('secret');
      },
    ],
    ['rejects', () => Promise.reject(new Error('secret'))],
  ])('whose handler %s is refused without the error’s text', async (_, onJoin) => {
    const { connect, toldOf } = createHarness({ handlers: { onJoin } });
    const client = connect();
    client.send(join('room1'));
    await until(() => client.frames.length > 0);
    expect(JSON.stringify(client.frames)).not.toContain('secret');
    expect(client.frames).toMatchObject([{ type: 'refused', refusal: { error: 'internal' } }]);
    expect(toldOf('handler.failed')).toMatchObject([{ handler: 'onJoin', error: new Error('secret') }]);
  });

  test('whose handler outlives its deadline is refused, and the handler is told to stop', async () => {
    let signal: AbortSignal | undefined;
    const { connect, clock, toldOf } = createHarness({
      handlers: {
        onJoin: (context) => {
          signal = context.signal;
          return new Promise(() => undefined);
        },
      },
    });
    const client = connect();
    client.send(join('room1'));
    await until(() => signal !== undefined);
    expect(client.frames).toEqual([]);
    clock.increment(1_000);
    expect(client.frames).toMatchObject([{ type: 'refused' }]);
    expect(signal?.aborted).toBe(true);
    expect(toldOf('handler.failed')).toHaveLength(1);
  });

  test('whose socket goes while the handler decides ends without having been', async () => {
    let decide: (() => void) | undefined;
    const { connect, rooms, directory, clock, store, toldOf } = createHarness({
      handlers: {
        onJoin: () =>
          new Promise<void>((resolve) => {
            decide = resolve;
          }),
      },
    });
    const client = connect();
    client.send(join('room1'));
    await until(() => decide !== undefined);
    client.lose();
    decide?.();
    await settle();
    clock.increment(50);
    await settle();
    expect(await rooms.members('room1')).toEqual([]);
    expect(directory.rooms.get('room1')?.record.roster.seats).toBe(0);
    expect(toldOf('member.joined')).toEqual([]);
    expect(toldOf('member.left')).toEqual([]);
    expect(store.writes).toEqual([]);
  });

  test('whose socket goes while it is being recorded is taken back', async () => {
    const { connect, rooms, store, clock, toldOf } = createHarness({ durability: 'strict' });
    const client = connect();
    client.send(join('room1'));
    await settle();
    store.hold();
    clock.increment(1);
    await until(() => store.writes.length === 1);
    client.lose();
    store.release();
    await settle();
    clock.increment(1);
    await until(() => store.writes.length === 2);
    await settle();
    expect(store.idsOf('room1')).toEqual([]);
    expect(await rooms.members('room1')).toEqual([]);
    expect(toldOf('member.joined')).toEqual([]);
  });
});

describe('a leave', () => {
  test('is answered, unsubscribed and recorded', async () => {
    const { connect, rooms, store, clock, toldOf } = createHarness();
    const client = connect();
    client.send(join('room1'));
    await until(() => client.frames.length === 1);
    clock.increment(50);
    await until(() => store.idsOf('room1').length === 1);
    await settle();
    client.send(leave('room1'));
    expect(client.frames[1]).toEqual({ type: 'left', room: 'room1' });
    expect(client.subscribed.size).toBe(0);
    expect(await rooms.members('room1')).toEqual([]);
    clock.increment(50);
    await until(() => store.idsOf('room1').length === 0);
    expect(toldOf('member.left')).toMatchObject([{ room: 'room1', reason: 'left' }]);
  });

  test('tells the handler, and a handler that fails changes nothing', async () => {
    const left: string[] = [];
    const { connect, toldOf, rooms } = createHarness({
      handlers: {
        onLeave: ({ member }) => {
          left.push(member.id);
          throw new Error('boom');
        },
      },
    });
    const client = connect();
    client.send(join('room1'));
    await until(() => client.frames.length === 1);
    client.lose();
    await until(() => toldOf('handler.failed').length === 1);
    expect(left).toEqual(['c1']);
    expect(await rooms.members('room1')).toEqual([]);
    expect(toldOf('member.left')).toMatchObject([{ reason: 'disconnected' }]);
  });

  test('by a lost socket leaves every room of it', async () => {
    const { connect, rooms } = createHarness();
    const client = connect();
    client.send(join('a'), join('b'), join('c'));
    await until(() => client.frames.length === 3);
    client.lose();
    expect(await Promise.all(['a', 'b', 'c'].map((room) => rooms.members(room)))).toEqual([[], [], []]);
  });
});
