import { once } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { Inbox } from '../system/inbox-harness.ts';
import { describeBytes } from './contract/bytes-contract.ts';
import { describeMaxSockets } from './contract/max-sockets-contract.ts';
import { describeNetworkTransport } from './contract/network-contract.ts';
import { describeSendMemory } from './contract/send-memory-contract.ts';
import { openStream } from './contract/network-client.ts';
import { describeHostile, describeSlowAttacks } from './contract/hostile-contract.ts';
import { encodeClientFrame, shakeHands } from './contract/raw-client.ts';
import { describeStreamBytes } from './contract/stream-bytes-contract.ts';
import { handleRequests, serveStreams } from './contract/stream-contract.ts';
import { createWsTransport, wsTransportWith } from './ws.ts';

describeNetworkTransport('ws', createWsTransport, './ws.ts');
describeMaxSockets(createWsTransport);
describeSendMemory(createWsTransport);
describeBytes(createWsTransport, new Set());
describeStreamBytes(createWsTransport, new Set());
describeHostile(createWsTransport);
describeSlowAttacks(wsTransportWith({ headMs: 300, requestMs: 1_500, answerMs: 300, checkMs: 100 }));

describe('silence', () => {
  const options = { maxFrameBytes: 1024, sendQueueBytes: 1024, idleTimeoutSeconds: 8 };

  test('a client that is silent is sent a ping, and is dropped after the idle timeout; one that says something stays', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    onTestFinished(() => void vi.useRealTimers());
    const opened = new Inbox<string>();
    const closed = new Inbox<string>();
    const heard = new Inbox<string>();
    const transport = createWsTransport(
      {
        upgrade: ({ path }) => ({ accept: true, session: { path } }),
        open: ({ path }) => opened.push(path),
        message: (_session, frame) => heard.push(String(frame)),
        drain() {},
        overflow() {},
        close: ({ path }, code) => closed.push(`${path} ${code}`),
        request: () => ({ status: 404 }),
        failed() {},
      },
      options,
    );
    onTestFinished(() => transport.close());
    const { port } = await transport.listen({ host: '127.0.0.1', port: 0 });
    const url = `ws://127.0.0.1:${port}`;
    const [busy, silent] = [
      new WebSocket(`${url}/busy`),
      new WebSocket(`${url}/silent`, { autoPong: false }),
    ];
    const pings = new Inbox<string>();
    silent.on('ping', () => pings.push('ping'));
    await once(busy, 'open');
    expect([await opened.next(), await opened.next()].toSorted()).toEqual(['/busy', '/silent']);
    // Four checks in eight seconds; the first one finds the bytes of the handshake.
    for (let check = 0; check < 5; check += 1) {
      vi.advanceTimersByTime(2_000);
      busy.send(`${check}`);
      await heard.next();
    }
    expect(await closed.next()).toBe('/silent 1006');
    expect(await pings.next()).toBe('ping');
    expect(busy.readyState).toBe(WebSocket.OPEN);
    await once(silent, 'close');
    busy.terminate();
    expect(await closed.next()).toBe('/busy 1006');
  });
});

describe('a message in many pieces', () => {
  const TOO_MANY_PIECES = '\x88\x02\x03\xf0';
  const fragment = encodeClientFrame(0x00, Buffer.from('x'));

  test.each([
    [
      'fragments',
      [encodeClientFrame(0x01, Buffer.from('x')), ...Array.from({ length: 1_024 }, () => fragment)],
    ],
    ['packets', [...encodeClientFrame(0x81, Buffer.alloc(2_000))].map((byte) => Buffer.from([byte]))],
  ])('ends its socket above 1,024 %s, because each is kept by itself', async (_name, pieces) => {
    const heard = new Inbox<string>();
    const transport = createWsTransport(
      {
        ...handleRequests(() => ({ status: 404 })),
        upgrade: () => ({ accept: true, session: {} }),
        message: (_session, frame) => heard.push(String(frame)),
      },
      { maxFrameBytes: 64 * 1024, sendQueueBytes: 1024, idleTimeoutSeconds: 0 },
    );
    onTestFinished(() => transport.close());
    const { port } = await transport.listen({ host: '127.0.0.1', port: 0 });
    const client = await shakeHands(port);
    for (const piece of pieces) {
      await client.writeOut(piece);
      // So that the system does not put them together.
      await nextTurn();
    }
    await client.closed;
    expect(client.received).toContain(TOO_MANY_PIECES);
    expect(heard.items).toEqual([]);
  });
});

describe('a streamed response', () => {
  test('that its client does not read to the end is dropped after 30 seconds', async () => {
    const { streams, request } = serveStreams();
    const transport = createWsTransport(handleRequests(request), {
      maxFrameBytes: 1024,
      sendQueueBytes: 1024,
      idleTimeoutSeconds: 0,
    });
    onTestFinished(() => transport.close());
    const { port } = await transport.listen({ host: '127.0.0.1', port: 0 });
    const client = await openStream(port, { path: '/now' });
    const { sink } = await streams.next();
    client.pause();
    while (sink.write('x'.repeat(16 * 1024)) !== 'dropped');
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    sink.end('last');
    vi.advanceTimersByTime(30_000);
    client.resume();
    expect(await client.ended).toBe('broken');
    expect(vi.getTimerCount()).toBe(0);
  });
});
