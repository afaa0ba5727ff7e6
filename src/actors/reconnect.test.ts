/** Users whose connections break: they are away for a while, and are joined to their rooms when they come back. */

import { describe, expect, test } from 'vitest';
import { send } from './runtime/send.ts';
import { createRefusal } from '../protocol/errors.ts';
import { CENTRIFUGE, createHarness, join, settle, type HarnessOptions } from './actor-harness.ts';
import type { Authenticator } from './connection/authenticator.ts';
import type { ProofOutcome } from './room/ports.ts';

const RECONNECT_MS = 30_000;

async function createRoom(options: HarnessOptions = {}) {
  const harness = createHarness({ reconnectMs: RECONNECT_MS, ...options });
  const ann = harness.connect('ann');
  ann.send(join('room1'));
  await settle();
  return { ...harness, ann, members: () => harness.rooms.members('room1') };
}

describe('a user whose connection breaks', () => {
  test('stays a member that is away, and is joined again when it comes back', async () => {
    const { ann, connect, members, toldOf, store, clock } = await createRoom();
    ann.lose();
    await settle();
    expect(await members()).toMatchObject([{ user: 'ann', state: 'away' }]);
    expect(toldOf('member.away')).toMatchObject([{ room: 'room1', member: { id: ann.id, user: 'ann' } }]);
    expect(toldOf('member.left')).toEqual([]);
    clock.increment(1_000);
    await settle();
    expect(store.idsOf('room1')).toEqual([ann.id]);
    const back = connect('ann');
    await settle();
    expect(back.frames).toEqual([{ type: 'joined', room: 'room1' }]);
    expect(await members()).toMatchObject([{ id: back.id, user: 'ann', state: 'joined' }]);
    expect(toldOf('member.joined').at(-1)).toMatchObject({ resumed: true });
    clock.increment(1_000);
    await settle();
    expect(store.idsOf('room1')).toEqual([back.id]);
  });

  test('has left when it does not come back in time', async () => {
    const { ann, connect, members, toldOf, clock } = await createRoom();
    ann.lose();
    await settle();
    clock.increment(RECONNECT_MS);
    await settle();
    expect(await members()).toEqual([]);
    expect(toldOf('member.left')).toMatchObject([{ member: { user: 'ann' }, reason: 'expired' }]);
    const late = connect('ann');
    await settle();
    expect(late.frames).toEqual([]);
  });

  test('is still there with another connection', async () => {
    const { ann, connect, members, toldOf } = await createRoom();
    const second = connect('ann');
    second.send(join('room1'));
    await settle();
    ann.lose();
    await settle();
    expect(await members()).toMatchObject([{ id: second.id, state: 'joined' }]);
    expect(toldOf('member.left')).toMatchObject([{ member: { id: ann.id }, reason: 'disconnected' }]);
  });

  test('has left at once where nobody is waited for', async () => {
    const { ann, members, toldOf } = await createRoom({ reconnectMs: 0 });
    ann.lose();
    await settle();
    expect(await members()).toEqual([]);
    expect(toldOf('member.left')).toMatchObject([{ reason: 'disconnected' }]);
  });
});

test('a user that is disconnected for good is not waited for', async () => {
  const { ann, members, toldOf } = await createRoom();
  if (ann.actor !== undefined) send(ann.actor, { type: 'server.disconnect' }, 'library');
  await settle();
  expect(await members()).toEqual([]);
  expect(toldOf('member.left')).toMatchObject([{ reason: 'disconnected' }]);
});

test('an anonymous client is not waited for', async () => {
  const { connect, members } = await createRoom();
  const anonymous = connect();
  anonymous.send(join('room1'));
  await settle();
  anonymous.lose();
  await settle();
  expect(await members()).toMatchObject([{ user: 'ann' }]);
});

test('a user who is put out while it takes a room over stays out, and hears nothing', async () => {
  let prove: (outcome: ProofOutcome) => void = () => undefined;
  const authenticator: Authenticator = {
    refreshes: true,
    identify: async () => ({ type: 'known', identity: { user: 'ann' } }),
    refresh: async () => ({ type: 'closed', close: 'expired' }),
    prove: () => new Promise((resolve) => (prove = resolve)),
  };
  const { connect, directory, rooms } = createHarness({
    reconnectMs: RECONNECT_MS,
    protocol: { ...CENTRIFUGE, pings: false },
    authenticator,
  });
  const members = () => rooms.members('room1');
  const first = connect();
  first.send({ type: 'connect', id: 1 }, join('room1'));
  await settle();
  first.lose();
  await settle();
  const back = connect();
  back.send({ type: 'connect', id: 1 });
  await settle();
  expect(await members()).toMatchObject([{ id: back.id, state: 'joined' }]);
  back.send({ type: 'room.join', id: 2, room: 'room1', request: { token: 'slow' } });
  await settle();
  const refusal = createRefusal('permissionDenied', 'out');
  directory.rooms.get('room1')?.send({ type: 'room.kick', id: back.id, refusal }, 'library');
  await settle();
  prove({ type: 'granted', grant: {} });
  await settle();
  expect(back.frames.slice(1)).toMatchObject([
    { type: 'left', room: 'room1', refusal },
    { type: 'refused', id: 2, refusal: { error: 'permissionDenied' } },
  ]);
  expect([...back.subscribed]).toEqual([]);
  expect(await members()).toEqual([]);
});

test('a user who asks for a room before it is known who it is, joins it once', async () => {
  let know = (): void => undefined;
  const authenticator: Authenticator = {
    refreshes: false,
    identify: () =>
      new Promise((resolve) => {
        know = () => resolve({ type: 'known', identity: { user: 'ann' } });
      }),
    refresh: async () => ({ type: 'closed', close: 'expired' }),
    prove: async () => ({ type: 'granted', grant: {} }),
  };
  const { connect, toldOf } = createHarness({ reconnectMs: RECONNECT_MS, authenticator });
  const first = connect();
  first.send(join('room1'));
  know();
  await settle();
  first.lose();
  await settle();
  const back = connect();
  back.send(join('room2'), join('room1'));
  know();
  await settle();
  expect(back.frames).toEqual([
    { type: 'joined', room: 'room1' },
    { type: 'joined', room: 'room2' },
    { type: 'alreadyMember', room: 'room1' },
  ]);
  expect(toldOf('member.joined').map(({ room, resumed }) => [room, resumed])).toEqual([
    ['room1', false],
    ['room1', true],
    ['room2', false],
  ]);
});
