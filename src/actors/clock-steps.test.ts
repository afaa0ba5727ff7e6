import { describe, expect, test } from 'vitest';
import { CLOCK_STEPS, FakeClock } from '../system/clock-harness.ts';
import { createHarness, FaultyStore, join, publish, settle, until, type Harness } from './actor-harness.ts';
import { roomMachine } from './room/room.ts';

const HOUR_MS = 3_600_000;
/** The date at the start of each test. */
const START = Date.UTC(2031, 4, 6);

async function enter({ connect }: Harness) {
  const client = connect();
  client.send(join('room1'));
  await until(() => client.frames.length > 0);
  return client;
}

/** A store with a user who went away so many milliseconds before the start. */
function storeWithAway(...agoMs: number[]): FaultyStore {
  const store = new FaultyStore();
  for (const [index, ms] of agoMs.entries())
    store.put('room1', { id: `old${index}`, user: `user${index}`, joinedAt: 1, awaySince: START - ms });
  return store;
}

async function usersAway(rooms: Harness['rooms']): Promise<unknown[]> {
  const members = await rooms.members('room1');
  return Array.isArray(members) ? members.map(({ user }) => user) : [];
}

describe.each(Object.entries(CLOCK_STEPS))('when the wall clock is set %s', (_, stepMs) => {
  test('users who are away stay for as long as they would have', async () => {
    const clock = new FakeClock(START);
    const harness = createHarness({
      clock,
      store: storeWithAway(0, HOUR_MS / 2),
      awayTtlMs: HOUR_MS,
    });
    harness.rooms.open('room1');
    expect(await usersAway(harness.rooms)).toEqual(['user0', 'user1']);
    clock.stepWallClock(stepMs);
    clock.increment(HOUR_MS / 2 - 1);
    expect(await usersAway(harness.rooms)).toEqual(['user0', 'user1']);
    clock.increment(1);
    expect(await usersAway(harness.rooms)).toEqual(['user0']);
    clock.increment(HOUR_MS / 2);
    expect(await usersAway(harness.rooms)).toEqual([]);
    expect(harness.toldOf('member.left').map(({ reason }) => reason)).toEqual(['expired', 'expired']);
  });

  test('a room takes as many messages a second as before', async () => {
    const clock = new FakeClock(START);
    const harness = createHarness({ clock, limits: { messagesPerSecond: 2 } });
    const client = await enter(harness);
    client.send(publish('room1', 1), publish('room1', 2), publish('room1', 3));
    expect(harness.stateOf('room1')).toMatchObject({ active: { broadcast: 'throttled' } });
    clock.stepWallClock(stepMs);
    client.send(publish('room1', 4));
    expect(client.frames.at(-1)).toMatchObject({ type: 'refused', refusal: { error: 'tooManyRequests' } });
    clock.increment(500);
    expect(harness.stateOf('room1')).toMatchObject({ active: { broadcast: 'flowing' } });
    client.send(publish('room1', 5), publish('room1', 6));
    expect(client.frames.at(-2)).toEqual({ type: 'published' });
    expect(client.frames.at(-1)).toMatchObject({ type: 'refused', refusal: { error: 'tooManyRequests' } });
  });

  test('the failures of a room in the last minute still count, and earlier ones do not', async () => {
    const clock = new FakeClock(START);
    const broken = roomMachine.provide({
      actions: {
        publish: () => {
          throw new Error('publish is broken');
        },
      },
    });
    const harness = createHarness({ clock, machines: { room: broken } });
    const client = await enter(harness);
    const fail = async (): Promise<void> => {
      client.send(publish('room1', 'boom'));
      clock.increment(2_000);
      await settle();
    };
    for (let failure = 0; failure < 5; failure += 1) await fail();
    clock.increment(60_000);
    clock.stepWallClock(stepMs);
    for (let failure = 0; failure < 5; failure += 1) await fail();
    expect(harness.toldOf('room.failed').map(({ outcome }) => outcome)).not.toContain('closing');
    clock.stepWallClock(stepMs);
    await fail();
    expect(harness.toldOf('room.failed').at(-1)).toMatchObject({ outcome: 'closing' });
  });
});

test('a date of an absence that is still to come counts as now', async () => {
  const clock = new FakeClock(START);
  const { rooms } = createHarness({ clock, store: storeWithAway(-40 * 24 * HOUR_MS), awayTtlMs: HOUR_MS });
  rooms.open('room1');
  expect(await usersAway(rooms)).toEqual(['user0']);
  clock.increment(HOUR_MS - 1);
  expect(await usersAway(rooms)).toEqual(['user0']);
  clock.increment(1);
  expect(await usersAway(rooms)).toEqual([]);
});
