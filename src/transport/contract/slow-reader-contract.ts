/** The part of the transport contract about slow readers: clients that read more slowly than the server sends. */

import { expect, test } from 'vitest';
import { connected, connectTo, ENDLESS, KIBIBYTE, sendUntil, take } from './contract-client.ts';
import type { StartServer } from './contract-server.ts';

export function describeSlowReaders(start: StartServer): void {
  test('frames for a slow reader wait in order, and drain is called when they are sent', async () => {
    const { client, peer } = await connected(start);
    const sent = sendUntil('queued', client, peer);
    expect(peer.socket.bufferedBytes).toBeGreaterThan(0);
    client.resume();
    await peer.until('drain');
    expect(await take(client, sent.length)).toEqual(sent);
    expect(peer.count('overflow')).toBe(0);
    expect(peer.socket.isOpen).toBe(true);
  });

  test('a slow reader that is closed gets its whole queue and then the close code', async () => {
    const { client, peer } = await connected(start);
    const sent = sendUntil('queued', client, peer);
    peer.socket.close(4000, 'enough');
    expect(peer.events.items.at(-1)).toBe('close 4000 enough');
    client.resume();
    expect(await client.closed).toEqual({ code: 4000, reason: 'enough' });
    expect(client.frames).toEqual(sent);
  });

  test('overflow is called once, outside of the call that dropped the frame', async () => {
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

  test('a reader that overflowed is closed at once for the server, and gets the code when it reads again', async () => {
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

  test('a publication that overflows a slow reader still reaches the others', async () => {
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
      // The quick reader has read it, so it was sent to both.
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

  test('a slow reader that is closed and disconnects has no further events', async () => {
    const { client, peer, transport } = await connected(start);
    sendUntil('dropped', client, peer);
    peer.socket.close(3008, 'slow');
    client.terminate();
    await transport.close();
    expect(peer.events.items).toEqual(['close 3008 slow']);
  });
}
