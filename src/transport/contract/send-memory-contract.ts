/** The part of the transport contract about what waits for all clients together. */

import { describe, expect, onTestFinished, test } from 'vitest';
import { Inbox } from '../../system/inbox-harness.ts';
import type { CreateTransport, ResponseSink, ResponseStream, WaitingBytes } from '../common/transport.ts';
import { KIBIBYTE, sendUntil } from './contract-client.ts';
import { Peer, type Session } from './contract-server.ts';
import { connect, openStream } from './network-client.ts';

const LIMIT = 4 * 1024 * KIBIBYTE;
const FRAME = 'x'.repeat(16 * KIBIBYTE);

async function listen(create: CreateTransport, sendMemoryBytes = LIMIT, sendQueueBytes = 16 * LIMIT) {
  const peers = new Inbox<Peer>();
  const streams = new Inbox<Streamed>();
  const evicted: WaitingBytes[] = [];
  const transport = create<Session>(
    {
      upgrade: () => ({ accept: true, session: {} }),
      open(session, socket) {
        session.peer = new Peer(socket);
        peers.push(session.peer);
      },
      message() {},
      drain() {},
      overflow: ({ peer }) => peer?.events.push('overflow'),
      evict({ peer }, waiting) {
        evicted.push(waiting);
        peer?.socket.close(3008, 'slow');
      },
      close: ({ peer }, code, reason) => peer?.events.push(`close ${code} ${reason}`),
      request() {
        const stream = new Streamed();
        streams.push(stream);
        return { status: 200, stream };
      },
      failed(error) {
        throw error;
      },
    },
    {
      maxFrameBytes: 1024,
      sendQueueBytes,
      sendMemoryBytes,
      idleTimeoutSeconds: 0,
    },
  );
  onTestFinished(() => transport.close());
  const { port } = await transport.listen({ host: '127.0.0.1', port: 0 });
  async function open() {
    const [client, peer] = await Promise.all([connect(port), peers.next()]);
    return { client, peer };
  }
  return { transport, port, open, streams, evicted };
}

class Streamed implements ResponseStream {
  readonly filler = ' ';
  readonly events = new Inbox<string>();
  sink: ResponseSink | undefined;

  opened(sink: ResponseSink): void {
    this.sink = sink;
    sink.write('begin');
  }

  drained(): void {}

  overflowed(): void {}

  evicted(): void {
    this.events.push('evicted');
  }

  closed(): void {
    this.events.push('closed');
  }
}

/** Has so many bytes wait for a client that does not read. */
function fill(
  { client, peer }: Awaited<ReturnType<Awaited<ReturnType<typeof listen>>['open']>>,
  bytes: number,
) {
  sendUntil('queued', client, peer);
  while (peer.socket.bufferedBytes < bytes) peer.socket.send(FRAME);
}

/** Resolves when all transports have looked at what waits now. */
async function untilLooked(create: CreateTransport): Promise<void> {
  const { open } = await listen(create);
  const slow = await open();
  fill(slow, LIMIT + KIBIBYTE);
  await slow.peer.until('close 3008 slow');
}

export function describeSendMemory(create: CreateTransport): void {
  describe('what waits for all clients', () => {
    test('is bounded: the one for whom most waits is dropped, and the others stay', async () => {
      const { open, evicted } = await listen(create);
      const [slow, slower, quick] = [await open(), await open(), await open()];
      fill(slow, LIMIT / 4);
      fill(slower, LIMIT);
      await slower.peer.until('close 3008 slow');
      slower.client.resume();
      expect(await slower.client.closed).toMatchObject({ code: 1006 });
      expect(slower.peer.socket.bufferedBytes).toBe(0);
      expect(evicted).toHaveLength(1);
      const { own, all } = evicted[0]!;
      expect(own).toBeGreaterThanOrEqual(LIMIT);
      expect(all).toBeGreaterThanOrEqual(own + LIMIT / 4);
      expect(slower.peer.events.items).toEqual(['close 3008 slow']);
      quick.peer.socket.send('hi');
      expect(await quick.client.nextFrame()).toBe('hi');
      slow.client.resume();
      slow.peer.socket.send('hi');
      while ((await slow.client.nextFrame()) !== 'hi');
      expect(slow.peer.socket.isOpen).toBe(true);
    });

    test('counts publications', async () => {
      const { open, transport } = await listen(create);
      const [first, second] = [await open(), await open()];
      for (const { client, peer } of [first, second]) {
        peer.socket.subscribe('room');
        client.pause();
      }
      while (first.peer.socket.bufferedBytes < LIMIT / 2) transport.publish('room', FRAME);
      // More than half of the limit is to wait for each of them.
      for (let count = 0; count < 64; count += 1) transport.publish('room', FRAME);
      const [firstEnd] = await Promise.race([
        first.peer.until('close 3008 slow').then(() => [first] as const),
        second.peer.until('close 3008 slow').then(() => [second] as const),
      ]);
      const other = firstEnd === first ? second : first;
      expect(other.peer.socket.isOpen).toBe(true);
    });

    test('counts streamed responses', async () => {
      const { port, streams } = await listen(create);
      const client = await openStream(port);
      const stream = await streams.next();
      await client.takeUntil('begin');
      client.pause();
      while ((stream.sink?.bufferedBytes ?? Infinity) <= LIMIT) stream.sink?.write(FRAME);
      expect(await stream.events.next()).toBe('evicted');
      expect(await stream.events.next()).toBe('closed');
      client.resume();
      expect(await client.ended).toBe('broken');
    });

    test('counts sockets that are closed, and whose client has yet to read the close frame', async () => {
      const { open } = await listen(create, LIMIT, LIMIT / 4);
      const slow = [await open(), await open(), await open(), await open(), await open(), await open()];
      for (const { client, peer } of slow) {
        sendUntil('dropped', client, peer);
        peer.socket.close(4000, 'enough');
      }
      await untilLooked(create);
      for (const { client } of slow) client.resume();
      const ends = await Promise.all(slow.map(({ client }) => client.closed));
      const codes = new Set(ends.map(({ code }) => code));
      expect(codes).toEqual(new Set([4000, 1006]));
    });

    test('is not bounded with a limit of 0', async () => {
      const { open, evicted } = await listen(create, 0);
      const slow = await open();
      fill(slow, 2 * LIMIT);
      await untilLooked(create);
      expect(evicted).toEqual([]);
      expect(slow.peer.socket.isOpen).toBe(true);
    });
  });
}
