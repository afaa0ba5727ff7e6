import { describe, expect, onTestFinished, test } from 'vitest';
import { encodeOnce } from '../../protocol/text.ts';
import { Inbox } from '../../system/inbox-harness.ts';
import type { Socket } from '../common/transport.ts';
import { createInMemoryTransport } from '../in-memory.ts';
import type { SocketSession } from '../socket-session.ts';
import { EVENTS, LINES, type StreamFormat } from './stream-format.ts';
import { StreamHub } from './stream-hub.ts';

/** A session that writes down what happens. */
class Session implements SocketSession {
  readonly events = new Inbox<string>();
  #socket: Socket | undefined;
  readonly #onOverflow: ((socket: Socket) => void) | undefined;

  constructor(onOverflow?: (socket: Socket) => void) {
    this.#onOverflow = onOverflow;
  }

  get socket(): Socket {
    if (this.#socket === undefined) throw new Error('the session is not open');
    return this.#socket;
  }

  opened(socket: Socket): void {
    this.#socket = socket;
    this.events.push('opened');
  }

  received(frame: string): void {
    this.events.push(`received ${frame}`);
  }

  drained(): void {
    this.events.push(this.socket.bufferedBytes > 0 ? 'congested' : 'drained');
  }

  overflowed(): void {
    this.events.push('overflowed');
    this.#onOverflow?.(this.socket);
  }

  closed(code: number, reason: string): void {
    this.events.push(`closed ${code} ${reason}`);
  }
}

async function start() {
  let isDraining = false;
  const hub = new StreamHub({ node: 'here', isDraining: () => isDraining });
  const memory = createInMemoryTransport();
  let next: { readonly session: Session; readonly format: StreamFormat; readonly id: string } | undefined;
  const failures: unknown[] = [];
  const transport = memory.create(
    {
      upgrade: () => ({ accept: false, response: { status: 404 } }),
      open() {},
      message() {},
      drain() {},
      overflow() {},
      close() {},
      request() {
        if (next === undefined) return { status: 404 };
        return { status: 200, stream: hub.createStream({ ...next, first: 'first' }) };
      },
      failed: (error) => failures.push(error),
    },
    { maxFrameBytes: 1024, sendQueueBytes: 1024, idleTimeoutSeconds: 0 },
  );
  onTestFinished(async () => {
    await transport.close();
    expect(failures).toEqual([]);
  });
  await transport.listen({ host: 'here', port: 0 });
  return {
    hub,
    drain: () => {
      isDraining = true;
    },
    async open(format = LINES, session = new Session()) {
      const { session: id } = hub.newEmulation();
      next = { session, format, id };
      return { client: await memory.stream(), session, id };
    },
  };
}

const joinLines = (frames: readonly unknown[]): string => frames.map(String).join('\n');

describe('a stream', () => {
  test('opens its session, which gets the first frame and then those that are sent by its name', async () => {
    const { hub, open } = await start();
    const { session, id } = await open();
    expect(hub.receive(id, 'second')).toBe(true);
    expect(hub.receive('unknown', 'third')).toBe(false);
    expect(session.events.items).toEqual(['opened', 'received first', 'received second']);
  });

  test('has a name that cannot be guessed', async () => {
    const { hub } = await start();
    const names = Array.from({ length: 100 }, () => hub.newEmulation());
    expect(new Set(names.map(({ session }) => session)).size).toBe(100);
    expect(names.every(({ session, node }) => /^[\w-]{32}$/.test(session) && node === 'here')).toBe(true);
  });

  test('sends a line for each message, and all of a turn in their order', async () => {
    const { hub, open } = await start();
    const { client, session } = await open();
    const { socket } = session;
    socket.subscribe('room');
    socket.sendSoon('one', joinLines);
    socket.sendSoon('two', joinLines);
    hub.publish('room', 'three');
    expect(socket.send('four')).toBe('sent');
    socket.sendSoon('five');
    expect(await client.takeUntil('five\n')).toBe('one\ntwo\nthree\nfour\nfive\n');
    expect(session.events.items).toEqual(['opened', 'received first']);
  });

  test('sends an event for each message, also for those that the codec has joined', async () => {
    const { open } = await start();
    const { client, session } = await open(EVENTS);
    session.socket.sendSoon('{"id":1}', joinLines);
    session.socket.sendSoon('{"id":2}', joinLines);
    session.socket.send(encodeOnce('é\rtwo'));
    session.socket.send(Buffer.from('end'));
    expect(await client.takeUntil('end\n\n')).toBe(
      '\r\ndata: {"id":1}\n\ndata: {"id":2}\n\ndata: é\n\ndata: two\n\ndata: end\n\n',
    );
  });

  test('gets what is published to its topics, whatever its format is', async () => {
    const { hub, open } = await start();
    const [lines, events, other] = [await open(LINES), await open(EVENTS), await open(LINES)];
    for (const { session } of [lines, events]) session.socket.subscribe('room');
    hub.publish(encodeOnce('room'), encodeOnce('☃'));
    expect(await lines.client.takeUntil('\n')).toBe('☃\n');
    expect(await events.client.takeUntil('\n\n')).toBe('\r\ndata: ☃\n\n');
    lines.session.socket.unsubscribe('room');
    events.session.socket.close(4000, '');
    hub.publish(encodeOnce('room'), 'late');
    for (const { session } of [lines, other]) session.socket.send('end');
    expect(await lines.client.takeUntil('\n')).toBe('end\n');
    expect(await other.client.takeUntil('\n')).toBe('end\n');
  });

  test('that is closed tells why, behind everything else', async () => {
    const { hub, open } = await start();
    const { client, session, id } = await open(EVENTS);
    const { socket } = session;
    socket.sendSoon('one', joinLines);
    socket.close(4000, 'it is "over"');
    expect(session.events.items.at(-1)).toBe('closed 4000 it is "over"');
    expect(socket.isOpen).toBe(false);
    expect(socket.bufferedBytes).toBe(0);
    expect(socket.send('late')).toBe('dropped');
    socket.sendSoon('late', joinLines);
    socket.subscribe('room');
    socket.close(4001, 'late');
    socket.terminate();
    expect(hub.receive(id, 'late')).toBe(false);
    expect(await client.ended).toBe('complete');
    expect(await client.takeUntil('}}}\n\n')).toBe(
      '\r\ndata: one\n\ndata: {"push":{"disconnect":{"code":4000,"reason":"it is \\"over\\""}}}\n\n',
    );
    expect(session.events.items).toHaveLength(3);
  });

  test('that breaks is closed with 1006, whoever breaks it', async () => {
    const { hub, open } = await start();
    const [one, two] = [await open(), await open()];
    one.client.abort();
    expect(one.session.events.items.at(-1)).toBe('closed 1006 ');
    expect(hub.receive(one.id, 'late')).toBe(false);
    two.session.socket.terminate();
    expect(two.session.events.items.at(-1)).toBe('closed 1006 ');
    expect(await two.client.ended).toBe('broken');
  });

  test('tells its session that bytes wait, and that they are gone', async () => {
    const { open } = await start();
    const { client, session } = await open();
    client.pause();
    session.socket.sendSoon('one');
    await session.events.next();
    await session.events.next();
    expect(await session.events.next()).toBe('congested');
    expect(session.socket.send('two')).toBe('queued');
    client.resume();
    expect(await session.events.next()).toBe('drained');
    expect(await client.takeUntil('one\n')).toBe('one\n');
  });

  test('whose reader is too slow overflows, and is told so when it reads again', async () => {
    const { open } = await start();
    const { client, session } = await open(LINES, new Session((socket) => socket.close(3008, 'slow')));
    client.pause();
    while (session.socket.isOpen) {
      session.socket.send('x'.repeat(100));
      await new Promise(setImmediate);
    }
    expect(session.events.items.slice(-2)).toEqual(['overflowed', 'closed 3008 slow']);
    client.resume();
    expect(await client.takeUntil('}}}\n')).toMatch(
      /^(x+\n)+\{"push":\{"disconnect":\{"code":3008,"reason":"slow"\}\}\}\n$/,
    );
    expect(await client.ended).toBe('complete');
  });

  test('that begins while the server is draining is ended at once, without a session', async () => {
    const { hub, open, drain } = await start();
    drain();
    const { client, session, id } = await open();
    expect(await client.takeUntil('}}}\n')).toContain('"code":3001,"reason":"shutdown"');
    expect(await client.ended).toBe('complete');
    expect(session.events.items).toEqual([]);
    expect(hub.receive(id, 'x')).toBe(false);
  });
});
