/** The part of the transport contract about WebSockets: how they open, which frames they carry, how they end. */

import { expect, test } from 'vitest';
import { readFrame } from '../../protocol/text.ts';
import { connected, connectTo, KIBIBYTE, sendUntil, take } from './contract-client.ts';
import type { Session, StartServer } from './contract-server.ts';
import type { RequestHead, TransportHandlers } from '../common/transport.ts';

const join = (frames: readonly unknown[]): string => frames.join('+');

export function describeSockets(start: StartServer): void {
  test('a handshake reaches the handler with its path, query, address and headers', async () => {
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

  test('a refused handshake is answered with the given response', async () => {
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

  test('text frames are carried in both directions', async () => {
    const { client, peer } = await connected(start);
    client.send('hé ☃ 🎈');
    await peer.until('message hé ☃ 🎈');
    client.send('');
    await peer.until('message ');
    expect(peer.socket.send('☃ back')).toBe('sent');
    expect(await client.nextFrame()).toBe('☃ back');
  });

  test('a binary frame can be read as text if it is UTF-8, and is detected if it is not', async () => {
    const { client, peer } = await connected(start);
    client.send(new TextEncoder().encode('\uFEFFbytes ☃'));
    await peer.until('message \uFEFFbytes ☃');
    client.send(new Uint8Array([0x68, 0xff, 0x69]));
    await peer.until('message (not UTF-8)');
    expect(peer.socket.isOpen).toBe(true);
  });

  test('a binary frame reaches the handler as bytes, and bytes are sent as a binary frame', async () => {
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

  test('frames with the same join in a row are sent as one, in order', async () => {
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

  test('the client gets the sub-protocol that the server chose, or none', async () => {
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

  test('the server closes with its own code, and its close handler is called before close returns', async () => {
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

  test('a terminated socket ends without a close frame', async () => {
    const { client, peer } = await connected(start);
    peer.socket.terminate();
    expect(peer.events.items).toEqual(['close 1006 ']);
    expect(await client.closed).toMatchObject({ code: 1006 });
  });

  test('the client closes with its own code, or without a code', async () => {
    const server = await start();
    const { client: first, peer: firstPeer } = await connectTo(server);
    first.close(4123, 'bye ☃');
    await firstPeer.until('close 4123 bye ☃');
    const { client: second, peer: secondPeer } = await connectTo(server);
    second.close();
    await secondPeer.until('close 1005 ');
    expect(secondPeer.socket.isOpen).toBe(false);
  });

  test('a client that disconnects without a close frame is closed with 1006', async () => {
    const { client, peer } = await connected(start);
    client.terminate();
    expect(await peer.events.next()).toMatch(/^close 1006/);
  });

  test('the methods of a closed socket do nothing, and it is closed only once', async () => {
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

  test.each(['open', 'message', 'close'] as const)(
    'an error of the handler %s is contained',
    async (name) => {
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
    },
  );

  test('a socket stays open when a handler throws', async () => {
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

  test('a frame of exactly the limit is accepted, and a longer one drops the socket', async () => {
    const { client, peer } = await connected(start, { maxFrameBytes: KIBIBYTE });
    client.send('é'.repeat(KIBIBYTE / 2));
    await peer.until(`message ${'é'.repeat(KIBIBYTE / 2)}`);
    client.send('x'.repeat(KIBIBYTE + 1));
    expect([1006, 1009]).toContain((await client.closed).code);
    expect(await peer.events.next()).toMatch(/^close 1006/);
  });

  test('a closing transport drops its sockets, and calls close once for each', async () => {
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
