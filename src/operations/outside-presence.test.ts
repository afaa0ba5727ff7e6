import { expect, test } from 'vitest';
import { createMemoryPresence } from '../broker/presence/memory-presence.ts';
import type { EventSink } from '../events/server-events.ts';
import { FakeClock } from '../system/clock-harness.ts';
import { MAX_OUTSIDE, OutsidePresence } from './outside-presence.ts';

const BOT = { id: 'outside:bot', user: 'weather' };

function start(tells = true) {
  const clock = new FakeClock();
  const told: string[] = [];
  const events: EventSink = {
    isHeard: () => true,
    emit(name, event) {
      const { room, reason } = event as { room?: string; reason?: string };
      told.push([name, room, reason].filter((word) => word !== undefined).join(' '));
    },
  };
  const presence = createMemoryPresence();
  const outside = new OutsidePresence({
    broker: {
      join: (room) => void told.push(`join ${room}`),
      leave: (room) => void told.push(`leave ${room}`),
    },
    presence,
    events,
    clock,
    tellsMembers: () => tells,
  });
  return { clock, told, presence, outside };
}

test('who is present is listed until its time is over, and is told of once', async () => {
  const { clock, told, presence, outside } = start();
  expect(outside.add('r', BOT, 10_000)).toEqual({ id: BOT.id });
  clock.increment(9_000);
  expect(outside.keep('r', { ...BOT, info: { busy: true } }, 10_000)).toBe(true);
  clock.increment(9_000);
  expect(await presence.list('r')).toEqual([
    { ...BOT, isOutside: true, info: { busy: true }, joinedAt: expect.any(Number) as number },
  ]);
  clock.increment(1_000);
  expect(await presence.list('r')).toEqual([]);
  expect(told).toEqual(['join r', 'member.joined r', 'leave r', 'member.left r expired']);
  expect(outside.keep('r', BOT, 10_000)).toBe(false);
});

test('a room that tells its members nothing tells nothing, and the outside is told', () => {
  const { told, outside } = start(false);
  void outside.add('r', BOT, 10_000);
  expect(outside.remove('r', BOT.id)).toBe(true);
  expect(outside.remove('r', BOT.id)).toBe(false);
  expect(told).toEqual(['member.joined r', 'member.left r left']);
});

test('who goes while the presence takes time has joined first', async () => {
  const { clock, told, presence, outside } = start();
  let finish!: () => void;
  presence.add = () => new Promise((resolve) => (finish = resolve));
  const added = outside.add('r', BOT, 5_000);
  clock.increment(5_000);
  expect(told).toEqual([]);
  finish();
  await added;
  await Promise.resolve();
  expect(told).toEqual(['join r', 'member.joined r', 'leave r', 'member.left r expired']);
});

test('nobody is present when the presence fails', async () => {
  const { told, presence, outside } = start();
  presence.add = () => Promise.reject(new Error('out of order'));
  expect(await outside.add('r', BOT, 5_000)).toMatchObject({ refusal: { error: 'internal' } });
  expect([...outside.rooms()]).toEqual([]);
  expect(told).toEqual(['part.failed r']);
});

test('their number is bounded, and there is room again when one goes', () => {
  const { outside } = start();
  for (let index = 0; index < MAX_OUTSIDE; index += 1)
    void outside.add('r', { id: `outside:${index}` }, 5_000);
  expect(outside.add('r', BOT, 5_000)).toMatchObject({ refusal: { error: 'limitExceeded' } });
  expect(outside.add('r', { id: 'outside:1' }, 5_000)).toEqual({ id: 'outside:1' });
  outside.remove('r', 'outside:1');
  expect(outside.add('r', BOT, 5_000)).toEqual({ id: BOT.id });
});

test('all go when the server stops', () => {
  const { told, outside } = start(false);
  void outside.add('a', BOT, 5_000);
  void outside.add('b', BOT, 5_000);
  outside.close();
  expect(told.slice(2)).toEqual(['member.left a shutdown', 'member.left b shutdown']);
});
