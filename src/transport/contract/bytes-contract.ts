/** The part of the transport contract about bytes: what a network does with a request, and what proxies and attackers send. */

import { once } from 'node:events';
import net from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { readFrame } from '../../protocol/text.ts';
import type { CreateTransport, Transport, TransportHandlers } from '../common/transport.ts';
import { HANDSHAKE } from './raw-client.ts';

/** What a transport cannot do, and its tests leave out. docs/decisions/0006 tells of each. */
export type HttpFault =
  /** A first line that comes in two packets is refused. */
  | 'cut first line'
  /** A head above 4 KiB may pass or fail. */
  | 'long heads'
  /** 100 header lines and more are refused. */
  | 'many headers'
  | 'HTTP/1.0'
  /** Chunks with extensions or trailers are refused. */
  | 'chunk extras'
  /** A request that comes while an earlier one is not answered closes the connection. */
  | 'pipelining'
  /** A frame in the packet of the handshake is lost. RFC 6455 has clients wait, so this matters to few. */
  | 'early frames'
  /** A frame without a mask is not noticed. */
  | 'unmasked frames'
  /** What the parser refuses is not answered with JSON. */
  | 'plain errors';

const OPTIONS = { maxFrameBytes: 64 * 1024, sendQueueBytes: 64 * 1024, idleTimeoutSeconds: 120 };

/** So many connections are tried side by side. */
const AT_ONCE = 16;

/** Until a request that is sent later, in the same process, was read. */
const TURNS = 4;

interface Case {
  readonly name: string;
  readonly bytes: string | Buffer;
  /** What the server answers, apart from headers that have nothing to do with the request. */
  readonly answer: RegExp;
  readonly fault?: HttpFault;
}

/** The text `hi` as a client sends it, and as it must not. */
const MASKED = Buffer.from([0x81, 0x82, 1, 2, 3, 4, 0x68 ^ 1, 0x69 ^ 2]);
/** A ping without bytes, its pong, and a close frame with 1000. */
const PING = Buffer.from([0x89, 0x80, 1, 2, 3, 4]);
const PONG = Buffer.from([0x8a, 0x00]).toString('latin1');
const CLOSE = Buffer.from([0x88, 0x82, 1, 2, 3, 4, 0x03 ^ 1, 0xe8 ^ 2]);
const UNMASKED = Buffer.from([0x81, 0x02, 0x68, 0x69]);

const CASES: readonly Case[] = [
  {
    name: 'a GET with a query and headers',
    bytes: 'GET /a?x=1 HTTP/1.1\r\nHost: here\r\nX-Key: k\r\n\r\n',
    answer: /^HTTP\/1\.1 200 OK\r\n.*GET \/a x=1 k 0$/s,
  },
  {
    name: 'a header in UTF-8',
    bytes: 'GET /e HTTP/1.1\r\nHost: here\r\nX-Key: Zoë €1\r\n\r\n',
    answer: new RegExp(`GET /e  ${Buffer.from('Zoë €1').toString('latin1')} 0$`),
  },
  {
    name: 'a POST with a length',
    bytes: 'POST /b HTTP/1.1\r\nHost: here\r\nContent-Length: 5\r\n\r\nhello',
    answer: /^HTTP\/1\.1 200 OK\r\n.*POST \/b {2}- 5$/s,
  },
  {
    name: 'a POST in chunks, with an extension',
    bytes:
      'POST /c HTTP/1.1\r\nHost: here\r\nTransfer-Encoding: chunked\r\n\r\n3;name=value\r\nabc\r\n2\r\nde\r\n0\r\n\r\n',
    answer: /^HTTP\/1\.1 200 OK\r\n.*POST \/c {2}- 5$/s,
    fault: 'chunk extras',
  },
  {
    name: 'two requests in a row, the first of which takes longer',
    bytes: 'GET /slow HTTP/1.1\r\nHost: here\r\n\r\nGET /d HTTP/1.1\r\nHost: here\r\n\r\n',
    answer: /^HTTP\/1\.1 200 OK\r\n.*GET \/slow {2}- 0HTTP\/1\.1 200 OK\r\n.*GET \/d {2}- 0$/s,
    fault: 'pipelining',
  },
  {
    name: 'a request that asks for another protocol, and one behind it',
    bytes:
      'GET /m HTTP/1.1\r\nHost: here\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n' +
      'GET /n HTTP/1.1\r\nHost: here\r\n\r\n',
    answer: /^HTTP\/1\.1 200 OK\r\n.*GET \/m {2}- 0HTTP\/1\.1 200 OK\r\n.*GET \/n {2}- 0$/s,
    fault: 'pipelining',
  },
  {
    name: 'the same behind a request that takes longer',
    bytes:
      'GET /slow HTTP/1.1\r\nHost: here\r\n\r\n' +
      'GET /m HTTP/1.1\r\nHost: here\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n' +
      'GET /n HTTP/1.1\r\nHost: here\r\n\r\n',
    answer:
      /^HTTP\/1\.1 200 .*GET \/slow {2}- 0HTTP\/1\.1 200 .*GET \/m {2}- 0HTTP\/1\.1 200 .*GET \/n {2}- 0$/s,
    fault: 'pipelining',
  },
  {
    name: 'a handshake behind a request that takes longer',
    bytes: Buffer.concat([Buffer.from(`GET /slow HTTP/1.1\r\nHost: here\r\n\r\n${HANDSHAKE}`), MASKED]),
    answer: /^HTTP\/1\.1 200 OK\r\n.*GET \/slow {2}- 0HTTP\/1\.1 101 .*\r\n\r\n..said hi$/s,
    fault: 'pipelining',
  },
  {
    name: 'a handshake with a first frame',
    bytes: Buffer.concat([Buffer.from(HANDSHAKE), MASKED]),
    answer: /^HTTP\/1\.1 101 Switching Protocols\r\n.*\r\n\r\n..said hi$/s,
    fault: 'early frames',
  },
];

export function describeBytes(create: CreateTransport, faults: ReadonlySet<HttpFault>): void {
  describe('bytes as a network brings them', () => {
    const cases = CASES.filter(({ fault }) => fault === undefined || !faults.has(fault));
    test.each(cases)('$name, cut at every place', async ({ bytes, answer }) => {
      await serve(create, async (port) => {
        const whole = Buffer.from(bytes);
        const firstLine = whole.indexOf('\r\n') + 1;
        const cuts = Array.from({ length: whole.length - 1 }, (_, index) => index + 1).filter(
          (cut) => !faults.has('cut first line') || cut > firstLine,
        );
        for (let at = 0; at < cuts.length; at += AT_ONCE) {
          const some = cuts.slice(at, at + AT_ONCE);
          const answers = await Promise.all(
            some.map((cut) => exchange(port, [whole.subarray(0, cut), whole.subarray(cut)], answer)),
          );
          for (const [index, got] of answers.entries()) expect(got, `cut at ${some[index]}`).toMatch(answer);
        }
      });
    });

    test.skipIf(faults.has('HTTP/1.0'))(
      'an HTTP/1.0 request is answered, as proxies send it by default',
      async () => {
        await serve(create, async (port) => {
          const got = await exchange(port, ['GET /e HTTP/1.0\r\nHost: here\r\n\r\n'], /GET \/e {2}- 0$/);
          expect(got).toMatch(/^HTTP\/1\.[01] 200 OK\r\n/);
        });
      },
    );

    test.skipIf(faults.has('unmasked frames'))('a frame that is not masked closes the socket', async () => {
      await serve(create, async (port) => {
        const got = await exchange(port, [HANDSHAKE, UNMASKED], undefined);
        expect(got).toMatch(/^HTTP\/1\.1 101 /);
        expect(got).not.toContain('said');
      });
    });

    test('a request whose bytes make no sense is refused, and the connection is closed', async () => {
      await serve(create, async (port) => {
        const got = await exchange(port, ['BAD\x01 / HTTP/1.1\r\nHost: here\r\n\r\n'], undefined);
        expect([400, 505]).toContain(readCode(got, faults));
      });
    });

    test.each([
      ['of no size', 'zz\r\n'],
      ['of too large a size', 'fffffffffffffffff\r\n'],
    ])('a chunk %s is refused, and the connection is closed', async (_, chunk) => {
      await serve(create, async (port) => {
        const head = 'POST /o HTTP/1.1\r\nHost: here\r\nTransfer-Encoding: chunked\r\n\r\n';
        const got = await exchange(port, [head + chunk], undefined);
        expect(readCode(got, faults)).toBe(400);
      });
    });

    test('a client that sends a close frame has left, also when it keeps the connection', async () => {
      await serve(create, async (port) => {
        closes.length = 0;
        const socket = net.connect({ port, host: '127.0.0.1', noDelay: true, allowHalfOpen: true });
        socket.on('error', () => {}).resume();
        await once(socket, 'connect');
        socket.write(HANDSHAKE);
        await once(socket, 'data');
        socket.write(CLOSE);
        await expect.poll(() => closes).toEqual([1000]);
        socket.destroy();
      });
    });

    test('many pings in a packet are all answered', async () => {
      await serve(create, async (port) => {
        const pings = Buffer.concat(Array.from({ length: 200 }, () => PING));
        const got = await exchange(port, [HANDSHAKE, Buffer.concat([pings, MASKED])], /said hi$/);
        expect(got.split(PONG)).toHaveLength(201);
      });
    });

    test('a request without a host is refused', async () => {
      await serve(create, async (port) => {
        const got = await exchange(port, ['GET / HTTP/1.1\r\nConnection: close\r\n\r\n'], undefined);
        expect(got).toMatch(/^HTTP\/1\.1 400 /);
        expect(readCode(got, faults)).toBe(400);
      });
    });

    test.skipIf(faults.has('chunk extras'))('chunks with trailers are read', async () => {
      await serve(create, async (port) => {
        const bytes =
          'POST /f HTTP/1.1\r\nHost: here\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n' +
          '3\r\nabc\r\n0\r\nX-Sum: 1\r\n\r\nGET /g HTTP/1.1\r\nHost: here\r\n\r\n';
        const got = await exchange(port, [bytes], /GET \/g {2}- 0$/);
        expect(got).toMatch(/POST \/f {2}- 3.*GET \/g {2}- 0$/s);
      });
    });

    test('a POST that asks for another protocol is served as it is', async () => {
      await serve(create, async (port) => {
        const bytes =
          'POST /h HTTP/1.1\r\nHost: here\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n' +
          'HTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA\r\nContent-Length: 3\r\n\r\nabc';
        const got = await exchange(port, [bytes], /POST \/h {2}- 3$/);
        expect(got).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
      });
    });
  });

  describe.skipIf(faults.has('long heads'))('long heads', () => {
    test.skipIf(faults.has('many headers'))('200 header lines are read', async () => {
      await serve(create, async (port) => {
        const lines = Array.from({ length: 200 }, (_, index) => `X-${index}: ${index}\r\n`).join('');
        const got = await exchange(
          port,
          [`GET /j HTTP/1.1\r\nHost: here\r\n${lines}\r\n`],
          /GET \/j {2}- 0$/,
        );
        expect(got).toMatch(/^HTTP\/1\.1 200 /);
      });
    });

    test.each([1, 4000, 8000, 12_000])('a head of 15 KiB that is cut at byte %i is read', async (cut) => {
      await serve(create, async (port) => {
        const whole = `GET /k HTTP/1.1\r\nHost: here\r\nX-Long: ${'x'.repeat(15 * 1024)}\r\n\r\n`;
        const got = await exchange(port, [whole.slice(0, cut), whole.slice(cut)], /GET \/k {2}- 0$/);
        expect(got).toMatch(/^HTTP\/1\.1 200 /);
      });
    });

    test.each([17, 70])('a head of %i KiB is refused with 431', async (kibibytes) => {
      await serve(create, async (port) => {
        const whole = `GET /l HTTP/1.1\r\nHost: here\r\nX-Long: ${'x'.repeat(kibibytes * 1024)}\r\n\r\n`;
        for (const cut of [100, 16_000, whole.length - 10]) {
          const got = await exchange(port, [whole.slice(0, cut), whole.slice(cut)], undefined);
          expect(got).toMatch(/^HTTP\/1\.1 431 /);
          expect(readCode(got, faults)).toBe(431);
        }
      });
    });
  });
}

async function serve(create: CreateTransport, run: (port: number) => Promise<void>): Promise<void> {
  const transport: Transport = create(HANDLERS, OPTIONS);
  try {
    const { port } = await transport.listen({ host: '127.0.0.1', port: 0 });
    await run(port);
  } finally {
    await transport.close();
  }
}

/** The codes with which sockets closed. */
const closes: number[] = [];

/** A request is answered with what was read of it. */
const HANDLERS: TransportHandlers<{ socket?: { send(frame: string): unknown } }> = {
  upgrade: () => ({ accept: true, session: {} }),
  open(session, socket) {
    session.socket = socket;
  },
  message: ({ socket }, frame) => void socket?.send(`said ${readFrame(frame)}`),
  drain() {},
  overflow() {},
  close: (_session, code) => void closes.push(code),
  async request(request) {
    const { method, path, query } = request;
    if (path === '/slow') for (let turn = 0; turn < 10 * TURNS; turn += 1) await nextTurn();
    const { byteLength } = await request.body(1000);
    return {
      status: 200,
      body: `${method} ${path} ${query} ${request.header('x-key') ?? '-'} ${byteLength}`,
    };
  },
  failed() {},
};

/** Sends parts, each in a packet of its own, and returns what came until it matches, or until the server closes. */
async function exchange(
  port: number,
  parts: readonly (string | Buffer)[],
  until: RegExp | undefined,
): Promise<string> {
  const socket = net.connect({ port, host: '127.0.0.1', noDelay: true });
  let got = '';
  const isDone = new Promise<void>((resolve) => {
    socket.setEncoding('latin1').on('data', (data: string) => {
      got += data;
      if (until?.test(got) === true) resolve();
    });
    socket.on('error', () => resolve());
    socket.on('end', resolve);
    socket.on('close', () => resolve());
  });
  await once(socket, 'connect');
  for (const part of parts) {
    if (socket.writable) await new Promise((resolve) => socket.write(part, resolve));
    for (let turn = 0; turn < TURNS; turn += 1) await nextTurn();
  }
  await isDone;
  socket.destroy();
  return got;
}

/** The code of an error: of the JSON that a server of ours sends, or else of the status line. */
function readCode(response: string, faults: ReadonlySet<HttpFault>): number {
  if (faults.has('plain errors')) return Number(response.split(' ')[1]);
  const body: unknown = JSON.parse(response.slice(response.indexOf('\r\n\r\n') + 4));
  return (body as { error: { code: number } }).error.code;
}
