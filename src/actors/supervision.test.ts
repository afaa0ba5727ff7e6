import { describe, expect, test } from 'vitest';
import {
  createHarness,
  join,
  leave,
  ping,
  publish,
  settle,
  until,
  type FakeClient,
} from './actor-harness.ts';
import { connectionMachine } from './connection/connection.ts';
import { roomMachine } from './room/room.ts';

/** A room whose action `name` throws as long as `fails` says so. */
function createFailingRoom(name: 'publish' | 'admit' | 'seat' | 'beginLeave', fails: () => boolean) {
  return roomMachine.provide({
    actions: {
      [name]: (args: { event: { type: string } }, params: never) => {
        if (fails()) throw new Error(`${name} is broken`);
        const original = roomMachine.implementations.actions[name] as (
          args: unknown,
          params: unknown,
        ) => void;
        original(args, params);
      },
    },
  });
}

async function joined(...clients: FakeClient[]): Promise<void> {
  for (const client of clients) client.send(join('room1'));
  await until(() => clients.every(({ frames }) => frames.length > 0));
}

describe('a room whose machine fails', () => {
  test('costs the one message; its members stay, and it is restarted', async () => {
    let broken = false;
    const { connect, clock, rooms, toldOf } = createHarness({
      machines: { room: createFailingRoom('publish', () => broken) },
    });
    const [sender, other] = [connect('ann'), connect()];
    await joined(sender, other);
    broken = true;
    sender.send(publish('room1', 'boom'));
    expect(sender.frames.at(-1)).toMatchObject({ type: 'refused', refusal: { error: 'internal' } });
    expect(toldOf('room.failed')).toMatchObject([{ room: 'room1', outcome: 'restarting' }]);
    broken = false;
    other.send(publish('room1', 'while it restarts'));
    clock.increment(50);
    await until(() => other.frames.at(-1) !== undefined && other.frames.length === 3);
    expect(other.frames.slice(1)).toEqual(['while it restarts', { type: 'published' }]);
    expect(await rooms.members('room1')).toHaveLength(2);
    expect(toldOf('member.left')).toEqual([]);
    other.send(leave('room1'));
    expect(other.frames.at(-1)).toEqual({ type: 'left', room: 'room1' });
  });

  test('costs the one join', async () => {
    let broken = true;
    const { connect, clock } = createHarness({
      machines: { room: createFailingRoom('admit', () => broken) },
    });
    const client = connect();
    client.send(join('room1'));
    await until(() => client.frames.length === 1);
    expect(client.frames[0]).toMatchObject({ type: 'refused', refusal: { error: 'internal' } });
    broken = false;
    clock.increment(50);
    client.send(join('room1'));
    await until(() => client.frames.length === 2);
    expect(client.frames[1]).toEqual({ type: 'joined', room: 'room1' });
  });

  test('takes up facts again after its restart: who has joined is a member', async () => {
    let broken = true;
    const { connect, clock, rooms } = createHarness({
      machines: { room: createFailingRoom('seat', () => broken) },
    });
    const client = connect();
    client.send(join('room1'));
    await settle();
    broken = false;
    clock.increment(50);
    await until(() => client.frames.length > 0);
    expect(await rooms.members('room1')).toMatchObject([{ id: 'c1' }]);
  });

  test('takes up again what came in the course of the event that was too much for it', async () => {
    let broken = true;
    const { publish: original } = roomMachine.implementations.actions as Record<
      string,
      (args: unknown, params: unknown) => void
    >;
    const room = roomMachine.provide({
      actions: {
        publish: (args, params) => {
          if (broken) {
            args.context.send({ type: 'room.mute' }, 'library');
            throw new Error('publish is broken');
          }
          original?.(args, params);
        },
      },
    });
    const { connect, clock } = createHarness({ machines: { room } });
    const client = connect();
    await joined(client);
    client.send(publish('room1', 'boom'));
    expect(client.frames.at(-1)).toMatchObject({ type: 'refused', refusal: { error: 'internal' } });
    broken = false;
    clock.increment(50);
    client.send(publish('room1', 'is it muted'));
    await until(() => client.frames.length === 3);
    expect(client.frames.at(-1)).toMatchObject({ type: 'refused', refusal: { error: 'permissionDenied' } });
  });

  test('too often is closed under its members, whose connections stay', async () => {
    const { connect, clock, directory, toldOf, store } = createHarness({
      machines: { room: createFailingRoom('publish', () => true) },
    });
    const [sender, member] = [connect(), connect()];
    await joined(sender, member);
    for (let failure = 0; failure < 6; failure += 1) {
      sender.send(publish('room1', failure));
      clock.increment(2_000);
      await settle();
    }
    expect(directory.rooms.size).toBe(0);
    expect(toldOf('room.failed').at(-1)).toMatchObject({ outcome: 'closing' });
    expect(toldOf('room.closed')).toHaveLength(1);
    expect(member.frames.at(-1)).toMatchObject({ type: 'left', refusal: { error: 'internal' } });
    expect(member.subscribed.size).toBe(0);
    await until(() => store.idsOf('room1').length === 0);
    member.send(ping);
    expect(member.frames.at(-1)).toEqual({ type: 'pong' });
    expect([sender.closedWith, member.closedWith]).toEqual([undefined, undefined]);
    member.send(join('room1'));
    await until(() => member.frames.at(-1) !== undefined && directory.rooms.size === 1);
  });

  test('that fails now and then, long apart, is restarted every time', async () => {
    const { connect, clock, directory } = createHarness({
      machines: { room: createFailingRoom('publish', () => true) },
    });
    const client = connect();
    await joined(client);
    for (let failure = 0; failure < 12; failure += 1) {
      client.send(publish('room1', failure));
      clock.increment(60_000);
      await settle();
    }
    expect(directory.rooms.size).toBe(1);
  });
});

describe('other failures cost one thing each', () => {
  test('a broker that throws costs the message, and the room does not even restart', async () => {
    const { connect, toldOf } = createHarness();
    const [client, broken] = [connect(), connect()];
    await joined(client, broken);
    Object.defineProperty(broken.frames, 'push', {
      value: () => {
        throw new Error('the socket layer is broken');
      },
      configurable: true,
    });
    client.send(publish('room1', 'hi'));
    expect(client.frames.at(-1)).toMatchObject({ type: 'refused', refusal: { error: 'internal' } });
    expect(toldOf('message.failed')).toHaveLength(1);
    expect(toldOf('room.failed')).toEqual([]);
  });

  test('a connection whose machine throws is closed, and its rooms are told', async () => {
    const machine = connectionMachine.provide({
      actions: {
        replyPong: () => {
          throw new Error('pong is broken');
        },
      },
    });
    const { connect, directory, rooms, toldOf } = createHarness({ machines: { connection: machine } });
    const [failing, other] = [connect(), connect()];
    await joined(failing, other);
    failing.send(ping);
    expect(failing.closedWith).toBe('internal');
    expect(toldOf('connection.failed')).toMatchObject([{ id: 'c1' }]);
    expect(directory.connections.size).toBe(1);
    expect(await rooms.members('room1')).toMatchObject([{ id: 'c2' }]);
    other.send(publish('room1', 'hi'));
    expect(other.frames.slice(-2)).toEqual(['hi', { type: 'published' }]);
  });

  test('a membership whose socket throws is one failed join', async () => {
    const { connect, rooms, toldOf } = createHarness();
    const [failing, other] = [connect(), connect()];
    failing.subscribe = () => {
      throw new Error('subscribe is broken');
    };
    await joined(failing, other);
    expect(failing.frames).toMatchObject([{ type: 'refused', refusal: { error: 'internal' } }]);
    expect(toldOf('member.failed')).toMatchObject([{ room: 'room1', member: { id: 'c1' } }]);
    expect(await rooms.members('room1')).toMatchObject([{ id: 'c2' }]);
  });
});
