/** The part of the transport contract about the bytes of streamed responses, on raw connections. */

import { once } from 'node:events';
import net from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { Inbox } from '../../system/inbox-harness.ts';
import type { CreateTransport } from '../common/transport.ts';
import { ReceivedText } from '../in-memory-stream.ts';
import type { HttpFault } from './bytes-contract.ts';
import { ENDLESS, KIBIBYTE } from './contract-client.ts';
import { handleRequests, serveStreams, type Streaming } from './stream-contract.ts';

const OPTIONS = { maxFrameBytes: 64 * KIBIBYTE, sendQueueBytes: 64 * KIBIBYTE, idleTimeoutSeconds: 120 };

/** Until a request that is sent later, in the same process, was read. */
const TURNS = 4;

async function serve(create: CreateTransport) {
  const failures = new Inbox<unknown>();
  const { streams, request } = serveStreams();
  const transport = create(
    handleRequests(request, (error) => failures.push(error)),
    OPTIONS,
  );
  onTestFinished(() => transport.close());
  const { port } = await transport.listen({ host: '127.0.0.1', port: 0 });

  function connect(bytes: string) {
    const socket = net.connect(port, '127.0.0.1');
    const received = new ReceivedText();
    socket.setEncoding('latin1');
    socket.on('data', (text: string) => received.add(text));
    socket.on('error', () => {});
    socket.on('close', () => received.end());
    socket.write(bytes);
    onTestFinished(() => void socket.destroy());
    return { socket, received };
  }

  return { connect, streams, failures };
}

function get(path: string): string {
  return `GET ${path} HTTP/1.1\r\nHost: here\r\n\r\n`;
}

/** Writes until a chunk waits. */
function congest({ sink }: Streaming): void {
  for (let count = 0; count < ENDLESS; count += 1) {
    if (sink.write('x'.repeat(16 * KIBIBYTE)) === 'queued') return;
  }
  throw new Error('no chunk was queued');
}

export function describeStreamBytes(create: CreateTransport, faults: ReadonlySet<HttpFault>): void {
  describe('the bytes of a streamed response', () => {
    test('are chunks, each of which leaves at once', async () => {
      const { connect, streams } = await serve(create);
      const { received } = connect(get('/now'));
      const { sink } = await streams.next();
      sink.write('one\n');
      const first = await received.takeUntil('4\r\none\n');
      expect(first).toMatch(/^HTTP\/1\.1 201 Created\r\n/);
      expect(first).toMatch(/\r\ntransfer-encoding: chunked\r\n/i);
      expect(first).not.toMatch(/content-length|connection: close/i);
      sink.write('zwölf\n');
      await received.takeUntil('\r\n7\r\nzw\u00c3\u00b6lf\n');
      sink.end('end\n');
      await received.takeUntil('\r\n4\r\nend\n\r\n0\r\n\r\n');
    });

    test('end with the head where nothing is written', async () => {
      const { connect, streams } = await serve(create);
      const { received } = connect(get('/later'));
      await streams.next();
      expect(await received.takeUntil('\r\n\r\n')).toMatch(/^HTTP\/1\.1 201 /);
    });

    test.skipIf(faults.has('HTTP/1.0'))(
      'are no chunks for an HTTP/1.0 client: the connection is closed at the end',
      async () => {
        const { connect, streams } = await serve(create);
        const { socket, received } = connect('GET /now HTTP/1.0\r\nHost: here\r\n\r\n');
        const closed = once(socket, 'close');
        const { sink } = await streams.next();
        sink.write('one\n');
        expect(await received.takeUntil('one\n')).toMatch(/\r\n\r\none\n$/);
        sink.end('end\n');
        await closed;
        expect(received.whole).toMatch(/\r\n\r\none\nend\n$/);
        expect(received.whole).not.toMatch(/transfer-encoding/i);
      },
    );

    test.skipIf(faults.has('pipelining'))(
      'a stream behind another one of its connection begins when that one has ended',
      async () => {
        const { connect, streams } = await serve(create);
        const { received } = connect(get('/first') + get('/second') + get('/'));
        const first = await streams.next();
        first.sink.write('first\n');
        await received.takeUntil('first\n');
        for (let turn = 0; turn < TURNS; turn += 1) await nextTurn();
        expect(streams.items).toEqual([first]);
        first.sink.end();
        const second = await streams.next();
        second.sink.end('second\n');
        expect(await received.takeUntil('no stream')).toMatch(
          /^\r\n0\r\n\r\nHTTP\/1\.1 201 .*second\n\r\n0\r\n\r\nHTTP\/1\.1 200 .*no stream$/s,
        );
      },
    );

    test.skipIf(faults.has('pipelining'))(
      'a stream that waits behind another one never begins when the client disconnects',
      async () => {
        const { connect, streams, failures } = await serve(create);
        const { socket } = connect(get('/first') + get('/second'));
        const first = await streams.next();
        socket.destroy();
        await first.until('closed');
        for (let turn = 0; turn < TURNS; turn += 1) await nextTurn();
        expect(streams.items).toEqual([first]);
        expect(failures.items).toEqual([]);
      },
    );

    test.runIf(faults.has('pipelining'))('a request behind a stream closes the connection', async () => {
      const { connect, streams } = await serve(create);
      const { socket, received } = connect(get('/now'));
      const closed = once(socket, 'close');
      const streaming = await streams.next();
      streaming.sink.write('first\n');
      await received.takeUntil('first\n');
      socket.write(get('/'));
      await streaming.until('closed');
      await closed;
      expect(streams.items).toEqual([streaming]);
      expect(received.whole).not.toContain('no stream');
    });

    test.each<[string, (socket: net.Socket) => unknown]>([
      ['ends its side of the connection', (socket) => socket.end()],
      ['resets the connection', (socket) => socket.resetAndDestroy()],
    ])('a client that %s is noticed, also while bytes wait for it', async (_, leave) => {
      const { connect, streams } = await serve(create);
      for (const isSlow of [false, true]) {
        const { socket } = connect(get('/now'));
        const streaming = await streams.next();
        if (isSlow) socket.pause();
        if (isSlow) congest(streaming);
        leave(socket);
        await streaming.until('closed');
        expect(streaming.sink.isOpen).toBe(false);
      }
    });
  });
}
