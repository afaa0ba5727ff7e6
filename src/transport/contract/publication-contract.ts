/** The part of the transport contract about publications and the order of frames. */

import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { encodeOnce, readFrame } from '../../protocol/text.ts';
import { connected, connectTo, ENDLESS, KIBIBYTE, take } from './contract-client.ts';
import type { Peer, RunningTransport, Server, StartServer } from './contract-server.ts';

export function describePublications(start: StartServer): void {
  test('a text that is encoded once can be used many times', async () => {
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

  test('texts of Latin letters alone arrive as they are, in frames, topics and reasons', async () => {
    const server = await start();
    const { client, peer } = await connectTo(server);
    peer.socket.subscribe('Räume/é');
    peer.socket.send('zwölf');
    server.transport.publish('Räume/é', 'dreißig');
    server.transport.publish(encodeOnce('Räume/é'), encodeOnce('fünf'));
    peer.socket.unsubscribe('Räume/é');
    server.transport.publish('Räume/é', 'nobody');
    peer.socket.sendSoon('één');
    expect(await take(client, 4)).toEqual(['zwölf', 'dreißig', 'fünf', 'één']);
    peer.socket.close(4000, 'schön');
    expect(await client.closed).toEqual({ code: 4000, reason: 'schön' });
  });

  test('a publication reaches only the subscribers of its topic', async () => {
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

  test('publications of clients whose frames are handled reach every subscriber once, in one order', async () => {
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
    for (const [index, sender] of ['a', 'b'].entries()) {
      const own = seen[index]?.filter((frame) => new RegExp(`^(said|done) ${sender}`).test(frame));
      expect(own).toEqual(numbers.flatMap((n) => [`said ${sender}${n}`, `done ${sender}${n}`]));
    }
  });

  test('a subscription that changes while a frame is handled has effect at once', async () => {
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
    const { client: sender, peer } = await connectTo(server);
    const { client: other, peer: otherPeer } = await connectTo(server);
    others.push(otherPeer);
    peer.socket.subscribe('room');
    sender.send('go');
    expect(await take(sender, 4)).toEqual(['one', 'two', 'four', 'end']);
    expect(await take(other, 3)).toEqual(['two', 'three', 'end']);
  });

  test('short and long frames of one turn arrive in order, and before the close frame', async () => {
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

  test('frames that are sent soon keep their order', async () => {
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

  test('drain is called when a frame that was sent soon waits in the queue', async () => {
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
}
