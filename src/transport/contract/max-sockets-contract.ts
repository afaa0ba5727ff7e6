/** The part of the transport contract about the number of sockets. */

import { once } from 'node:events';
import net from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import type { CreateTransport, TransportHandlers } from '../common/transport.ts';

const MAX_SOCKETS = 4;
const HANDSHAKE = [
  'GET /no HTTP/1.1',
  'host: 127.0.0.1',
  'upgrade: websocket',
  'connection: upgrade',
  'sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==',
  'sec-websocket-version: 13',
  '',
  '',
].join('\r\n');

async function listen(create: CreateTransport) {
  let crowded = 0;
  const handlers: TransportHandlers<object> = {
    upgrade: ({ path }) =>
      path === '/no'
        ? { accept: false, response: { status: 503, body: 'full' } }
        : { accept: true, session: {} },
    open() {},
    message() {},
    drain() {},
    overflow() {},
    close() {},
    request: () => ({ status: 200, body: 'hi' }),
    failed(error) {
      throw error;
    },
    crowded: () => void (crowded += 1),
  };
  const transport = create(handlers, {
    maxFrameBytes: 1024,
    sendQueueBytes: 1024,
    idleTimeoutSeconds: 0,
    maxSockets: MAX_SOCKETS,
  });
  onTestFinished(() => transport.close());
  const { port } = await transport.listen({ host: '127.0.0.1', port: 0 });

  /** A socket that asks nothing; whether the server keeps it is known when a later socket was answered. */
  async function openTcp(): Promise<net.Socket> {
    const socket = net.connect(port, '127.0.0.1');
    onTestFinished(() => void socket.destroy());
    await once(socket, 'connect');
    return socket;
  }

  async function openWebSocket(): Promise<WebSocket> {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/`);
    onTestFinished(() => socket.terminate());
    await once(socket, 'open');
    return socket;
  }

  return { openTcp, openWebSocket, crowded: () => crowded };
}

async function end(socket: net.Socket | WebSocket): Promise<void> {
  const closed = once(socket, 'close');
  if (socket instanceof WebSocket) socket.terminate();
  else socket.destroy();
  await closed;
}

export function describeMaxSockets(create: CreateTransport): void {
  describe('more sockets than allowed', () => {
    test('a socket too many is closed, whatever the others are, and taken when one of them has gone', async () => {
      const { openTcp, openWebSocket, crowded } = await listen(create);
      const kept = [await openTcp(), await openWebSocket(), await openTcp(), await openWebSocket()];
      expect(crowded()).toBe(0);
      for (const socket of kept) {
        await once(await openTcp(), 'close');
        await expect(openWebSocket()).rejects.toThrow(/hang up|ECONNRESET/);
        await end(socket);
        // The server may hear of the end a little later than this process.
        await expect
          .poll(() =>
            openWebSocket().then(
              () => true,
              () => false,
            ),
          )
          .toBe(true);
      }
      expect(crowded()).toBeGreaterThanOrEqual(2 * kept.length);
    });

    test('the socket of a refused handshake is closed by the server, and makes room for the next one', async () => {
      const { openTcp, crowded } = await listen(create);
      for (let count = 0; count < 3 * MAX_SOCKETS; count += 1) {
        const socket = await openTcp();
        const closed = once(socket, 'close');
        socket.write(HANDSHAKE);
        const [answer] = await Promise.all([text(socket), closed]);
        expect(answer).toMatch(/^HTTP\/1\.1 503 /);
        expect(answer).toContain('full');
      }
      expect(crowded()).toBe(0);
    });
  });
}
