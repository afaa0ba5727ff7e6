/** What uWebSockets.js does after seconds of waiting, and a network client cannot see, is played here by a raw response. */

import { expect, test } from 'vitest';
import { SendMemory } from '../common/send-memory.ts';
import { UwsResponseSink, type RawStream, type SharedBySinks } from './response-sink.ts';

/** A raw response that takes as many writes as it is told. */
function createSink() {
  const calls: string[] = [];
  let writes = Infinity;
  let writable: () => void = () => {};
  const raw: RawStream = {
    cork: (write) => write(),
    write(chunk) {
      calls.push(Buffer.from(chunk).toString());
      writes -= 1;
      return writes >= 0;
    },
    end: () => calls.push('(end)'),
    close: () => calls.push('(close)'),
    pause: () => calls.push('(pause)'),
    resume: () => calls.push('(resume)'),
    onWritable: (handle) => {
      writable = () => void handle(0);
    },
  };
  const shared: SharedBySinks = { queueBytes: 10, sinks: new Set(), memory: new SendMemory(0) };
  const stream = {
    filler: '.',
    opened() {},
    drained: () => calls.push('(drained)'),
    overflowed() {},
    closed: () => calls.push('(closed)'),
  };
  const sink = new UwsResponseSink(raw, stream, shared);
  return {
    sink,
    shared,
    /** What was called since the last time. */
    take: () => calls.splice(0).join(' '),
    /** The client reads, and so many writes are taken from now on. */
    read(count: number) {
      writes = count;
      writable();
    },
    takeWrites(count: number) {
      writes = count;
    },
  };
}

test('the head leaves with a filler if there is no chunk', () => {
  const { sink, take } = createSink();
  sink.sendHead();
  sink.sendHead();
  expect(take()).toBe('.');
  const begun = createSink();
  begun.sink.write('one');
  begun.sink.sendHead();
  expect(begun.take()).toBe('one');
});

test('what uWS has left over is sent with the chunks that wait, and behind them with fillers', () => {
  const { sink, take, read, takeWrites } = createSink();
  takeWrites(0);
  for (const chunk of ['one', 'two', 'six']) expect(sink.write(chunk)).toBe('queued');
  expect(take()).toBe('one');
  expect(sink.bufferedBytes).toBe(9);
  read(1);
  expect(take()).toBe('two six (drained)');
  expect(sink.bufferedBytes).toBe(3);
  read(0);
  expect(take()).toBe('. (drained)');
  expect(sink.bufferedBytes).toBe(4);
  read(1);
  expect(take()).toBe('. (drained)');
  expect(sink.bufferedBytes).toBe(0);
  expect(sink.write('end')).toBe('queued');
});

test('what was left over unseen is sent with a filler, and nobody is told', () => {
  const { sink, take, read } = createSink();
  sink.write('one');
  read(1);
  expect(take()).toBe('one .');
});

test('the time of a reader that takes nothing begins anew, and only of such a one', () => {
  const { sink, take, takeWrites } = createSink();
  sink.write('one');
  sink.keepAlive();
  expect(take()).toBe('one');
  takeWrites(0);
  sink.write('two');
  sink.keepAlive();
  expect(take()).toBe('two (pause) (resume)');
  sink.end('end');
  sink.keepAlive();
  expect(take()).toBe('end (end) (closed)');
});

test('a response that was aborted is not used any more', () => {
  const { sink, shared, take, read } = createSink();
  expect(shared.sinks.size).toBe(1);
  sink.closed();
  sink.closed();
  read(1);
  sink.keepAlive();
  sink.sendHead();
  sink.end('x');
  sink.terminate();
  expect(sink.write('x')).toBe('dropped');
  expect(take()).toBe('(closed)');
  expect(shared.sinks.size).toBe(0);
});
