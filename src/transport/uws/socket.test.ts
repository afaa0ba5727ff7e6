import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { containHandlers } from '../common/contained-handlers.ts';
import { PendingSends } from '../common/pending-sends.ts';
import { SendMemory } from '../common/send-memory.ts';
import { Topics } from '../common/topics.ts';
import { UwsSocket } from './socket.ts';

const joinLines = (frames: readonly unknown[]): string => frames.join('\n');

/** A socket that subscribed to `room`, and what its raw socket does: what is sent in one system call is one list. */
function createSocket() {
  const writes: unknown[][] = [];
  const topics = new Set<unknown>();
  let corked: unknown[] | undefined;
  const raw = {
    send(frame: unknown) {
      if (corked === undefined) writes.push([frame]);
      else corked.push(frame);
      return 1;
    },
    cork(send: () => void) {
      corked = [];
      send();
      writes.push(corked);
      corked = undefined;
    },
    publish: () => true,
    subscribe: (topic: unknown) => topics.add(topic),
    unsubscribe: (topic: unknown) => topics.delete(topic),
    isSubscribed: (topic: unknown) => topics.has(topic),
    getTopics: () => [...topics] as string[],
    getBufferedAmount: () => 0,
    end: () => {},
    close: () => {},
  };
  const gathering = new Topics<UwsSocket<object>>();
  const handlers = containHandlers<object>({
    upgrade: () => ({ accept: true, session: {} }),
    open: () => {},
    message: () => {},
    drain: () => {},
    overflow: () => {},
    close: () => {},
    request: () => ({ status: 404 }),
    failed: (error) => {
      throw error;
    },
  });
  const socket = new UwsSocket<object>(
    raw,
    {},
    {
      handlers,
      queueBytes: 1024,
      pendingSends: new PendingSends((flush) => process.nextTick(flush)),
      gatheredSends: new PendingSends((flush) => setImmediate(flush)),
      turns: { subscribed: () => {} },
      handle: (_, work) => work(),
      gathering,
      memory: new SendMemory(0),
    },
  );
  socket.subscribe('room');
  return { socket, writes, topics, gathering };
}

test('what a socket is sent and what others publish leave in one write, once it gathers', async () => {
  const { socket, writes, topics, gathering } = createSocket();
  socket.send('one');
  socket.startGathering();
  expect([...topics]).toEqual([]);
  expect([...(gathering.of('room') ?? [])]).toEqual([socket]);
  socket.gather('two', false);
  socket.send('three');
  socket.sendSoon('four', joinLines);
  socket.sendSoon('five', joinLines);
  socket.gather('six', true);
  expect(writes).toEqual([['one']]);
  await nextTurn();
  expect(writes).toEqual([['one'], ['two', 'three', 'four\nfive', 'six']]);
});

test('a socket gathers as long as it is worthwhile, and then uWS delivers to it again', async () => {
  const { socket, topics, gathering } = createSocket();
  socket.startGathering();
  socket.subscribe('other');
  socket.unsubscribe('room');
  socket.reconsiderGathering();
  socket.gather('published', false);
  socket.send('answer');
  await nextTurn();
  socket.reconsiderGathering();
  expect(gathering.of('other')?.size).toBe(1);
  socket.gather('published', false);
  await nextTurn();
  socket.reconsiderGathering();
  expect(gathering.of('other')).toBeUndefined();
  expect([...topics]).toEqual(['other']);
});

test('a socket that gathers does not wait for the end of the turn with very much', () => {
  const { socket, writes } = createSocket();
  socket.startGathering();
  const long = 'x'.repeat(40 * 1024);
  for (let count = 0; count < 3; count += 1) socket.gather(long, false);
  expect(writes).toEqual([[long, long]]);
});

test('a socket that closes while it gathers is a subscriber no more', () => {
  const { socket, gathering } = createSocket();
  socket.startGathering();
  socket.closed(1000, new ArrayBuffer(0));
  expect(gathering.of('room')).toBeUndefined();
  expect(socket.gather('late', false)).toBe('dropped');
});

test('a socket whose frames uWS collects is written before its turn ends, in order, when others have full lists', () => {
  const { socket, writes, topics } = createSocket();
  const published: unknown[] = [];
  const publish = (topic: string, frame: unknown): void => {
    expect([...topics]).toEqual([topic]);
    published.push(frame);
    writes.push([frame]);
  };
  socket.stopCollecting(publish);
  socket.startGathering();
  socket.send('one');
  socket.stopCollecting(publish);
  expect(writes).toEqual([]);
  socket.gather('two', false);
  socket.send('three');
  socket.stopCollecting(publish);
  expect(writes).toEqual([['one'], ['two'], ['three']]);
  expect(published).toEqual(['two']);
  expect([...topics]).toEqual([]);
});
