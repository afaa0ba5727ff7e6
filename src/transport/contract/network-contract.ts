/** The part of the transport contract that needs a port: addresses, other processes, raw connections. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import net from 'node:net';
import { createInterface } from 'node:readline';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { Inbox } from '../../system/inbox-harness.ts';
import {
  ListenError,
  type CreateTransport,
  type ListenAddress,
  type Socket,
  type TransportHandlers,
  type TransportOptions,
} from '../common/transport.ts';
import { connect, openKeepAlive, openStream, request } from './network-client.ts';
import { describeTransport } from './transport-contract.ts';

const LOOPBACK = { host: '127.0.0.1', port: 0 };

/**
 * Runs the whole contract on a transport.
 * @param file The file of `src/transport` that exports `create`, for another process.
 */
export function describeNetworkTransport(name: string, create: CreateTransport, file: string): void {
  describeTransport(name, async (handlers, options) => {
    const transport = create(handlers, options);
    const { port } = await transport.listen(LOOPBACK);
    return {
      transport,
      connect: (options) => connect(port, options),
      request: (options) => request(port, options),
      stream: (options) => openStream(port, options),
    };
  });

  describe(`the ${name} transport on a port`, () => {
    const options: TransportOptions = { maxFrameBytes: 1024, sendQueueBytes: 1024, idleTimeoutSeconds: 8 };

    test('a port that this process uses cannot be listened on again until it is closed', async () => {
      const first = create(createHandlers(), options);
      const second = create(createHandlers(), options);
      const { host, port } = await first.listen(LOOPBACK);
      expect(port).toBeGreaterThan(0);
      await expect(second.listen({ host, port })).rejects.toBeInstanceOf(ListenError);
      await first.close();
      expect(await second.listen({ host, port })).toEqual({ host, port });
      await second.close();
    });

    test('an address of another machine cannot be listened on', async () => {
      const transport = create(createHandlers(), options);
      await expect(transport.listen({ host: '192.0.2.1', port: 0 })).rejects.toMatchObject({
        code: 'LISTEN_FAILED',
      });
      await transport.close();
    });

    test('a port of another process cannot be listened on, and that process ends by itself when it has closed', async () => {
      const other = await startOtherProcess(create, file);
      const transport = create(createHandlers(), options);
      await expect(transport.listen(other.address)).rejects.toBeInstanceOf(ListenError);
      await transport.close();
      // The other process closes with a socket open, a keep-alive connection idle and a slow reader lingering.
      const client = await connect(other.address.port);
      const idle = await openKeepAlive(other.address.port);
      client.pause();
      client.send('flood me');
      await other.closeNow();
      expect(await other.exit).toEqual({ code: 0, signal: null });
      await idle.closed;
      client.resume();
      expect(await client.closed).toMatchObject({ code: 1006 });
    });

    test.each(['::1', '127.0.0.1'])('%s can be listened on, and peers have their address', async (host) => {
      const transport = create(createHandlers(), options);
      const { port } = await transport.listen({ host, port: 0 });
      const client = await connect(port, {}, host);
      expect(await client.nextFrame()).toBe(host);
      expect(await request(port, {}, host)).toMatchObject({ body: host });
      client.close();
      await transport.close();
    });

    test('an IPv4 peer of an IPv6 socket has an IPv4 address', async () => {
      const transport = create(createHandlers(), options);
      const { port } = await transport.listen({ host: '::', port: 0 });
      expect(await request(port)).toMatchObject({ body: '127.0.0.1' });
      await transport.close();
    });

    test.each([7, 961, Number.NaN])('an idle timeout of %d seconds is refused', (idleTimeoutSeconds) => {
      expect(() => create(createHandlers(), { ...options, idleTimeoutSeconds })).toThrow(
        'the idle timeout must be 0 or 8 to 960 seconds',
      );
    });

    test('sockets work without an idle timeout', async () => {
      const transport = create(createHandlers(), { ...options, idleTimeoutSeconds: 0 });
      const { port } = await transport.listen(LOOPBACK);
      const client = await connect(port);
      expect(await client.nextFrame()).toBe('127.0.0.1');
      await transport.close();
      expect(await client.closed).toMatchObject({ code: 1006 });
    });

    test('a lingering socket whose client does not read again is dropped after 30 seconds', async () => {
      const opened = new Inbox<Socket>();
      const transport = create(
        { ...createHandlers(), open: (_session, socket) => opened.push(socket) },
        options,
      );
      const { port } = await transport.listen(LOOPBACK);
      const client = await connect(port);
      const socket = await opened.next();
      client.pause();
      vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
      onTestFinished(() => void vi.useRealTimers());
      while (socket.send('x'.repeat(16 * 1024)) !== 'dropped');
      socket.close(3008, 'slow');
      expect(vi.getTimerCount()).toBe(1);
      vi.advanceTimersByTime(30_000);
      expect(vi.getTimerCount()).toBe(0);
      client.resume();
      expect(await client.closed).toMatchObject({ code: 1006 });
      await transport.close();
    });

    test('idle keep-alive connections are closed with the transport', async () => {
      const transport = create(createHandlers(), options);
      const { port } = await transport.listen(LOOPBACK);
      const idle = await openKeepAlive(port);
      await transport.close();
      await idle.closed;
      expect(idle.socket.destroyed).toBe(true);
    });

    test('a GET that is no handshake goes to the request handler', async () => {
      const transport = create(createHandlers(), options);
      const { port } = await transport.listen(LOOPBACK);
      const headers = { connection: 'upgrade', upgrade: 'websocket', 'sec-websocket-key': 'too short' };
      expect(await request(port, { headers })).toMatchObject({ status: 200, body: '127.0.0.1' });
      await transport.close();
    });

    test('all lines of a header that comes more than once can be read, also in a later turn', async () => {
      const seen: (readonly string[])[] = [];
      const transport = create(
        {
          ...createHandlers(),
          async request(incoming) {
            seen.push(incoming.headerLines('x-hop'));
            await nextTurn();
            seen.push(incoming.headerLines('x-hop'), [incoming.header('x-hop') ?? '']);
            return { status: 200 };
          },
        },
        options,
      );
      const { port } = await transport.listen(LOOPBACK);
      const socket = net.connect(port, '127.0.0.1');
      socket.write('GET / HTTP/1.1\r\nhost: here\r\nX-Hop: one\r\nx-hop: two, three\r\n\r\n');
      await once(socket, 'data');
      expect(seen).toEqual([['one', 'two, three'], ['one', 'two, three'], ['one']]);
      socket.destroy();
      await transport.close();
    });

    test('a client that sent "connection: close" can read the answer to an upload that is not read', async () => {
      const transport = create(createHandlers(), options);
      const { port } = await transport.listen(LOOPBACK);
      const body = new Uint8Array(4 * 1024 * 1024);
      const response = await request(port, { method: 'POST', body, headers: { connection: 'close' } });
      expect(response).toMatchObject({ status: 200, body: '127.0.0.1' });
      await transport.close();
    });

    test('an endless upload is answered, and the client is asked to close', async () => {
      const transport = create(createHandlers(), options);
      const { port } = await transport.listen(LOOPBACK);
      const socket = net.connect(port, '127.0.0.1');
      socket.on('error', () => {});
      const closed = once(socket, 'close');
      socket.write('POST / HTTP/1.1\r\nhost: here\r\ntransfer-encoding: chunked\r\n\r\n');
      const chunk = `10000\r\n${'x'.repeat(0x10000)}\r\n`;
      let received = '';
      socket.setEncoding('utf8').on('data', (data: string) => {
        received += data;
      });
      while (!received.includes('127.0.0.1')) {
        // A server that closes is not read from any more, but the client has the response.
        if (!socket.write(chunk)) await Promise.race([once(socket, 'drain'), closed]);
      }
      expect(received).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
      expect(received.toLowerCase()).toContain('connection: close');
      socket.destroy();
      await transport.close();
    });
  });
}

/** A server that answers each client with its address. */
function createHandlers(): TransportHandlers<{ readonly remoteAddress: string }> {
  return {
    upgrade: ({ remoteAddress }) => ({ accept: true, session: { remoteAddress } }),
    open: ({ remoteAddress }, socket) => void socket.send(remoteAddress),
    message() {},
    drain() {},
    overflow() {},
    close() {},
    request: ({ remoteAddress }) => ({ status: 200, body: remoteAddress }),
    failed() {},
  };
}

/**
 * A process that listens and prints its port. It sends more than it may to a client that sends a frame, and closes the
 * transport when its standard input ends. Then it must end by itself.
 */
const OTHER_PROCESS = (name: string, file: string): string => `
  import { ${name} } from '${file}';
  const transport = ${name}(
    {
      upgrade: () => ({ accept: true, session: {} }),
      open: (session, socket) => { session.socket = socket; },
      message: ({ socket }) => {
        while (socket.send('x'.repeat(16384)) !== 'dropped');
        socket.close(3008, 'slow');
        console.log('flooded');
      },
      drain() {}, overflow() {}, close() {},
      request: () => ({ status: 200 }),
      failed: (error) => { console.error(error); },
    },
    { maxFrameBytes: 1024, sendQueueBytes: 1024, idleTimeoutSeconds: 120 },
  );
  const { port } = await transport.listen({ host: '127.0.0.1', port: 0 });
  console.log(port);
  process.stdin.once('data', async () => {
    process.stdin.destroy();
    await transport.close();
  });
`;

async function startOtherProcess(
  create: CreateTransport,
  file: string,
): Promise<{
  address: ListenAddress;
  exit: Promise<{ code: number | null; signal: string | null }>;
  closeNow: () => Promise<void>;
}> {
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', '--input-type=module', '--eval', OTHER_PROCESS(create.name, file)],
    {
      cwd: fileURLToPath(new URL('..', import.meta.url)),
      stdio: ['pipe', 'pipe', 'inherit'],
    },
  );
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const exit = once(child, 'exit').then(([code, signal]) => ({ code, signal }));
  const port = Number((await lines.next()).value);
  return {
    address: { host: '127.0.0.1', port },
    exit,
    async closeNow() {
      await lines.next();
      child.stdin.end('close\n');
    },
  };
}
