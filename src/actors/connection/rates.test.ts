import { describe, expect, test } from 'vitest';
import {
  call,
  createHarness,
  join,
  leave,
  pass,
  ping,
  publish,
  settle,
  type FakeClient,
} from '../actor-harness.ts';
import type { Command, Reply } from '../../protocol/command.ts';

const SECOND = 1_000;

function refused(reason: string): Reply {
  return { type: 'refused', refusal: { error: 'tooManyRequests', message: reason } };
}

/** Has a client send commands, and gives what it got for them. */
async function ask(client: FakeClient, ...commands: readonly Command[]): Promise<readonly unknown[]> {
  client.frames.length = 0;
  client.send(...commands);
  await settle();
  return client.frames;
}

describe('the joins of a connection', () => {
  test('are refused when they come too fast, and taken again later', async () => {
    const { clock, connect, toldOf } = createHarness({ rates: { joinsPerSecond: 1 } });
    const [client, other] = [connect('ada'), connect()];
    for (let count = 0; count < 5; count += 1) await ask(client, join('room1'), leave('room1'));
    const message = 'this connection may have 1 joins a second';
    expect(await ask(client, join('room1'))).toEqual([refused(message)]);
    expect(toldOf('problem.noted')).toEqual([
      {
        kind: 'refused',
        reason: message,
        machine: 'connection',
        state: 'open.work.ready',
        event: 'room.join',
        guards: expect.arrayContaining([{ name: 'isOverJoinRate', holds: true }]),
        code: 111,
        client: client.id,
        user: 'ada',
        room: 'room1',
        address: '127.0.0.1',
        limit: { name: 'limits.joinsPerSecond', value: 1 },
      },
    ]);
    expect(await ask(other, join('room1'))).toMatchObject([{ type: 'joined' }]);
    await pass(clock, SECOND);
    expect(await ask(client, join('room1'))).toMatchObject([{ type: 'joined' }]);
  });

  test('are never too many when a client joins as many rooms as it may be in', async () => {
    const rates = { joinsPerSecond: 1, newRoomsPerSecond: 1, roomsPerConnection: 50 };
    const client = createHarness({ rates }).connect();
    const joins = Array.from({ length: 50 }, (_, room) => join(`room${room}`));
    for (const frame of await ask(client, ...joins)) expect(frame).toMatchObject({ type: 'joined' });
    expect(await ask(client, leave('room0'), join('room0'))).toMatchObject([
      { type: 'left' },
      { type: 'refused' },
    ]);
  });

  test('count by themselves if they open rooms', async () => {
    const { connect, toldOf } = createHarness({ rates: { newRoomsPerSecond: 1, roomsPerConnection: 2 } });
    const [client, other] = [connect(), connect()];
    await ask(other, join('known'));
    for (let room = 0; room < 5; room += 1) await ask(client, join(`room${room}`));
    expect(await ask(client, join('room6'), join('known'))).toMatchObject([
      refused('this connection may have 1 new rooms a second'),
      { type: 'joined' },
    ]);
    expect(toldOf('problem.noted')).toMatchObject([
      { guards: expect.arrayContaining([{ name: 'opensTooManyRooms', holds: true }]), room: 'room6' },
    ]);
  });
});

describe('the messages of a connection', () => {
  test('and its calls are refused when they come too fast, each in its way', async () => {
    const { connect, toldOf } = createHarness({ rates: { messagesPerSecond: 1 } });
    const client = connect();
    for (let count = 0; count < 5; count += 1) client.send(publish('room1', 'hi'));
    await settle();
    const frames = await ask(
      client,
      publish('room1', 'hi'),
      { type: 'server.broadcast', data: 'hi' },
      call('hello.say'),
      { type: 'server.message', data: 'hi' },
    );
    const message = refused('this connection may have 1 messages and calls a second');
    expect(frames).toMatchObject([message, message, { type: 'called', outcome: { type: 'failed' } }]);
    expect(toldOf('problem.noted').map(({ kind, event }) => [kind, event])).toEqual([
      ['refused', 'room.publish'],
      ['refused', 'server.broadcast'],
      ['refused', 'room.call'],
      ['dropped', 'server.message'],
    ]);
    expect(await ask(client, ping, join('room1'))).toMatchObject([{ type: 'pong' }, { type: 'joined' }]);
  });

  test('to everybody have a rate of their own', () => {
    const { connect, toldOf } = createHarness({ rates: { broadcastsPerSecondPerConnection: 1 } });
    const client = connect();
    for (let count = 0; count < 6; count += 1) client.send({ type: 'server.broadcast', data: 'hi' });
    expect(toldOf('problem.noted')).toMatchObject([
      { guards: [{ holds: false }, { name: 'isOverBroadcastRate', holds: true }] },
    ]);
    expect(client.closedWith).toBeUndefined();
  });

  test('far beyond the rate cost the connection', async () => {
    const { clock, connect, toldOf } = createHarness({ rates: { messagesPerSecond: 2 } });
    const client = connect();
    // 2 a second are taken and 2 a second are refused: that can go on.
    for (let second = 0; second < 30; second += 1) {
      for (let count = 0; count < 4; count += 1) client.send(publish('room1', 'hi'));
      await pass(clock, SECOND);
    }
    expect(client.closedWith).toBeUndefined();
    for (let count = 0; count < 40; count += 1) client.send(publish('room1', 'hi'));
    expect(client.closedWith).toBe('tooManyRequests');
    expect(toldOf('problem.noted').at(-1)).toMatchObject({
      kind: 'closed',
      event: 'client.flooding',
      code: 3013,
      limit: { name: 'limits.messagesPerSecond', value: 2 },
    });
  });
});

test('without limits a connection keeps nothing about its rates', () => {
  const client = createHarness().connect();
  expect(client.actor?.getSnapshot().context.rates).toBeUndefined();
});
