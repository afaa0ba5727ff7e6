import { expect, test } from 'vitest';
import { createMemoryMutes } from '../storage/mutes/memory-mutes.ts';
import type { MuteChange, MuteStore } from '../storage/mutes/mute-store.ts';
import { FakeClock } from '../system/clock-harness.ts';
import { MutedRooms } from './muted-rooms.ts';

function start(store: MuteStore = createMemoryMutes(), maxMuted?: number) {
  const found: MuteChange[] = [];
  const told: string[] = [];
  const clock = new FakeClock(0);
  const muted = new MutedRooms({
    store,
    clock,
    events: { emit: (name) => void told.push(name), isHeard: () => true },
    onFound: (change) => void found.push(change),
    ...(maxMuted !== undefined && { maxMuted }),
  });
  return { muted, found, told, clock };
}

test('what the store has is told when it is read again, also what is muted no more', async () => {
  const inner = createMemoryMutes();
  let tell: () => void = () => undefined;
  const { muted, found } = start({
    ...inner,
    onRestored(listener) {
      tell = listener;
      return () => undefined;
    },
  });
  await inner.write([{ room: 'a', muted: true }]);
  await muted.load();
  await inner.write([
    { room: 'a', muted: false },
    { room: 'b', muted: true },
  ]);
  tell();
  await expect.poll(() => muted.list()).toEqual(['b']);
  expect(found).toEqual([
    { room: 'a', muted: true },
    { room: 'b', muted: true },
    { room: 'a', muted: false },
  ]);
});

test('so many rooms may be muted and no more', () => {
  const { muted } = start(undefined, 1);
  expect([muted.mute('a'), muted.mute('a'), muted.mute('b')]).toEqual([true, true, false]);
  expect([muted.unmute('a'), muted.unmute('a'), muted.mute('b')]).toEqual([true, false, true]);
});

test('a store that is away is asked each second, and told once until it is there', async () => {
  const inner = createMemoryMutes();
  let asked = 0;
  let isAway = true;
  const { muted, told, clock } = start({
    ...inner,
    onRestored: () => () => undefined,
    load: () => {
      asked += 1;
      return isAway ? Promise.reject(new Error('away')) : inner.load();
    },
  });
  await inner.write([{ room: 'a', muted: true }]);
  await muted.load();
  for (const count of [2, 3]) {
    clock.increment(1_000);
    await expect.poll(() => asked).toBe(count);
    // What has failed is noted in later turns.
    await new Promise(setImmediate);
  }
  expect(told).toEqual(['store.failed']);
  isAway = false;
  clock.increment(1_000);
  await expect.poll(() => muted.list()).toEqual(['a']);
  expect(told).toEqual(['store.failed']);
});
