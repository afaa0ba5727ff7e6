import { describe, expect, test } from 'vitest';
import type { Broker, History, HistoryQuery } from '../../../broker/broker.ts';
import { createMemoryBroker } from '../../../broker/memory-broker.ts';
import type { StreamRequest } from '../../../protocol/command.ts';
import { FakeClock } from '../../../system/clock-harness.ts';
import { MAX_PAGE, StreamReading, type StreamOffer } from './stream-reading.ts';
import { Taps } from './taps.ts';

const RECOVERABLE: StreamOffer = { size: 10, recover: true, delta: false };

function createRoom(offer: StreamOffer = RECOVERABLE) {
  const taps = new Taps();
  const clock = new FakeClock();
  const broker = createMemoryBroker({ clock, newEpoch: () => 'e1' });
  broker.attach({ publication: (one) => taps.publication(one), broadcast() {} });
  void broker.subscribe('room1');
  const history = { size: offer.size, ttlMs: 60_000 };
  return {
    broker,
    publish(...messages: string[]) {
      for (const data of messages) void broker.publish('room1', data, { history });
    },
    read(request: StreamRequest, from: Pick<Broker, 'history'> = broker) {
      return new StreamReading({ room: 'room1', request, offer, broker: from, taps });
    },
  };
}

describe('a client that joins for the first time', () => {
  test('gets the position, and nothing of the past', () => {
    const { publish, read } = createRoom();
    publish('a', 'b');
    expect(read({}).finish()).toEqual({
      positioned: true,
      recoverable: true,
      wasRecovering: false,
      recovered: false,
      offset: 2,
      epoch: 'e1',
      publications: [],
      delta: false,
    });
  });

  test('gets no position where nothing is kept', () => {
    const { publish, read } = createRoom({ size: 0, recover: true, delta: true });
    publish('a');
    expect(read({ delta: true }).finish()).toMatchObject({
      positioned: false,
      offset: 0,
      epoch: '',
      delta: true,
    });
  });
});

describe('a client that comes back', () => {
  test.each([
    ['missed some', { offset: 1, epoch: 'e1' }, { recovered: true, offset: 1 }, ['b', 'c']],
    ['missed none', { offset: 3, epoch: 'e1' }, { recovered: true, offset: 3 }, []],
    ['names no epoch', { offset: 2, epoch: '' }, { recovered: true, offset: 2 }, ['c']],
    ['comes from another epoch', { offset: 1, epoch: 'e0' }, { recovered: false, offset: 3 }, []],
    ['is ahead of the stream', { offset: 9, epoch: 'e1' }, { recovered: false, offset: 3 }, []],
  ])('and %s', (_, since, expected, messages) => {
    const { publish, read } = createRoom();
    publish('a', 'b', 'c');
    const start = read({ since }).finish();
    expect(start).toMatchObject({ ...expected, wasRecovering: true, epoch: 'e1' });
    expect(start?.publications.map(({ data }) => data)).toEqual(messages);
  });

  test('after more than the room keeps gets nothing of it', () => {
    const { publish, read } = createRoom({ size: 2, recover: true, delta: false });
    publish('a', 'b', 'c', 'd');
    expect(read({ since: { offset: 1, epoch: 'e1' } }).finish()).toMatchObject({
      recovered: false,
      offset: 4,
      publications: [],
    });
    expect(read({ since: { offset: 2, epoch: 'e1' } }).finish()).toMatchObject({ recovered: true });
  });

  test('after more than a page gets nothing of it', () => {
    const { publish, read } = createRoom({ size: 1_000, recover: true, delta: false });
    publish(...Array.from({ length: MAX_PAGE + 1 }, String));
    expect(read({ since: { offset: 0, epoch: 'e1' } }).finish()).toMatchObject({ recovered: false });
    expect(read({ since: { offset: 1, epoch: 'e1' } }).finish()?.publications).toHaveLength(MAX_PAGE);
  });

  test('and insists on recovery is told before it joins that this is impossible', () => {
    const { publish, read } = createRoom({ size: 1, recover: true, delta: false });
    publish('a', 'b', 'c');
    const since = (offset: number) => ({ since: { offset, epoch: 'e1' }, mustRecover: true });
    expect([read(since(1)).isUnrecoverable, read(since(2)).isUnrecoverable]).toEqual([true, false]);
    expect(read({ mustRecover: true }).isUnrecoverable).toBe(false);
  });

  test('to a room that recovers nobody gets the position only', () => {
    const { publish, read } = createRoom({ size: 10, recover: false, delta: false });
    publish('a', 'b');
    expect(read({ since: { offset: 1, epoch: 'e1' } }).finish()).toMatchObject({
      positioned: true,
      recoverable: false,
      wasRecovering: true,
      recovered: false,
      offset: 2,
    });
  });
});

describe('a room that is a cache', () => {
  test('gives the latest publication to whoever does not have it', () => {
    const { publish, read } = createRoom({ size: 1, recover: 'cache', delta: false });
    expect(read({}).finish()).toMatchObject({ recovered: false, publications: [], offset: 0 });
    publish('a', 'b');
    expect(read({}).finish()).toMatchObject({ recovered: true, offset: 2, publications: [{ data: 'b' }] });
    expect(read({ since: { offset: 2, epoch: 'e1' } }).finish()).toMatchObject({
      recovered: true,
      publications: [],
    });
  });
});

describe('with a broker that takes time', () => {
  /** Answers later, as of the moment when it was asked. */
  function createSlow({ broker }: ReturnType<typeof createRoom>, lose = 0) {
    return {
      async history(room: string, query?: HistoryQuery): Promise<History> {
        const history = broker.history(room, query) as History;
        await Promise.resolve();
        return { ...history, offset: history.offset - lose };
      },
    };
  }

  test('what is published in the meantime is merged with what was read', async () => {
    const room = createRoom();
    room.publish('a', 'b');
    const reading = room.read({ since: { offset: 1, epoch: 'e1' } }, createSlow(room));
    const prepared = reading.prepare();
    room.publish('c');
    await prepared;
    room.publish('d');
    const start = reading.finish();
    expect(start).toMatchObject({ recovered: true, offset: 1 });
    expect(start?.publications.map(({ data }) => data)).toEqual(['b', 'c', 'd']);
  });

  test('a hole between what was read and what came is found', async () => {
    const room = createRoom();
    room.publish('a', 'b');
    const reading = room.read({}, createSlow(room, 1));
    const prepared = reading.prepare();
    room.publish('c');
    await prepared;
    expect(reading.finish()).toBeUndefined();
  });
});
