import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { CLOCK_STEPS } from '../../system/clock-harness.ts';
import { Inbox } from '../../system/inbox-harness.ts';
import { ECHO, echoAdapter, echoBody, echoText, ManualClock, OBJECT, probe } from '../client/link-harness.ts';
import { FrameSplitter } from '../wire/frame-splitter.ts';
import { PACKET_TYPE, RequestPacket, ResponsePacket } from '../wire/packets.ts';
import { RETURN_CODES } from '../wire/return-codes.ts';
import { createServantAdapter, type ServantAdapter, type ServantCall } from '../calls/servant-adapter.ts';
import type { ErrorOrigin } from './server-errors.ts';
import { createServantServer, type ServantServer, type ServantServerOptions } from './servant-server.ts';

interface Running {
  readonly server: ServantServer;
  readonly port: number;
  /** The errors it has reported. */
  readonly errors: { error: unknown; origin: ErrorOrigin }[];
}

async function start(options: Partial<ServantServerOptions> = {}): Promise<Running> {
  const errors: Running['errors'] = [];
  const server = createServantServer({
    host: '127.0.0.1',
    port: 0,
    servants: new Map([[OBJECT, echoAdapter]]),
    onError: (error, origin) => errors.push({ error, origin }),
    ...options,
  });
  onTestFinished(() => server.close());
  return { server, port: (await server.listen()).port, errors };
}

/** A client that sends raw bytes. */
async function dial(
  port: number,
): Promise<{ socket: Socket; replies: Inbox<ReturnType<typeof ResponsePacket.decode>> }> {
  const socket = connect(port, '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  socket.on('error', () => {});
  const replies = new Inbox<ReturnType<typeof ResponsePacket.decode>>();
  const splitter = new FrameSplitter();
  socket.on('data', (chunk) => {
    for (const packet of splitter.push(chunk)) replies.push(ResponsePacket.decode(packet));
  });
  socket.on('close', () => replies.end('the connection is closed'));
  await once(socket, 'connect');
  return { socket, replies };
}

function requestFrame(requestId: number, more: Partial<RequestPacket> = {}): Uint8Array {
  return RequestPacket.encodeFrame({
    requestId,
    servant: OBJECT,
    func: 'echo',
    body: echoBody(`${requestId}`),
    ...more,
  });
}

/** An echo whose calls wait until the test answers them, by their texts. */
function createGate() {
  const waiting = new Map<string, () => void>();
  const entered = new Inbox<string>();
  const adapter = createServantAdapter(ECHO, {
    echo: ({ text }) =>
      new Promise((resolve) => {
        waiting.set(text, () => resolve({ ret: text }));
        entered.push(text);
      }),
  });
  return { servants: new Map([[OBJECT, adapter]]), entered, letGo: (text: string) => waiting.get(text)!() };
}

describe('a server', () => {
  test('answers calls as their results come', async () => {
    const gate = createGate();
    const { port } = await start({ servants: gate.servants });
    const { socket, replies } = await dial(port);
    socket.write(Buffer.concat([requestFrame(1), requestFrame(2)]));
    await gate.entered.next();
    await gate.entered.next();
    gate.letGo('2');
    expect(await replies.next()).toMatchObject({ requestId: 2, ret: 0 });
    gate.letGo('1');
    expect(await replies.next()).toMatchObject({ requestId: 1, ret: 0 });
  });

  test('serves the objects it was given, and refuses others', async () => {
    const { port } = await start();
    const { socket, replies } = await dial(port);
    socket.write(requestFrame(1, { servant: 'Test.EchoServer.OtherObj' }));
    expect(await replies.next()).toMatchObject({ requestId: 1, ret: RETURN_CODES.noSuchServant });
    socket.write(requestFrame(2, { func: 'other' }));
    expect(await replies.next()).toMatchObject({ requestId: 2, ret: RETURN_CODES.noSuchFunction });
  });

  test('answers a ping with 0', async () => {
    const { port } = await start();
    const { socket, replies } = await dial(port);
    socket.write(requestFrame(1, { func: 'tars_ping', body: new Uint8Array() }));
    const { ret, body } = await replies.next();
    expect({ ret, body: Buffer.from(body).toString('hex') }).toEqual({ ret: 0, body: '0c' });
  });

  test('does one-way calls and says nothing, not even of errors', async () => {
    const texts = new Inbox<string>();
    const adapter = createServantAdapter(ECHO, {
      echo: async ({ text }) => {
        texts.push(text);
        throw new Error('in vain');
      },
    });
    const { port } = await start({ servants: new Map([[OBJECT, adapter]]) });
    const { socket, replies } = await dial(port);
    const packetType = PACKET_TYPE.oneWay;
    socket.write(requestFrame(1, { packetType }));
    socket.write(requestFrame(2, { packetType, servant: 'Test.EchoServer.OtherObj' }));
    socket.write(requestFrame(3, { func: 'tars_ping' }));
    expect(await texts.next()).toBe('1');
    expect((await replies.next()).requestId).toBe(3);
  });

  test('keeps the texts of errors to itself', async () => {
    const secret = 'password=hunter2';
    const adapter = createServantAdapter(ECHO, {
      echo: async () => {
        throw new Error(secret);
      },
    });
    const broken: ServantAdapter = { dispatch: () => Promise.reject(new Error(secret)) };
    const { port, errors } = await start({
      servants: new Map([
        [OBJECT, adapter],
        ['Test.EchoServer.BrokenObj', broken],
      ]),
    });
    const { socket, replies } = await dial(port);
    const bytes: Buffer[] = [];
    socket.on('data', (chunk) => bytes.push(chunk));
    socket.write(requestFrame(1));
    socket.write(requestFrame(2, { servant: 'Test.EchoServer.BrokenObj' }));
    expect(await replies.next()).toMatchObject({ ret: RETURN_CODES.failed, description: '' });
    expect(await replies.next()).toMatchObject({ ret: RETURN_CODES.failed, description: '' });
    expect(Buffer.concat(bytes).includes('hunter2')).toBe(false);
    expect(errors).toMatchObject([
      { error: { message: secret }, origin: { servant: 'Test.EchoServer.BrokenObj', func: 'echo' } },
    ]);
  });

  test('an adapter with an answer that has no bytes has failed', async () => {
    const broken: ServantAdapter = { dispatch: async () => ({ ret: 0.5, body: new Uint8Array() }) };
    const { port, errors } = await start({ servants: new Map([[OBJECT, broken]]) });
    const { socket, replies } = await dial(port);
    socket.write(requestFrame(1));
    expect(await replies.next()).toMatchObject({ ret: RETURN_CODES.failed });
    expect(errors).toHaveLength(1);
  });

  test('tells the servant the context, the address and the deadline', async () => {
    const calls = new Inbox<ServantCall>();
    const adapter = createServantAdapter(ECHO, {
      echo: async ({ text }, call) => {
        calls.push(call);
        return { ret: text };
      },
    });
    const clock = new ManualClock();
    const { port } = await start({ servants: new Map([[OBJECT, adapter]]), clock });
    const { socket } = await dial(port);
    socket.write(requestFrame(1, { timeoutMs: 250, context: new Map([['a', '1']]) }));
    expect(await calls.next()).toEqual({
      context: new Map([['a', '1']]),
      remoteAddress: '127.0.0.1',
      deadlineAt: clock.monotonic() + 250,
    });
    socket.write(requestFrame(2));
    expect(await calls.next()).not.toHaveProperty('deadlineAt');
  });

  test('answers a call too many as overloaded, and takes more when one has ended', async () => {
    const gate = createGate();
    const { port } = await start({ servants: gate.servants, maxCalls: 2 });
    const { socket, replies } = await dial(port);
    socket.write(Buffer.concat([1, 2, 3].map((id) => requestFrame(id))));
    expect(await replies.next()).toMatchObject({ requestId: 3, ret: RETURN_CODES.overloaded });
    gate.letGo('1');
    expect(await replies.next()).toMatchObject({ requestId: 1, ret: 0 });
    socket.write(requestFrame(4));
    expect([await gate.entered.next(), await gate.entered.next(), await gate.entered.next()]).toEqual([
      '1',
      '2',
      '4',
    ]);
    gate.letGo('4');
    expect(await replies.next()).toMatchObject({ requestId: 4, ret: 0 });
  });

  test('takes a request byte by byte', async () => {
    const { port } = await start();
    const { socket, replies } = await dial(port);
    for (const byte of requestFrame(1))
      await new Promise((resolve) => socket.write(Buffer.of(byte), resolve));
    expect(await replies.next()).toMatchObject({ requestId: 1, ret: 0 });
  });

  test('takes no more connections than it may', async () => {
    const { port } = await start({ maxConnections: 1 });
    const first = await dial(port);
    first.socket.write(requestFrame(1));
    await first.replies.next();
    const second = await dial(port);
    await expect(second.replies.next()).rejects.toThrow('closed');
    first.socket.write(requestFrame(2));
    expect(await first.replies.next()).toMatchObject({ requestId: 2 });
  });

  test('stops reading from a client that does not read its answers', async () => {
    const count = 500;
    let served = 0;
    const servants = new Map<string, ServantAdapter>([
      [OBJECT, echoAdapter],
      [
        'Test.EchoServer.LargeObj',
        {
          dispatch: async () => {
            served += 1;
            return { ret: 0, body: new Uint8Array(128 * 1024) };
          },
        },
      ],
    ]);
    const { port } = await start({ servants });
    const [deaf, other] = [await dial(port), await dial(port)];
    deaf.socket.pause();
    for (let id = 1; id <= count; id++) {
      deaf.socket.write(
        requestFrame(id, { servant: 'Test.EchoServer.LargeObj', body: new Uint8Array(16 * 1024) }),
      );
    }
    // Enough turns of the event loop to serve all requests, if it read on.
    for (let turn = 0; turn < count; turn++) {
      other.socket.write(requestFrame(turn));
      await other.replies.next();
    }
    expect(served).toBeGreaterThan(0);
    expect(served).toBeLessThan(count);
    deaf.socket.resume();
    for (let left = count; left > 0; left--) expect((await deaf.replies.next()).ret).toBe(0);
    expect(served).toBe(count);
  });

  test('closes a connection that is idle, but not one whose call is under way', async () => {
    const clock = new ManualClock();
    const gate = createGate();
    const { port } = await start({ servants: gate.servants, clock, idleTimeoutMs: 1_000 });
    const { socket, replies } = await dial(port);
    socket.write(requestFrame(1));
    await gate.entered.next();
    clock.advance(1_000);
    clock.advance(999);
    gate.letGo('1');
    expect(await replies.next()).toMatchObject({ requestId: 1, ret: 0 });
    clock.advance(999);
    socket.write(requestFrame(2, { func: 'tars_ping' }));
    expect(await replies.next()).toMatchObject({ requestId: 2, ret: 0 });
    clock.advance(999);
    socket.write(requestFrame(3, { func: 'tars_ping' }));
    expect(await replies.next()).toMatchObject({ requestId: 3, ret: 0 });
    clock.advance(1_000);
    await expect(replies.next()).rejects.toThrow('closed');
    expect(clock.timers).toBe(0);
  });

  test.each(Object.entries(CLOCK_STEPS))(
    'closes an idle connection after the same time when the wall clock is set %s',
    async (_, stepMs) => {
      const clock = new ManualClock();
      const { port } = await start({ clock, idleTimeoutMs: 1_000 });
      const { socket, replies } = await dial(port);
      const ping = async (requestId: number): Promise<void> => {
        socket.write(requestFrame(requestId, { func: 'tars_ping' }));
        expect(await replies.next()).toMatchObject({ requestId, ret: 0 });
      };
      await ping(1);
      clock.stepWallClock(stepMs);
      clock.advance(999);
      await ping(2);
      clock.advance(1);
      await ping(3);
      clock.advance(1_000);
      await expect(replies.next()).rejects.toThrow('closed');
      expect(clock.timers).toBe(0);
    },
  );

  test('does not listen on a port that is taken', async () => {
    const { port } = await start();
    const server = createServantServer({ host: '127.0.0.1', port, servants: new Map() });
    await expect(server.listen()).rejects.toMatchObject({ code: 'EADDRINUSE' });
    await server.close();
  });
});

describe('a client that sends no requests', () => {
  const version5 = requestFrame(1, { version: 5 });
  test.each([
    ['text', Buffer.from('GET / HTTP/1.1\r\n\r\n'), 'a frame of'],
    ['a frame over the limit', Buffer.from('000003e9', 'hex'), 'a frame of 1001 bytes'],
    ['a frame of length 3', Buffer.from('00000003', 'hex'), 'a frame of 3 bytes'],
    ['an empty packet', Buffer.from('00000004', 'hex'), 'tag 1 is missing'],
    [
      'a text longer than its packet',
      Buffer.from('0000000f10012c3c400156c8616263', 'hex'),
      '200 bytes are announced',
    ],
    ['another version of the protocol', version5, 'version 5 is not spoken here'],
  ])('loses its connection, and no other client does: %s', async (_, bytes, problem) => {
    const { port, errors } = await start({ maxFrameBytes: 1_000 });
    const [bad, good] = [await dial(port), await dial(port)];
    bad.socket.write(bytes);
    await expect(bad.replies.next()).rejects.toThrow('closed');
    good.socket.write(requestFrame(1));
    expect(await good.replies.next()).toMatchObject({ requestId: 1, ret: 0 });
    expect(errors).toMatchObject([
      { error: { code: 'TARS_DECODE' }, origin: { remoteAddress: '127.0.0.1' } },
    ]);
    expect(String(errors[0]!.error)).toContain(problem);
  });

  test('a request before the bad one is still done', async () => {
    const gate = createGate();
    const { port } = await start({ servants: gate.servants });
    const { socket } = await dial(port);
    socket.write(Buffer.concat([requestFrame(1), Buffer.from('00000004', 'hex')]));
    expect(await gate.entered.next()).toBe('1');
    await once(socket, 'close');
    gate.letGo('1');
  });
});

describe('closing', () => {
  test('finishes the calls under way, answers new ones overloaded, and takes no connections', async () => {
    const gate = createGate();
    const { port, server } = await start({ servants: gate.servants });
    const { socket, replies } = await dial(port);
    socket.write(requestFrame(1));
    await gate.entered.next();
    const closing = server.close();
    socket.write(requestFrame(2));
    expect(await replies.next()).toMatchObject({ requestId: 2, ret: RETURN_CODES.overloaded });
    await expect(probe([port]).link.open()).rejects.toMatchObject({ code: 'refused' });
    gate.letGo('1');
    expect(await replies.next()).toMatchObject({ requestId: 1, ret: 0 });
    await closing;
    await expect(replies.next()).rejects.toThrow('closed');
    expect(server.close()).toBe(server.close());
  });

  test('waits only so long', async () => {
    const clock = new ManualClock();
    const gate = createGate();
    const { port, server } = await start({ servants: gate.servants, clock, closeTimeoutMs: 500 });
    const { socket, replies } = await dial(port);
    socket.write(requestFrame(1));
    await gate.entered.next();
    const closing = server.close();
    socket.write(requestFrame(2));
    expect(await replies.next()).toMatchObject({ requestId: 2, ret: RETURN_CODES.overloaded });
    clock.advance(500);
    await closing;
    await expect(replies.next()).rejects.toThrow('closed');
    gate.letGo('1');
  });

  test('drops idle connections, and clients are told', async () => {
    const { port, server } = await start();
    const { link, call, next } = probe([port]);
    await link.open();
    expect(echoText(await call('hello'))).toBe('hello');
    await server.close();
    await next('closed');
  });

  test('a server that never listened is closed at once', async () => {
    const server = createServantServer({ host: '127.0.0.1', port: 0, servants: new Map() });
    expect(await server.close()).toBeUndefined();
  });

  test('a server that is about to listen does not', async () => {
    const server = createServantServer({ host: '127.0.0.1', port: 0, servants: new Map() });
    const listening = server.listen();
    await server.close();
    const { port } = await listening;
    await expect(probe([port]).link.open()).rejects.toMatchObject({ code: 'refused' });
  });
});

describe('frames that do not come whole', () => {
  /** The first bytes of a frame of so many bytes. */
  function begin(length: number, sent: number): Uint8Array {
    const bytes = Buffer.alloc(sent);
    bytes.writeUInt32BE(length);
    return bytes;
  }

  const SECRET = new Map([['secret', 'right']]);
  const trusts = (context: ReadonlyMap<string, string>): boolean => context.get('secret') === 'right';

  test('may be long only from those who may call', async () => {
    const { port, errors } = await start({ trusts, maxFirstFrameBytes: 1_000 });
    const [stranger, caller] = [await dial(port), await dial(port)];
    stranger.socket.write(requestFrame(1));
    expect(await stranger.replies.next()).toMatchObject({ requestId: 1 });
    const long = echoBody('x'.repeat(2_000));
    stranger.socket.write(requestFrame(2, { body: long }));
    await once(stranger.socket, 'close');
    expect(errors).toMatchObject([{ error: { code: 'TARS_DECODE' } }]);
    caller.socket.write(requestFrame(1, { context: SECRET }));
    expect(await caller.replies.next()).toMatchObject({ requestId: 1 });
    caller.socket.write(requestFrame(2, { body: long }));
    expect(await caller.replies.next()).toMatchObject({ requestId: 2, ret: 0 });
  });

  test('may take so much memory together: whoever holds most is dropped', async () => {
    const { port, errors } = await start({ trusts, maxFirstFrameBytes: 1024 * 1024 });
    const caller = await dial(port);
    caller.socket.write(requestFrame(1, { context: SECRET }));
    await caller.replies.next();
    const strangers = await Promise.all(Array.from({ length: 40 }, () => dial(port)));
    const dropped = new Inbox<number>();
    strangers.forEach(({ socket }, index) => {
      socket.on('close', () => dropped.push(index));
      socket.write(begin(1024 * 1024, 1024 * 1024 - 1));
    });
    await dropped.next();
    for (const { error } of errors) expect(error).toMatchObject({ code: 'TARS_HALF_FRAME' });
    caller.socket.write(requestFrame(2, { context: SECRET }));
    expect(await caller.replies.next()).toMatchObject({ requestId: 2, ret: 0 });
  });

  test('are waited for as long as is allowed, however often a byte comes', async () => {
    const clock = new ManualClock();
    const { port, errors } = await start({ clock, frameTimeoutMs: 1_000 });
    const { socket, replies } = await dial(port);
    const frame = requestFrame(1);
    socket.write(frame.subarray(0, 10));
    await until(() => clock.timers === 2);
    clock.advance(900);
    socket.write(Buffer.concat([frame.subarray(10), requestFrame(2).subarray(0, 10)]));
    expect(await replies.next()).toMatchObject({ requestId: 1 });
    // Another frame has begun.
    clock.advance(900);
    socket.write(requestFrame(2).subarray(10, 11));
    socket.write(requestFrame(2).subarray(11));
    expect(await replies.next()).toMatchObject({ requestId: 2 });
    expect(clock.timers).toBe(1);
    socket.write(frame.subarray(0, 10));
    await until(() => clock.timers === 2);
    clock.advance(1_000);
    await once(socket, 'close');
    expect(errors).toMatchObject([{ error: { code: 'TARS_HALF_FRAME' } }]);
  });

  test('calls of all connections together are bounded', async () => {
    const gate = createGate();
    const { port } = await start({ servants: gate.servants, maxCallsInAll: 1 });
    const [one, other] = [await dial(port), await dial(port)];
    one.socket.write(requestFrame(1));
    await gate.entered.next();
    other.socket.write(requestFrame(2));
    expect(await other.replies.next()).toMatchObject({ requestId: 2, ret: RETURN_CODES.overloaded });
    gate.letGo('1');
    expect(await one.replies.next()).toMatchObject({ requestId: 1, ret: 0 });
    other.socket.write(requestFrame(3));
    await gate.entered.next();
    gate.letGo('3');
    expect(await other.replies.next()).toMatchObject({ requestId: 3, ret: 0 });
  });
});

/** Waits for what has no event, turn by turn. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await nextTurn();
}
