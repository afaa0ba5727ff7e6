/** Watching a room over HTTP. */

import { describe, expect, onTestFinished, test } from 'vitest';
import { createMemoryBroker } from '../src/index.ts';
import { WATCH_HEARTBEAT_MS } from '../src/http/api/watch-route.ts';
import { MAX_WATCHERS } from '../src/operations/watchers.ts';
import { composeServer } from '../src/server/create-server.ts';
import { FakeClock } from '../src/system/clock-harness.ts';
import { createInMemoryTransport } from '../src/transport/in-memory.ts';
import { startServer } from './support/start-server.ts';
import { watchRoom } from './support/watch-client.ts';

const TELLING = { rooms: { '*': { joinLeave: true } } };
const time = expect.any(Number) as number;

describe('watching a room', () => {
  test('tells what is published, who joins and who leaves, also in a room without members', async () => {
    const { url, server, connect } = await startServer(TELLING);
    const { response, events } = await watchRoom(url, 'room 1');
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/event-stream']);
    await server.publish('room 1', { text: 'hi\n\nthere' });
    await server.publish('another', 'no');
    expect(await events.next()).toEqual({
      event: 'publication',
      data: { data: { text: 'hi\n\nthere' }, offset: 1, time },
    });
    const client = await connect();
    await client.join('room 1');
    const joined = await events.next();
    const info = { user: '', client: expect.any(String) as string };
    expect(joined).toEqual({ event: 'join', data: { info } });
    client.send('sendByRoom|{"roomNum":"room 1","message":"from a member"}');
    const { data } = joined as { data: { info: object } };
    expect(await events.next()).toEqual({
      event: 'publication',
      data: { data: 'from a member', offset: 2, time, info: data.info },
    });
    client.send('unsubscribe|room 1');
    expect(await events.next()).toEqual({ event: 'leave', data });
    await server.publish('room 1', 'after the last member has gone');
    expect(await events.next()).toMatchObject({ data: { offset: 3 } });
  });

  test('ends with the client, and lets the room go', async () => {
    const broker = createMemoryBroker();
    const asked: string[] = [];
    const subscribe = broker.subscribe.bind(broker);
    const unsubscribe = broker.unsubscribe.bind(broker);
    broker.subscribe = (room) => {
      asked.push(`subscribe ${room}`);
      return subscribe(room);
    };
    broker.unsubscribe = (room) => {
      asked.push(`unsubscribe ${room}`);
      return unsubscribe(room);
    };
    const { url, server } = await startServer({ broker });
    const first = await watchRoom(url, 'r');
    const second = await watchRoom(url, 'r');
    first.abort();
    second.abort();
    await expect.poll(() => asked).toEqual(['subscribe r', 'unsubscribe r']);
    await server.publish('r', 'nobody hears it');
  });

  test('is told that the server shuts down', async () => {
    const { url, server } = await startServer();
    const { events } = await watchRoom(url, 'r');
    await server.close();
    expect(await events.next()).toMatchObject({ event: 'end', data: { code: 'shutdown' } });
  });

  test.each([
    ['/api/watch', 400],
    ['/api/watch?channel=', 400],
    [`/api/watch?channel=${'r'.repeat(256)}`, 400],
  ])('at %s is refused with %d', async (path, status) => {
    const { request } = await startServer();
    expect((await request(path)).status).toBe(status);
  });

  test('takes the key, and no other method', async () => {
    const apiKey = 'correct-horse-battery-staple';
    const { url, request } = await startServer({ http: { apiKey } });
    expect((await request('/api/watch?channel=r')).status).toBe(401);
    expect((await request('/api/watch?channel=r', { method: 'POST' })).status).toBe(405);
    const { response } = await watchRoom(url, 'r', { 'x-api-key': apiKey });
    expect(response.status).toBe(200);
  });

  test('is refused to more than a thousand, and a place is free again when one ends', async () => {
    const { server, request, url } = await startServer();
    const watches = await Promise.all(
      Array.from({ length: MAX_WATCHERS }, () => server.watch('r', { publication: () => undefined })),
    );
    expect((await request('/api/watch?channel=r')).status).toBe(503);
    watches[0]?.stop();
    watches[0]?.stop();
    expect((await watchRoom(url, 'r')).response.status).toBe(200);
    await expect(server.watch('r', { publication: () => undefined })).rejects.toMatchObject({
      code: 'limitExceeded',
    });
  });
});

describe('a response that watches a room', () => {
  async function start(clock?: FakeClock) {
    const transport = createInMemoryTransport();
    const options = { transport: transport.create, limits: { sendQueueBytes: 4_096 } };
    const server = composeServer(options, undefined, clock);
    onTestFinished(() => server.close());
    await server.listen();
    const headers = { host: 'localhost' };
    const stream = await transport.stream({ path: '/api/watch', query: 'channel=r', headers });
    return { server, stream };
  }

  test('has a comment from time to time', async () => {
    const clock = new FakeClock();
    const { stream } = await start(clock);
    expect(await stream.takeUntil('\n\n')).toBe(':\n\n');
    clock.increment(WATCH_HEARTBEAT_MS);
    clock.increment(WATCH_HEARTBEAT_MS);
    expect(await stream.takeUntil(':\n\n:\n\n')).toBe(':\n\n:\n\n');
  });

  test('of a client that reads too slowly ends with a last event, and costs no publisher anything', async () => {
    const { server, stream } = await start();
    stream.pause();
    for (let count = 0; count < 20; count += 1) await server.publish('r', 'x'.repeat(1_000));
    stream.resume();
    expect(await stream.takeUntil('event: end\ndata: {"code":"slow"')).toContain('event: publication');
    expect(await stream.ended).toBe('complete');
  });
});
