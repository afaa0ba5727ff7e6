/** The part of the transport contract about clients that break WebSocket's rules, or never end what they begin. */

import { describe, expect, onTestFinished, test } from 'vitest';
import { readFrame } from '../../protocol/text.ts';
import { Inbox } from '../../system/inbox-harness.ts';
import type { CreateTransport, Socket, TransportHandlers } from '../common/transport.ts';
import { encodeClientFrame, HANDSHAKE, RawClient, shakeHands } from './raw-client.ts';

const KIBIBYTE = 1024;
const OPTIONS = { maxFrameBytes: 16 * KIBIBYTE, sendQueueBytes: 16 * KIBIBYTE, idleTimeoutSeconds: 120 };

/** The first byte of a frame: whether it is the last one of its message, and its opcode (RFC 6455, section 5.2). */
const TEXT = 0x81;
const FIRST_OF_TEXT = 0x01;
const CONTINUATION = 0x00;
const LAST = 0x80;
const CLOSE = 0x88;
const PING = 0x89;

/** What no client may send. Each of them ends its socket, and no handler hears of it. */
const VIOLATIONS: readonly (readonly [name: string, frames: Buffer])[] = [
  ['a text that is not UTF-8', encodeClientFrame(TEXT, Buffer.from([0x68, 0xff, 0x69]))],
  ['a text that ends within a character', encodeClientFrame(TEXT, Buffer.from([0xe2, 0x98]))],
  ['half of a surrogate pair', encodeClientFrame(TEXT, Buffer.from([0xed, 0xa0, 0x80]))],
  ['a compressed frame, which was not agreed on', encodeClientFrame(TEXT | 0x40, Buffer.from('x'))],
  ['a frame with a reserved bit', encodeClientFrame(TEXT | 0x10, Buffer.from('x'))],
  ['an opcode that means nothing', encodeClientFrame(0x83, Buffer.from('x'))],
  ['a control opcode that means nothing', encodeClientFrame(0x8b, Buffer.from('x'))],
  ['a ping in fragments', encodeClientFrame(0x09, Buffer.from('x'))],
  ['a ping of more than 125 bytes', encodeClientFrame(PING, Buffer.alloc(126))],
  ['a continuation of nothing', encodeClientFrame(LAST, Buffer.from('x'))],
  [
    'a new message within another',
    Buffer.concat([
      encodeClientFrame(FIRST_OF_TEXT, Buffer.from('x')),
      encodeClientFrame(TEXT, Buffer.from('y')),
    ]),
  ],
  ['a length with its highest bit set', Buffer.from([TEXT, 0xff, 0x80, 0, 0, 0, 0, 0, 0, 1, 1, 2, 3, 4])],
  ['a length above the limit', Buffer.from([TEXT, 0xff, 0, 0, 0, 1, 0, 0, 0, 0, 1, 2, 3, 4])],
  ['a close frame with one byte', encodeClientFrame(CLOSE, Buffer.from([3]))],
];

interface Heard {
  readonly messages: Inbox<string>;
  readonly opened: Inbox<Socket>;
  readonly closes: Inbox<number>;
  readonly failures: unknown[];
}

export function describeHostile(create: CreateTransport): void {
  async function serve(options: Partial<typeof OPTIONS> = {}): Promise<Heard & { port: number }> {
    const heard: Heard = { messages: new Inbox(), opened: new Inbox(), closes: new Inbox(), failures: [] };
    const transport = create(createHandlers(heard), { ...OPTIONS, ...options });
    onTestFinished(() => transport.close());
    const { port } = await transport.listen({ host: '127.0.0.1', port: 0 });
    return { ...heard, port };
  }

  describe('clients that break the rules', () => {
    test.each(VIOLATIONS)('%s ends the socket, and is not heard', async (_name, frames) => {
      const { port, closes, messages, failures } = await serve();
      const client = await shakeHands(port);
      client.write(Buffer.concat([frames, encodeClientFrame(TEXT, Buffer.from('after it'))]));
      await client.closed;
      await closes.next();
      expect(messages.items).toEqual([]);
      expect(failures).toEqual([]);
    });

    test('an offer to compress is not taken', async () => {
      const { port } = await serve();
      const offer = 'Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n\r\n';
      const client = await shakeHands(port, HANDSHAKE.replace(/\r\n$/, offer));
      expect(client.received).toMatch(/^HTTP\/1\.1 101 /);
      expect(client.received.toLowerCase()).not.toContain('sec-websocket-extensions');
    });

    test('a client that is gone in the middle, at any byte, leaves nothing', async () => {
      const { port, opened, closes, failures } = await serve();
      const frames = Buffer.concat([
        encodeClientFrame(FIRST_OF_TEXT, Buffer.from('x')),
        encodeClientFrame(PING, Buffer.from('y')),
        encodeClientFrame(LAST, Buffer.from('z')),
      ]);
      for (let cut = 0; cut < frames.length; cut += 1) {
        const client = await shakeHands(port);
        client.write(frames.subarray(0, cut));
        if (cut % 2 === 0) client.end();
        else client.reset();
        expect(await closes.next(), `cut at ${cut}`).toBe(1006);
      }
      for (let cut = 1; cut < HANDSHAKE.length; cut += 1) {
        const client = await RawClient.connect(port);
        client.write(HANDSHAKE.slice(0, cut));
        client.end();
        await client.closed;
      }
      expect(opened.items).toHaveLength(frames.length);
      expect(failures).toEqual([]);
    });
  });

  describe('clients that never end', () => {
    test('a message of ever more fragments ends its socket when it is too long', async () => {
      const { port, closes, messages } = await serve();
      const client = await shakeHands(port);
      client.write(encodeClientFrame(FIRST_OF_TEXT, Buffer.alloc(1)));
      const sent = await client.repeat(encodeClientFrame(CONTINUATION, Buffer.alloc(KIBIBYTE)));
      expect(sent).toBeLessThan(64 * KIBIBYTE * KIBIBYTE);
      expect(await closes.next()).toBe(1006);
      expect(messages.items).toEqual([]);
    });

    test('fragments without bytes are not kept, however many they are', async () => {
      const { port, messages, closes } = await serve();
      const client = await shakeHands(port);
      const empty = encodeClientFrame(CONTINUATION, Buffer.alloc(0));
      client.write(encodeClientFrame(FIRST_OF_TEXT, Buffer.from('a')));
      for (let packet = 0; packet < 100 && client.isOpen; packet += 1) {
        await client.writeOut(Buffer.concat(Array.from({ length: 1000 }, () => empty)));
      }
      client.write(encodeClientFrame(LAST, Buffer.from('b')));
      // Either the server gives up, or it has nothing but the two bytes.
      await expect.poll(() => messages.items.length + closes.items.length).toBe(1);
      expect(messages.items).toEqual(closes.items.length === 1 ? [] : ['ab']);
      const other = await shakeHands(port);
      other.write(encodeClientFrame(TEXT, Buffer.from('hi')));
      await expect.poll(() => messages.items.at(-1)).toBe('hi');
    });

    test('pongs wait in the send queue, which ends a client that pings and reads nothing', async () => {
      const { port, opened, closes } = await serve();
      const client = await shakeHands(port);
      const socket = await opened.next();
      client.pause();
      const sent = await client.repeat(encodeClientFrame(PING, Buffer.alloc(125)), () => !socket.isOpen);
      expect(sent).toBeGreaterThan(0);
      expect(await closes.next()).toBe(3008);
    });

    test('a client that pings without an end, and reads, is served beside others', async () => {
      const { port, messages } = await serve();
      const client = await shakeHands(port);
      const other = await shakeHands(port);
      let isServed = false;
      const flood = client.repeat(encodeClientFrame(PING, Buffer.alloc(0)), () => isServed);
      for (let message = 0; message < 20; message += 1) {
        other.write(encodeClientFrame(TEXT, Buffer.from(`${message}`)));
        expect(await messages.next()).toBe(`${message}`);
      }
      isServed = true;
      await flood;
      expect(client.isOpen).toBe(true);
    });

    test('a head without an end is cut off', async () => {
      const { port } = await serve();
      const client = await RawClient.connect(port);
      client.write('GET / HTTP/1.1\r\nHost: here\r\n');
      const sent = await client.repeat(Buffer.from(`X-Long: ${'x'.repeat(KIBIBYTE)}\r\n`));
      expect(sent).toBeLessThan(64 * KIBIBYTE * KIBIBYTE);
    });
  });
}

/**
 * Clients that hold on to what they began. All of them begin at the same time, because a transport may have deadlines of
 * its own that cannot be shortened.
 */
export function describeSlowAttacks(create: CreateTransport): void {
  test('connections that say nothing, heads and bodies that drip, and answers that nobody reads are ended', async () => {
    const answered = new Inbox<string>();
    const transport = create(
      {
        ...createHandlers({ messages: new Inbox(), opened: new Inbox(), closes: new Inbox(), failures: [] }),
        async request(request) {
          await request.body(KIBIBYTE);
          answered.push(request.path);
          return { status: 200, body: 'x'.repeat(32 * KIBIBYTE * KIBIBYTE) };
        },
      },
      OPTIONS,
    );
    onTestFinished(() => transport.close());
    const { port } = await transport.listen({ host: '127.0.0.1', port: 0 });

    // It begins first, so that it is ended before the others are: it would not see that before it reads.
    const reader = await RawClient.connect(port);
    reader.pause();
    reader.write('GET /unread HTTP/1.1\r\nHost: here\r\n\r\n');
    expect(await answered.next()).toBe('/unread');
    const silent = await RawClient.connect(port);
    const slowHead = await RawClient.connect(port);
    slowHead.write('GET /slow-head HTTP/1.1\r\nHost: here\r\nX-Slow: ');
    const slowBody = await RawClient.connect(port);
    slowBody.write('POST /slow-body HTTP/1.1\r\nHost: here\r\nContent-Length: 1000\r\n\r\n');
    const slowChunks = await RawClient.connect(port);
    slowChunks.write('POST /slow-chunks HTTP/1.1\r\nHost: here\r\nTransfer-Encoding: chunked\r\n\r\n');

    const drips = [slowHead.drip('x'), slowBody.drip('x'), slowChunks.drip('1\r\nx\r\n')];
    await Promise.all([silent, slowHead, slowBody, slowChunks].map(({ closed }) => closed));
    await Promise.all(drips);
    expect(answered.items).toEqual(['/unread']);
    reader.resume();
    await reader.closed;
    expect(reader.receivedBytes).toBeLessThan(32 * KIBIBYTE * KIBIBYTE);
  });
}

function createHandlers({
  messages,
  opened,
  closes,
  failures,
}: Heard): TransportHandlers<{ socket?: Socket }> {
  return {
    upgrade: () => ({ accept: true, session: {} }),
    open(session, socket) {
      session.socket = socket;
      opened.push(socket);
    },
    message: (_session, frame) => messages.push(readFrame(frame) ?? '(not UTF-8)'),
    drain() {},
    overflow: ({ socket }) => socket?.close(3008, 'slow'),
    close: (_session, code) => closes.push(code),
    request: () => ({ status: 200, body: 'hi' }),
    failed: (error) => void failures.push(error),
  };
}
