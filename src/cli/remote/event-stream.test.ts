import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { readEventStream, type ServerSentEvent } from './event-stream.ts';

async function* chunksOf(parts: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  await Promise.resolve();
  yield* parts;
}

async function read(parts: readonly Uint8Array[]): Promise<ServerSentEvent[]> {
  const events: ServerSentEvent[] = [];
  for await (const event of readEventStream(chunksOf(parts))) events.push(event);
  return events;
}

const STREAM =
  ': hello\n\nevent: publication\ndata: {"data":"häl"}\n\nid: 7\ndata:a\r\ndata: b\r\n\r\nevent: join\n\ndata: €\r\rdata: cut';
const EVENTS = [
  { event: 'publication', data: '{"data":"häl"}' },
  { event: 'message', data: 'a\nb' },
  { event: 'message', data: '€' },
];

test('events are read, and comments, other fields and what is incomplete are not', async () => {
  expect(await read([Buffer.from(STREAM)])).toEqual(EVENTS);
});

test('it does not matter where the chunks are cut', async () => {
  const bytes = Buffer.from(STREAM);
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(fc.nat(bytes.length)), async (cuts) => {
      const places = [0, ...cuts.toSorted((a, b) => a - b), bytes.length];
      const parts = places.slice(1).map((end, index) => bytes.subarray(places[index], end));
      expect(await read(parts)).toEqual(EVENTS);
    }),
  );
});

test('an event without end is refused', async () => {
  const endless = Array.from({ length: 20 }, () => Buffer.alloc(1024 * 1024, 'x'));
  await expect(read(endless)).rejects.toThrow('an event of more than 16 MiB');
});
