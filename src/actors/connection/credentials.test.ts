import { describe, expect, test } from 'vitest';
import { FakeClock } from '../../system/clock-harness.ts';
import { CENTRIFUGE, createHarness, pass, settle, type HarnessOptions } from '../actor-harness.ts';
import type { RoomGrant } from '../room/ports.ts';
import type { Authenticator, Identity } from './authenticator.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const DATE = Date.UTC(2030, 0, 1);
const PROTOCOL = { ...CENTRIFUGE, pings: false };

interface Says {
  /** What the token of the connection says. */
  identity?: (clock: FakeClock) => Identity;
  /** What the tokens of rooms say. */
  grant?: (clock: FakeClock) => RoomGrant;
}

/** A client that has connected, with tokens that are always good. */
async function start({ identity, grant }: Says, options: HarnessOptions = {}) {
  const clock = new FakeClock(DATE);
  const authenticator: Authenticator = {
    refreshes: true,
    identify: async () => ({ type: 'known', identity: identity?.(clock) ?? { user: 'ann' } }),
    refresh: async (seconds) => ({
      type: 'known',
      identity: { user: 'ann', expiresAt: clock.now() + Number(seconds) * SECOND },
    }),
    prove: async (_, seconds) => ({
      type: 'granted',
      grant: grant?.(clock) ?? { expiresAt: clock.now() + Number(seconds) * SECOND },
    }),
  };
  const harness = createHarness({ protocol: PROTOCOL, authenticator, clock, ...options });
  const client = harness.connect();
  client.send({ type: 'connect', id: 1 });
  await settle();
  return { ...harness, client };
}

describe('the token of a connection', () => {
  const inAMinute = { identity: (clock: FakeClock) => ({ user: 'ann', expiresAt: clock.now() + MINUTE }) };

  test('is told with its seconds, and closes the socket 25 seconds after its end', async () => {
    const { clock, client } = await start(inAMinute);
    expect(client.frames).toEqual([{ type: 'connected', id: 1, client: 'c1', ttlSeconds: 60 }]);
    await pass(clock, MINUTE + 24.5 * SECOND);
    expect(client.closedWith).toBeUndefined();
    await pass(clock, 1 * SECOND);
    expect(client.closedWith).toBe('expired');
    expect(clock.timers).toBe(0);
  });

  test('is replaced in time, also within the 25 seconds', async () => {
    const { clock, client } = await start(inAMinute);
    await pass(clock, MINUTE + 20 * SECOND);
    client.send({ type: 'connection.refresh', token: '300', id: 2 });
    await settle();
    expect(client.frames.at(-1)).toEqual({ type: 'refreshed', id: 2, ttlSeconds: 300 });
    await pass(clock, 5 * MINUTE + 24 * SECOND);
    expect(client.closedWith).toBeUndefined();
    await pass(clock, 2 * SECOND);
    expect(client.closedWith).toBe('expired');
  });

  test('is measured by the date, and not hastened by a step of the clock back', async () => {
    const { clock, client } = await start(inAMinute);
    clock.stepWallClock(-3_600_000);
    await pass(clock, MINUTE + 26 * SECOND);
    expect(client.closedWith).toBe('expired');
  });

  test('leaves no timer when its connection ends', async () => {
    const { clock, client } = await start(inAMinute);
    client.lose();
    await settle();
    expect(clock.timers).toBe(0);
  });
});

describe('the token of a subscription', () => {
  const subscribe = { type: 'room.join', room: 'a', request: { token: '60' }, id: 2 } as const;

  test('is told with its seconds, and ends the subscription 25 seconds after its end', async () => {
    const { clock, client, rooms, toldOf } = await start({});
    client.send(subscribe);
    await settle();
    expect(client.frames.at(-1)).toMatchObject({ type: 'joined', id: 2, answer: { ttlSeconds: 60 } });
    await pass(clock, MINUTE + 24.5 * SECOND);
    expect(await rooms.members('a')).toHaveLength(1);
    await pass(clock, 1 * SECOND);
    expect(client.frames.at(-1)).toEqual({
      type: 'left',
      room: 'a',
      ending: 'expired',
      refusal: { error: 'permissionDenied', message: 'subscription expired' },
    });
    expect(client.closedWith).toBeUndefined();
    expect(await rooms.members('a')).toEqual([]);
    expect(toldOf('member.left')).toMatchObject([{ reason: 'expired' }]);
  });

  test('is replaced in time', async () => {
    const { clock, client, rooms } = await start({});
    client.send(subscribe);
    await settle();
    await pass(clock, MINUTE);
    client.send({ type: 'room.refresh', room: 'a', token: '300', id: 3 });
    await settle();
    expect(client.frames.at(-1)).toEqual({ type: 'roomRefreshed', id: 3, ttlSeconds: 300 });
    await pass(clock, 5 * MINUTE + 24 * SECOND);
    expect(await rooms.members('a')).toHaveLength(1);
    await pass(clock, 2 * SECOND);
    expect(await rooms.members('a')).toEqual([]);
  });

  test('closes the socket where the server has subscribed the client', async () => {
    const { clock, client } = await start({
      identity: (at) => ({ user: 'ann', rooms: { a: { expiresAt: at.now() + MINUTE } } }),
    });
    expect(client.frames).toMatchObject([{ type: 'connected', rooms: { a: { ttlSeconds: 60 } } }]);
    await pass(clock, MINUTE + 26 * SECOND);
    expect(client.closedWith).toBe('subscriptionExpired');
    // The room lingers, and is then gone too.
    await pass(clock, 11 * SECOND);
    expect(clock.timers).toBe(0);
  });

  test('that ends while the client leaves does not end it twice', async () => {
    const { clock, client, store } = await start({}, { durability: 'strict' });
    client.send(subscribe);
    await settle();
    await pass(clock, 0.5 * SECOND);
    expect(client.frames).toHaveLength(2);
    await pass(clock, MINUTE + 24 * SECOND);
    store.hold();
    client.send({ type: 'room.leave', room: 'a', id: 3 });
    await pass(clock, 1 * SECOND);
    expect(client.frames).toHaveLength(2);
    store.release();
    await pass(clock, 1 * SECOND);
    expect(client.frames.at(-1)).toEqual({ type: 'left', room: 'a', id: 3 });
    client.send({ ...subscribe, id: 4 });
    await settle();
    await pass(clock, 1 * SECOND);
    expect(client.frames.at(-1)).toMatchObject({ type: 'joined', id: 4 });
  });

  test.each(['leaves', 'loses its connection'])('leaves no timer when the client %s', async (how) => {
    const { clock, client } = await start({}, { limits: { lingerMs: 0 } });
    client.send(subscribe);
    await settle();
    if (how === 'leaves') {
      client.send({ type: 'room.leave', room: 'a', id: 3 });
      await pass(clock, 1 * SECOND);
      expect(client.frames.at(-1)).toEqual({ type: 'left', room: 'a', id: 3 });
    } else {
      client.lose();
      await pass(clock, 1 * SECOND);
    }
    expect(clock.timers).toBe(0);
  });
});
