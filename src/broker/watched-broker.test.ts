import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { FakeClock } from '../system/clock-harness.ts';
import { createLossyBroker } from './lossy-broker-harness.ts';
import { createMemoryBroker } from './memory-broker.ts';
import { watchBroker } from './watched-broker.ts';

const KEEP = { history: { size: 10, ttlMs: 60_000 } };

async function start(
  isWatched: (room: string) => boolean = () => true,
  keepsHistory: (room: string) => boolean = () => true,
) {
  const lossy = createLossyBroker();
  const clock = new FakeClock();
  /** What came, and where gaps were told. */
  const log: unknown[] = [];
  const onGap = (room: string) => log.push(`gap in ${room}`);
  const broker = watchBroker(lossy, { clock, keepsHistory, isWatched, onGap });
  broker.attach({ publication: ({ data }) => log.push(data), broadcast: () => undefined });
  await broker.subscribe('a');
  const publish = (data: number) => broker.publish('a', data, KEEP);
  /** Lets a check of the position begin, and waits until nothing more happens. */
  const pass = async (ms: number): Promise<void> => {
    clock.increment(ms);
    for (let turn = 0; turn < 10; turn += 1) await nextTurn();
  };
  return { lossy, clock, log, broker, publish, pass };
}

test('a broker that loses nothing is not watched', () => {
  const broker = createMemoryBroker();
  const options = {
    clock: new FakeClock(),
    keepsHistory: () => true,
    isWatched: () => true,
    onGap: () => undefined,
  };
  expect(watchBroker(broker, options)).toBe(broker);
});

describe('a broker that may lose publications', () => {
  test('brings what comes in a row', async () => {
    const { publish, log } = await start();
    for (const n of [1, 2, 3]) await publish(n);
    expect(log).toEqual([1, 2, 3]);
  });

  test('tells of a gap before it brings what comes after it', async () => {
    const { publish, log, lossy } = await start();
    await publish(1);
    lossy.lose = 2;
    for (const n of [2, 3, 4, 5]) await publish(n);
    expect(log).toEqual([1, 'gap in a', 4, 5]);
  });

  test('tells of a gap at the beginning', async () => {
    const { publish, log, lossy } = await start();
    lossy.lose = 1;
    for (const n of [1, 2]) await publish(n);
    expect(log).toEqual(['gap in a', 2]);
  });

  test('brings what has no place in the stream', async () => {
    const { publish, log, broker } = await start();
    await publish(1);
    await broker.publish('a', 2, { ...KEEP, skipHistory: true });
    await publish(3);
    expect(log).toEqual([1, 2, 3]);
  });

  test('is not asked where the stream of a room stands that keeps nothing', async () => {
    const { lossy, log, broker } = await start(undefined, (room) => room === 'a');
    let asked = 0;
    const { history } = lossy;
    Object.assign(lossy, { history: (room: string) => ((asked += 1), history(room)) });
    await broker.subscribe('b');
    for (const n of [1, 2]) await broker.publish('b', n, {});
    expect([asked, log]).toEqual([0, [1, 2]]);
  });

  test('tells of a gap when it says itself that it has lost something, once', async () => {
    const { publish, log, lossy } = await start();
    await publish(1);
    const { epoch } = await lossy.history('a');
    lossy.miss('a', { offset: 5, epoch });
    lossy.miss('a', { offset: 5, epoch });
    expect(log).toEqual([1, 'gap in a']);
  });

  test('finds by asking every 40 seconds what never came', async () => {
    const { publish, log, lossy, pass } = await start();
    await publish(1);
    lossy.lose = 1;
    await publish(2);
    await pass(39_999);
    expect(log).toEqual([1]);
    await pass(1);
    await pass(2_000);
    expect(log).toEqual([1, 'gap in a']);
    await publish(3);
    expect(log).toEqual([1, 'gap in a', 3]);
    await pass(40_000);
    await pass(40_000);
    expect(log).toEqual([1, 'gap in a', 3]);
  });

  test('waits in a check for what is on its way', async () => {
    const { publish, log, lossy, pass } = await start();
    lossy.isHolding = true;
    await publish(1);
    await pass(40_000);
    lossy.bring();
    await pass(2_000);
    expect(log).toEqual([1]);
  });

  test('answers with a history when all of it has come', async () => {
    const { publish, log, lossy, broker } = await start();
    lossy.isHolding = true;
    await publish(1);
    const history = Promise.resolve(broker.history('a')).then(({ offset }) => log.push(`offset ${offset}`));
    await nextTurn();
    expect(log).toEqual([]);
    lossy.bring();
    await history;
    expect(log).toEqual([1, 'offset 1']);
  });

  test('brings nothing twice, also if it comes after it was given up', async () => {
    const { publish, log, lossy, broker, pass } = await start();
    lossy.isHolding = true;
    await publish(1);
    const history = broker.history('a');
    await pass(0);
    await pass(2_000);
    expect(await history).toMatchObject({ offset: 1 });
    lossy.bring();
    expect(log).toEqual(['gap in a']);
  });

  test('tells of a gap when the stream has begun anew', async () => {
    const { lossy, log, broker, pass } = await start();
    const { epoch } = await lossy.history('a');
    Object.assign(lossy, { history: async () => ({ publications: [], offset: 0, epoch: 'another' }) });
    expect(epoch).not.toBe('another');
    await broker.history('a');
    await pass(0);
    expect(log).toEqual(['gap in a']);
  });

  test('is asked for rooms only whose members count on it, and for none after it is closed', async () => {
    const { publish, lossy, log, pass, broker } = await start(() => false);
    lossy.lose = 1;
    await publish(1);
    await pass(40_000);
    await pass(2_000);
    expect(log).toEqual([]);
    await broker.close();
    let asked = 0;
    Object.assign(lossy, { history: () => (asked += 1) });
    await pass(80_000);
    expect(asked).toBe(0);
  });
});
