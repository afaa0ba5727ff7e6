/** The half of the transport contract that is about WebSockets. */

import { encodeOnce, readFrame } from '../../protocol/text.ts';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { InMemoryClient } from '../in-memory-socket.ts';
import type { Peer, RunningTransport, Server, Session, StartServer } from './contract-server.ts';
import type { RequestHead, TransportHandlers } from '../transport.ts';

const KIBIBYTE = 1024;

/** More frames of 16 KiB than any system's own buffers take. */
const ENDLESS = 10_000;

const join = (frames: readonly unknown[]): string => frames.join('+');

export function describeSockets(start: StartServer): void {
  test('a handshake is accepted with what is known of it', async () => {
    const heads: RequestHead[] = [];
    const { connect, peers } = await start({
      upgrade(head) {
        heads.push(head);
        return { accept: true, session: {} };
      },
    });
    const client = await connect({ path: '/a%20b', query: 'x=1&y=%26', headers: { 'X-Token': 'secret' } });
    const peer = await peers.next();
    const [head] = heads;
    expect(head).toMatchObject({
      method: 'GET',
      path: '/a%20b',
      query: 'x=1&y=%26',
      remoteAddress: '127.0.0.1',
    });
    expect(head?.header('x-token')).toBe('secret');
    expect(head?.header('x-other')).toBeUndefined();
    expect(peer.socket.isOpen).toBe(true);
    client.close();
  });

  test('a refused handshake is answered with its response', async () => {
    const { connect, peers } = await start({
      upgrade: () => ({
        accept: false,
        response: { status: 503, headers: { 'Retry-After': '7' }, body: 'full' },
      }),
    });
    await expect(connect()).rejects.toMatchObject({
      code: 'HANDSHAKE_REFUSED',
      response: { status: 503, headers: { 'retry-after': '7' }, body: 'full' },
    });
    expect(peers.items).toEqual([]);
  });

  test('a handshake whose handler throws is refused with 500', async () => {
    const { connect, failures } = await start({
      upgrade() {
        throw new Error('upgrade is broken');
      },
    });
    await expect(connect()).rejects.toMatchObject({ response: { status: 500 } });
    expect(failures.items).toEqual([new Error('upgrade is broken')]);
  });

  test('text frames go both ways', async () => {
    const { client, peer } = await connected(start);
    client.send('hé ☃ 🎈');
    await peer.until('message hé ☃ 🎈');
    client.send('');
    await peer.until('message ');
    expect(peer.socket.send('☃ back')).toBe('sent');
    expect(await client.nextFrame()).toBe('☃ back');
  });

  test('a binary frame is read as UTF-8 if it is that, and is told apart if not', async () => {
    const { client, peer } = await connected(start);
    client.send(new TextEncoder().encode('\uFEFFbytes ☃'));
    await peer.until('message \uFEFFbytes ☃');
    client.send(new Uint8Array([0x68, 0xff, 0x69]));
    await peer.until('message (not UTF-8)');
    expect(peer.socket.isOpen).toBe(true);
  });

  test('a binary frame reaches the handler as bytes, and bytes leave as a binary frame', async () => {
    const seen: unknown[] = [];
    const server = await start({
      message({ peer }, frame) {
        seen.push(typeof frame === 'string' ? frame : [...frame]);
        peer?.socket.send(Uint8Array.of(1, 2));
        peer?.socket.sendSoon(Uint8Array.of(3));
      },
    });
    const { client, peer } = await connectTo(server);
    client.send(Uint8Array.of(0, 0xff));
    expect(await client.nextBinaryFrame()).toEqual(Uint8Array.of(1, 2));
    expect(await client.nextBinaryFrame()).toEqual(Uint8Array.of(3));
    peer.socket.subscribe('news');
    server.transport.publish('news', Uint8Array.of(4, 5));
    expect(await client.nextBinaryFrame()).toEqual(Uint8Array.of(4, 5));
    expect(seen).toEqual([[0, 0xff]]);
    expect(client.frames).toEqual([]);
  });

  test('frames that are to be joined leave as one, in their place', async () => {
    const server = await start();
    const { client, peer } = await connectTo(server);
    peer.socket.subscribe('news');
    peer.socket.sendSoon('a', join);
    peer.socket.sendSoon('b', join);
    server.transport.publish('news', 'published');
    peer.socket.sendSoon('c', join);
    peer.socket.sendSoon('alone');
    peer.socket.sendSoon('d', join);
    peer.socket.send('sent');
    peer.socket.sendSoon('e', join);
    peer.socket.sendSoon('f', join);
    expect(await take(client, 7)).toEqual(['a+b', 'published', 'c', 'alone', 'd', 'sent', 'e+f']);
  });

  test('the sub-protocol that the server chose is named to the client, and no other', async () => {
    const { connect } = await start({
      upgrade: (head) => {
        const offered = head.header('sec-websocket-protocol') ?? '';
        return { accept: true, session: {}, ...(offered.includes('spoken') && { subprotocol: 'spoken' }) };
      },
    });
    const headers = { 'Sec-WebSocket-Protocol': 'other, spoken' };
    expect((await connect({ headers })).protocol).toBe('spoken');
    expect((await connect()).protocol).toBe('');
  });

  test('texts that were encoded once are what they were, as often as they are used', async () => {
    const server = await start();
    const { client, peer } = await connectTo(server);
    const [topic, frame] = [encodeOnce('room/☃'), encodeOnce('hello ☃')];
    peer.socket.subscribe('room/☃');
    peer.socket.send(frame);
    server.transport.publish(topic, frame);
    server.transport.publish('room/☃', 'plain');
    peer.socket.sendSoon(frame);
    expect(await take(client, 4)).toEqual(['hello ☃', 'hello ☃', 'plain', 'hello ☃']);
  });

  test('a publication reaches the subscribers of its topic, and nobody else', async () => {
    const server = await start();
    const { client: first, peer: firstPeer } = await connectTo(server);
    const { client: second, peer: secondPeer } = await connectTo(server);
    firstPeer.socket.subscribe('news');
    secondPeer.socket.subscribe('other');
    server.transport.publish('news', 'one');
    server.transport.publish('nobody listens', 'lost');
    secondPeer.socket.subscribe('news');
    server.transport.publish('news', 'two');
    firstPeer.socket.unsubscribe('news');
    server.transport.publish('news', 'three');
    firstPeer.socket.send('end');
    secondPeer.socket.send('end');
    expect(await take(first, 3)).toEqual(['one', 'two', 'end']);
    expect(await take(second, 3)).toEqual(['two', 'three', 'end']);
  });

  test('what clients publish while their frames are handled reaches every subscriber once, in one order', async () => {
    const server: RunningTransport & Server = await start({
      message({ peer }, frame) {
        server.transport.publish('room', `said ${readFrame(frame)}`);
        peer?.socket.send(`done ${readFrame(frame)}`);
      },
    });
    const { client: first, peer: firstPeer } = await connectTo(server);
    const { client: second, peer: secondPeer } = await connectTo(server);
    const { client: guest } = await connectTo(server);
    firstPeer.socket.subscribe('room');
    secondPeer.socket.subscribe('room');
    const numbers = Array.from({ length: 100 }, (_, index) => index);
    for (const number of numbers) {
      first.send(`a${number}`);
      second.send(`b${number}`);
    }
    guest.send('from outside');
    expect(await take(guest, 1)).toEqual(['done from outside']);
    const seen = [await take(first, 301), await take(second, 301)];
    const said = seen.map((frames) => frames.filter((frame) => frame.startsWith('said')));
    expect(said[0]).toEqual(said[1]);
    expect(said[0]?.filter((frame) => frame.startsWith('said a'))).toEqual(numbers.map((n) => `said a${n}`));
    expect(said[0]?.filter((frame) => frame.startsWith('said b'))).toEqual(numbers.map((n) => `said b${n}`));
    expect(said[0]).toHaveLength(201);
    for (const [index, speaker] of ['a', 'b'].entries()) {
      const own = seen[index]?.filter((frame) => new RegExp(`^(said|done) ${speaker}`).test(frame));
      expect(own).toEqual(numbers.flatMap((n) => [`said ${speaker}${n}`, `done ${speaker}${n}`]));
    }
  });

  test('subscriptions that change while a frame is handled count from then on', async () => {
    const others: Peer[] = [];
    const server: RunningTransport & Server = await start({
      message({ peer }) {
        const { transport } = server;
        transport.publish('room', 'one');
        others[0]?.socket.subscribe('room');
        transport.publish('room', 'two');
        peer?.socket.unsubscribe('room');
        transport.publish('room', 'three');
        peer?.socket.subscribe('room');
        others[0]?.socket.unsubscribe('room');
        transport.publish('room', 'four');
        peer?.socket.send('end');
        others[0]?.socket.send('end');
      },
    });
    const { client: speaker, peer } = await connectTo(server);
    const { client: other, peer: otherPeer } = await connectTo(server);
    others.push(otherPeer);
    peer.socket.subscribe('room');
    speaker.send('go');
    expect(await take(speaker, 4)).toEqual(['one', 'two', 'four', 'end']);
    expect(await take(other, 3)).toEqual(['two', 'three', 'end']);
  });

  test('publications and sends of one turn arrive in order, short and long, and before the close frame', async () => {
    const { client, peer, transport } = await connected(start);
    const long = 'x'.repeat(40 * KIBIBYTE);
    peer.socket.subscribe('room');
    transport.publish('room', 'one');
    peer.socket.send('two');
    transport.publish('room', long);
    peer.socket.send(long);
    transport.publish('room', 'five');
    peer.socket.close(4000, 'done');
    expect(await take(client, 5)).toEqual(['one', 'two', long, long, 'five']);
    expect(await client.closed).toEqual({ code: 4000, reason: 'done' });
  });

  test('frames that may wait for others of their turn keep their places', async () => {
    const { client, peer, transport } = await connected(start);
    peer.socket.sendSoon('zero');
    expect(await client.nextFrame()).toBe('zero');
    peer.socket.sendSoon('one');
    peer.socket.subscribe('room');
    transport.publish('room', 'two');
    peer.socket.sendSoon('three');
    peer.socket.sendSoon('x'.repeat(40 * KIBIBYTE));
    peer.socket.send('five');
    peer.socket.sendSoon('six');
    transport.publish('room', 'seven');
    peer.socket.sendSoon('eight');
    peer.socket.close(4000, 'done');
    peer.socket.sendSoon('too late');
    const long = 'x'.repeat(40 * KIBIBYTE);
    expect(await take(client, 8)).toEqual(['one', 'two', 'three', long, 'five', 'six', 'seven', 'eight']);
    expect(await client.closed).toEqual({ code: 4000, reason: 'done' });
  });

  test('drain tells that a frame which was sent soon has to wait', async () => {
    const { client, peer } = await connected(start);
    client.pause();
    for (let sent = 0; peer.socket.bufferedBytes === 0 && sent < ENDLESS; sent += 1) {
      peer.socket.sendSoon('x'.repeat(16 * KIBIBYTE));
      await nextTurn();
    }
    expect(peer.socket.bufferedBytes).toBeGreaterThan(0);
    expect(peer.count('drain')).toBeGreaterThan(0);
    client.resume();
  });

  test('the server says goodbye with its own code, and is told before its call returns', async () => {
    const { client, peer } = await connected(start);
    peer.socket.close(3001, 'shutdown ☃');
    expect(peer.events.items).toEqual(['close 3001 shutdown ☃']);
    expect(peer.socket.isOpen).toBe(false);
    expect(await client.closed).toEqual({ code: 3001, reason: 'shutdown ☃' });
  });

  test('a socket can be refused with a close code as soon as it opens', async () => {
    const { connect } = await start({ open: (_session, socket) => socket.close(3500, 'not you') });
    const client = await connect();
    expect(await client.closed).toEqual({ code: 3500, reason: 'not you' });
  });

  test('a terminated socket ends without a word', async () => {
    const { client, peer } = await connected(start);
    peer.socket.terminate();
    expect(peer.events.items).toEqual(['close 1006 ']);
    expect(await client.closed).toMatchObject({ code: 1006 });
  });

  test('the client says goodbye with its own code, or with none', async () => {
    const server = await start();
    const { client: first, peer: firstPeer } = await connectTo(server);
    first.close(4123, 'bye ☃');
    await firstPeer.until('close 4123 bye ☃');
    const { client: second, peer: secondPeer } = await connectTo(server);
    second.close();
    await secondPeer.until('close 1005 ');
    expect(secondPeer.socket.isOpen).toBe(false);
  });

  test('a client that vanishes is closed with 1006', async () => {
    const { client, peer } = await connected(start);
    client.terminate();
    expect(await peer.events.next()).toMatch(/^close 1006/);
  });

  test('a closed socket is harmless, and is closed only once', async () => {
    const { client, peer, transport } = await connected(start);
    const { socket } = peer;
    socket.subscribe('room');
    socket.close(4000, 'first');
    expect(socket.send('too late')).toBe('dropped');
    socket.subscribe('other');
    socket.unsubscribe('room');
    socket.close(4001, 'second');
    socket.terminate();
    transport.publish('room', 'too late');
    expect(socket.isOpen).toBe(false);
    expect(socket.bufferedBytes).toBe(0);
    expect(await client.closed).toEqual({ code: 4000, reason: 'first' });
    expect(client.frames).toEqual([]);
    await transport.close();
    expect(peer.events.items).toEqual(['close 4000 first']);
    expect(() => transport.publish('room', 'too late')).not.toThrow();
  });

  test.each(['open', 'message', 'close'] as const)('what %s throws is contained', async (name) => {
    const boom = new Error(`${name} is broken`);
    let calls = 0;
    const breakOnce: Partial<TransportHandlers<Session>> = {
      [name]() {
        calls += 1;
        if (calls === 1) throw boom;
      },
    };
    const { connect, failures } = await start(breakOnce);
    const client = await connect();
    client.send('hello');
    if (name === 'close') client.close();
    expect(await failures.next()).toBe(boom);
    const other = await connect();
    other.close();
    await other.closed;
    expect(failures.items).toEqual([boom]);
  });

  test('a socket survives a handler that throws', async () => {
    const { connect, peers, failures } = await start({
      message({ peer }, frame) {
        if (frame === 'throw') throw new Error('message is broken');
        peer?.socket.send(`echo ${readFrame(frame)}`);
      },
    });
    const client = await connect();
    const peer = await peers.next();
    client.send('throw');
    client.send('again');
    expect(await client.nextFrame()).toBe('echo again');
    expect(failures.items).toEqual([new Error('message is broken')]);
    expect(peer.socket.isOpen).toBe(true);
  });

  test('a log that throws is contained, too', async () => {
    const { connect } = await start({
      message({ peer }, frame) {
        peer?.socket.send(`echo ${readFrame(frame)}`);
        throw new Error('message is broken');
      },
      failed() {
        throw new Error('the log is broken');
      },
    });
    const client = await connect();
    client.send('one');
    client.send('two');
    expect(await take(client, 2)).toEqual(['echo one', 'echo two']);
  });

  test('a frame as long as allowed is taken, and a longer one costs the socket', async () => {
    const { client, peer } = await connected(start, { maxFrameBytes: KIBIBYTE });
    client.send('é'.repeat(KIBIBYTE / 2));
    await peer.until(`message ${'é'.repeat(KIBIBYTE / 2)}`);
    client.send('x'.repeat(KIBIBYTE + 1));
    expect(await client.closed).toMatchObject({ code: 1006 });
    expect(await peer.events.next()).toMatch(/^close 1006/);
  });

  test('frames for a slow reader wait in order, and drain tells when they have gone', async () => {
    const { client, peer } = await connected(start);
    const sent = sendUntil('queued', client, peer);
    expect(peer.socket.bufferedBytes).toBeGreaterThan(0);
    client.resume();
    await peer.until('drain');
    expect(await take(client, sent.length)).toEqual(sent);
    expect(peer.count('overflow')).toBe(0);
    expect(peer.socket.isOpen).toBe(true);
  });

  test('a slow reader closed with something in its queue gets all of it, and then the code', async () => {
    const { client, peer } = await connected(start);
    const sent = sendUntil('queued', client, peer);
    peer.socket.close(4000, 'enough');
    expect(peer.events.items.at(-1)).toBe('close 4000 enough');
    client.resume();
    expect(await client.closed).toEqual({ code: 4000, reason: 'enough' });
    expect(client.frames).toEqual(sent);
  });

  test('overflow is told once, outside of the call that dropped the frame', async () => {
    const { client, peer } = await connected(start);
    const sent = sendUntil('dropped', client, peer);
    expect(peer.socket.send('also dropped')).toBe('dropped');
    expect(peer.count('overflow')).toBe(0);
    await peer.until('overflow');
    client.resume();
    await peer.until('drain');
    peer.socket.send('end');
    expect(await take(client, sent.length)).toEqual([...sent.slice(0, -1), 'end']);
    expect(peer.count('overflow')).toBe(1);
  });

  test('a reader that overflowed is closed at once for the server, and learns the code when it reads again', async () => {
    const { connect, peers, transport } = await start({
      overflow: ({ peer }) => peer?.socket.close(3008, 'slow'),
    });
    const client = await connect();
    const peer = await peers.next();
    peer.socket.subscribe('room');
    const sent = sendUntil('dropped', client, peer);
    await peer.until('close 3008 slow');
    expect(peer.socket.isOpen).toBe(false);
    expect(peer.socket.bufferedBytes).toBe(0);
    expect(peer.socket.send('too late')).toBe('dropped');
    peer.socket.close(4000, 'too late');
    transport.publish('room', 'too late');
    client.send('too late');
    client.resume();
    expect(await client.closed).toEqual({ code: 3008, reason: 'slow' });
    expect(client.frames).toEqual(sent.slice(0, -1));
    await transport.close();
    expect(peer.events.items).toEqual(['close 3008 slow']);
  });

  test('a publication that a slow reader cannot take overflows it, and reaches the others', async () => {
    const server = await start({
      overflow({ peer }) {
        peer?.events.push('overflow');
        peer?.socket.close(3008, 'slow');
      },
    });
    const { client: slow, peer: slowPeer } = await connectTo(server);
    const { client: quick, peer: quickPeer } = await connectTo(server);
    slowPeer.socket.subscribe('room');
    quickPeer.socket.subscribe('room');
    slow.pause();
    const frame = 'x'.repeat(15 * KIBIBYTE);
    let published = 0;
    while (slowPeer.socket.isOpen && published < ENDLESS) {
      server.transport.publish('room', frame);
      published += 1;
      // The quick reader has read it, so both have been sent it.
      await quick.nextFrame();
    }
    await slowPeer.until('close 3008 slow');
    slow.resume();
    expect(await slow.closed).toEqual({ code: 3008, reason: 'slow' });
    expect(quickPeer.socket.isOpen).toBe(true);
    expect(slow.frames.length).toBeLessThan(published);
    expect(slowPeer.events.items.filter((event) => event !== 'drain')).toEqual([
      'overflow',
      'close 3008 slow',
    ]);
  });

  test('a slow reader that is closed and vanishes leaves nothing behind', async () => {
    const { client, peer, transport } = await connected(start);
    sendUntil('dropped', client, peer);
    peer.socket.close(3008, 'slow');
    client.terminate();
    await transport.close();
    expect(peer.events.items).toEqual(['close 3008 slow']);
  });

  test('a closing transport drops its sockets, and tells of each once', async () => {
    const server = await start();
    const { client: open, peer: openPeer } = await connectTo(server);
    const { client: slow, peer: slowPeer } = await connectTo(server);
    sendUntil('dropped', slow, slowPeer);
    slowPeer.socket.close(3008, 'slow');
    await Promise.all([server.transport.close(), server.transport.close()]);
    expect(openPeer.events.items).toEqual(['close 1006 ']);
    expect(slowPeer.events.items).toEqual(['close 3008 slow']);
    expect(await open.closed).toMatchObject({ code: 1006 });
    slow.resume();
    expect(await slow.closed).toMatchObject({ code: 1006 });
    await expect(server.connect()).rejects.toBeInstanceOf(Error);
  });

  test('a handler may close other sockets while the transport closes them all', async () => {
    const server = await start({
      close: ({ peer }, code, reason) => {
        peer?.events.push(`close ${code} ${reason}`);
        for (const other of server.peers.items) other.socket.close(4000, 'with you');
      },
    });
    const sockets = await Promise.all([connectTo(server), connectTo(server), connectTo(server)]);
    await server.transport.close();
    expect(sockets.map(({ peer }) => peer.events.items.length)).toEqual([1, 1, 1]);
    await Promise.all(sockets.map(({ client }) => client.closed));
  });
}

async function connected(
  start: StartServer,
  options: Parameters<StartServer>[1] = {},
): Promise<RunningTransport & Server & { client: InMemoryClient; peer: Peer }> {
  const server = await start({}, options);
  return { ...server, ...(await connectTo(server)) };
}

async function connectTo(server: RunningTransport & Server): Promise<{ client: InMemoryClient; peer: Peer }> {
  const [client, peer] = await Promise.all([server.connect(), server.peers.next()]);
  return { client, peer };
}

async function take(client: InMemoryClient, count: number): Promise<string[]> {
  const frames: string[] = [];
  while (frames.length < count) frames.push(await client.nextFrame());
  return frames;
}

/** Stops the client reading and sends numbered frames until one meets that fate; all that were sent, with it. */
function sendUntil(fate: 'queued' | 'dropped', client: InMemoryClient, { socket }: Peer): string[] {
  client.pause();
  const sent: string[] = [];
  while (sent.length < ENDLESS) {
    const frame = `${sent.length} ${'x'.repeat(16 * KIBIBYTE)}`;
    sent.push(frame);
    if (socket.send(frame) === fate) return sent;
  }
  throw new Error(`no frame was ${fate}`);
}
