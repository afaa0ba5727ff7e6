import { describe, expect, test } from 'vitest';
import { CLOCK_STEPS, FakeClock } from '../system/clock-harness.ts';
import type { Publication } from '../protocol/command.ts';
import type { History } from './broker.ts';
import { describeBroker } from './broker-contract.ts';
import { PUBLICATION_BYTES } from './kept-publications.ts';
import { createMemoryBroker, createMemoryBrokers } from './memory-broker.ts';

describeBroker(
  { describe, test },
  {
    name: 'the memory broker',
    async createPlace() {
      const clock = new FakeClock(Date.now());
      const connect = createMemoryBrokers({ clock });
      return {
        connect: async () => connect(),
        elapse: async (ms) => clock.increment(ms),
        dispose: async () => undefined,
      };
    },
  },
);

const KEEP = { history: { size: 1_000_000, ttlMs: 60_000 } };
const KIB = 1024;

function createCounting(maxBytes?: number) {
  const clock = new FakeClock();
  let epochs = 0;
  const broker = createMemoryBroker({ clock, maxBytes, newEpoch: () => `e${(epochs += 1)}` });
  return { clock, broker };
}

test('answers in the same turn, without promises', () => {
  const { broker } = createCounting();
  const heard: Publication[] = [];
  broker.attach({ publication: (publication) => void heard.push(publication), broadcast() {} });
  expect(broker.subscribe('r')).toBeUndefined();
  const position = broker.publish('r', 'hi', {});
  expect(position).toBe(heard[0]);
  expect(position).toEqual({ room: 'r', data: 'hi', offset: 1, epoch: 'e1', time: 0 });
});

test('a publication that a listener refuses takes no offset and is not kept', () => {
  const { broker } = createCounting();
  let fails = true;
  broker.attach({
    publication() {
      if (fails) throw new Error('no');
    },
    broadcast() {},
  });
  void broker.subscribe('r');
  expect(() => broker.publish('r', 1, KEEP)).toThrow('no');
  expect(() => broker.publish('r', 1, { ...KEEP, skipHistory: true })).toThrow('no');
  expect(() => broker.publish('r', 1, { ...KEEP, version: { number: 1 } })).toThrow('no');
  fails = false;
  expect(broker.publish('r', 2, { ...KEEP, version: { number: 1 } })).toMatchObject({ offset: 1 });
  expect(broker.history('r')).toMatchObject({ offset: 1, publications: [{ data: 2 }] });
});

test('a listener that publishes in the middle of a publication gets the next offset', () => {
  const { broker } = createCounting();
  const offsets: unknown[] = [];
  broker.attach({
    publication({ data, offset }) {
      offsets.push([data, offset]);
      if (data === 'first') void broker.publish('r', 'second', {});
    },
    broadcast() {},
  });
  void broker.subscribe('r');
  expect(broker.publish('r', 'first', {})).toMatchObject({ offset: 1 });
  expect(offsets).toEqual([
    ['first', 1],
    ['second', 2],
  ]);
});

describe('the bound of all streams', () => {
  test('drops what was used longest ago, with its position', async () => {
    const { broker } = createCounting(11 * KIB);
    const data = 'x'.repeat(KIB);
    for (const room of ['r1', 'r2', 'r3', 'r4']) void broker.publish(room, data, KEEP);
    expect(await broker.history('r1')).toMatchObject({ offset: 1, epoch: 'e1' });
    // `r2` is the oldest now.
    void broker.publish('r5', data, KEEP);
    expect(broker.position('r2')).toBeUndefined();
    expect(broker.position('r1')).toEqual({ offset: 1, epoch: 'e1' });
    expect(await broker.history('r2')).toEqual({ publications: [], offset: 0, epoch: 'e6' });
  });

  test('drops the oldest publications of a room that alone is too much', async () => {
    const { broker } = createCounting(10 * KIB);
    for (let count = 0; count < 100; count += 1) void broker.publish('r', 'x'.repeat(KIB), KEEP);
    const { publications, offset, epoch } = await broker.history('r');
    expect(publications.map((one) => one.offset)).toEqual([97, 98, 99, 100]);
    expect({ offset, epoch }).toEqual({ offset: 100, epoch: 'e1' });
  });

  test('keeps the position of a room that a node hears, and lets go of it later', async () => {
    const { broker } = createCounting(4 * KIB);
    void broker.subscribe('heard');
    void broker.publish('heard', 'hi', KEEP);
    for (let count = 0; count < 100; count += 1) void broker.publish(`r${count}`, 1, {});
    expect(await broker.history('heard')).toEqual({ publications: [], offset: 1, epoch: 'e1' });
    void broker.unsubscribe('heard');
    for (let count = 0; count < 100; count += 1) void broker.publish(`r${count}`, 1, {});
    expect(broker.position('heard')).toBeUndefined();
  });

  test('holds for any number of streams and publications', () => {
    const { broker } = createCounting(100 * KIB);
    for (let count = 0; count < 20_000; count += 1) {
      void broker.publish(`r${count % 700}`, count % 3 === 0 ? { n: [count] } : 'x', {
        history: { size: count % 5, ttlMs: 1_000 },
      });
    }
    let kept = 0;
    for (let count = 0; count < 700; count += 1) {
      if (broker.position(`r${count}`) !== undefined) kept += 384;
    }
    expect(kept).toBeGreaterThan(10 * KIB);
    expect(kept).toBeLessThan(100 * KIB);
  });

  test('counts what is dropped by time, by removal and by the size of a history', async () => {
    const { broker, clock } = createCounting(PUBLICATION_BYTES * 12);
    void broker.publish('old', 1, {});
    const small = { history: { size: 3, ttlMs: 1_000 } };
    for (let count = 0; count < 50; count += 1) void broker.publish('r', 'x', small);
    clock.increment(10_000);
    clock.increment(10_000);
    for (let count = 0; count < 50; count += 1) void broker.publish('r', 'x', small);
    void broker.removeHistory('r');
    for (let count = 0; count < 50; count += 1) void broker.publish('r', 'x', small);
    expect(broker.position('old')).toEqual({ offset: 1, epoch: 'e1' });
  });
});

test('what has expired is let go of without being asked for', () => {
  const { broker, clock } = createCounting();
  void broker.publish('r', 'x', { history: { size: 9, ttlMs: 1_000 } });
  const before = clock.now();
  clock.increment(30_000);
  expect(clock.now() - before).toBe(30_000);
  expect(broker.history('r')).toMatchObject({ publications: [], offset: 1 });
});

test.each(Object.entries(CLOCK_STEPS))('history lives as long when the wall clock is set %s', (_, stepMs) => {
  const { clock, broker } = createCounting();
  const options = { history: { size: 9, ttlMs: 60_000 } };
  const kept = (): unknown =>
    (broker.history('r') as History).publications.map(({ data, time }) => [data, time]);
  void broker.publish('r', 'before', options);
  clock.stepWallClock(stepMs);
  clock.increment(59_999);
  expect(kept()).toEqual([['before', 0]]);
  void broker.publish('r', 'after', options);
  clock.stepWallClock(-stepMs);
  clock.increment(59_999);
  expect(kept()).toEqual([
    ['before', 0],
    ['after', 59_999 + stepMs],
  ]);
  clock.increment(1);
  expect(kept()).toEqual([]);
});
