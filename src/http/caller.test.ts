import { expect, test } from 'vitest';
import { FakeClock } from '../system/clock-harness.ts';
import { Caller, type CallerRights } from './caller.ts';

const create = (rights: CallerRights): Caller => new Caller(rights, new FakeClock());

test('without rights in the settings a key may do everything', () => {
  const caller = create({});
  expect(caller.may('publish', ['a'])).toBe(true);
  expect(caller.may('disconnect')).toBe(true);
  expect(caller.sees('a')).toBe(true);
});

test('a key with methods may use those, in any room', () => {
  const caller = create({ allow: ['publish', 'info'] });
  expect(caller.may('publish', ['a'])).toBe(true);
  expect(caller.may('info')).toBe(true);
  expect(caller.may('history', ['a'])).toBe(false);
});

test('a key with rooms may use any method about those, and none about no room', () => {
  const caller = create({ rooms: ['lobby', 'chat:*'] });
  expect(caller.may('publish', ['lobby', 'chat:1'])).toBe(true);
  expect(caller.may('publish', ['lobby', 'game'])).toBe(false);
  expect(caller.may('disconnect')).toBe(false);
  expect([caller.sees('chat:'), caller.sees('lobby2')]).toEqual([true, false]);
});

test('a key with rooms and methods may use one about no room if it is named', () => {
  const caller = create({ rooms: ['chat:*'], allow: ['publish', 'disconnect'] });
  expect(caller.may('disconnect')).toBe(true);
  expect(caller.may('publish', ['chat:1'])).toBe(true);
  expect(caller.may('publish', ['game'])).toBe(false);
  expect(caller.may('info')).toBe(false);
});

test('a key has so many requests a second, and a batch may use up those of several', () => {
  const clock = new FakeClock();
  const caller = new Caller({ requestsPerSecond: 2 }, clock);
  expect([caller.spend(1), caller.spend(1), caller.spend(1)]).toEqual([0, 0, 1]);
  clock.increment(1_000);
  expect(caller.spend(10)).toBe(0);
  expect(caller.spend(1)).toBe(5);
  clock.increment(5_000);
  expect(caller.spend(1)).toBe(0);
});
