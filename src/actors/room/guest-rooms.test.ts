import { describe, expect, test } from 'vitest';
import { createHarness, join, leave, pass, publish, settle } from '../actor-harness.ts';
import { GuestRooms } from './guest-rooms.ts';

const SECOND = 1_000;

/** A room in which a handler judges messages, so that they need the room. */
const JUDGED = { handlers: { onMessage: () => undefined } };

describe('a room that only a message has opened', () => {
  test('is forgotten at once, and not one that has had a member', async () => {
    const { clock, connect, directory } = createHarness(JUDGED);
    const client = connect();
    client.send(publish('guest', 'hi'), join('joined'));
    await settle();
    client.send(leave('joined'));
    await settle();
    expect([...directory.rooms.keys()]).toEqual(['guest', 'joined']);
    await pass(clock, 0.5 * SECOND);
    expect([...directory.rooms.keys()]).toEqual(['joined']);
    await pass(clock, 10 * SECOND);
    expect(directory.rooms.size).toBe(0);
    expect(clock.timers).toBe(0);
  });

  test('stays while a message is judged', async () => {
    let judge: () => void = () => undefined;
    const judged = new Promise<void>((resolve) => {
      judge = resolve;
    });
    const { clock, connect, directory } = createHarness({
      handlers: { onMessage: () => judged },
      limits: { handlerMs: 60 * SECOND },
    });
    const client = connect();
    client.send(publish('guest', 'hi'));
    await pass(clock, 5 * SECOND);
    expect(directory.rooms.size).toBe(1);
    judge();
    await settle();
    expect(client.frames).toEqual([{ type: 'published' }]);
    await pass(clock, 0.5 * SECOND);
    expect(directory.rooms.size).toBe(0);
  });

  test('stays until its rate is as if nothing had been said', async () => {
    const { clock, connect, directory } = createHarness({ limits: { messagesPerSecond: 0.5 } });
    const client = connect();
    client.send(publish('guest', 'hi'));
    await pass(clock, 1.5 * SECOND);
    client.send(publish('guest', 'too soon'));
    await settle();
    expect(client.frames).toMatchObject([{ type: 'published' }, { type: 'refused' }]);
    await pass(clock, 3 * SECOND);
    expect(directory.rooms.size).toBe(0);
  });
});

describe('rooms that nobody has joined', () => {
  test('are bounded, and those with members are not among them', async () => {
    const { connect, directory, toldOf } = createHarness({ ...JUDGED, guestRooms: 2 });
    const client = connect('ada');
    client.send(publish('one', 'hi'), publish('two', 'hi'));
    await settle();
    client.send(publish('three', 'hi'));
    await settle();
    const reason = 'the server has 2 rooms open that nobody has joined';
    expect(client.frames.at(-1)).toEqual({
      type: 'refused',
      refusal: { error: 'limitExceeded', message: reason },
    });
    expect(toldOf('problem.noted')).toEqual([
      {
        kind: 'refused',
        reason,
        machine: 'server',
        code: 106,
        room: 'three',
        client: client.id,
        user: 'ada',
        address: '127.0.0.1',
        limit: { name: 'limits.guestRooms', value: 2, actual: 3 },
      },
    ]);
    client.send(join('one'));
    await settle();
    client.send(publish('three', 'hi'));
    await settle();
    expect(client.frames.at(-1)).toEqual({ type: 'published' });
    expect([...directory.rooms.keys()]).toEqual(['one', 'two', 'three']);
  });

  test('make place when they are forgotten', () => {
    const rooms = new GuestRooms(1);
    const room = { hadMembers: false };
    rooms.add(room);
    expect(rooms.isFull()).toBe(true);
    rooms.delete(room);
    expect(rooms.isFull()).toBe(false);
  });
});
