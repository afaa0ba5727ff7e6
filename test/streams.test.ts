/** Clients that cannot open a WebSocket: http_stream, server-sent events and emulation, on both transports. */

import { once, type EventEmitter } from 'node:events';
import net from 'node:net';
import { Centrifuge } from 'centrifuge';
import { EventSource } from 'eventsource';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createMemoryControl, createMemoryControls } from '../src/broker/control/memory-control.ts';
import type { Json, ServerEvents, ServerOptions } from '../src/index.ts';
import { Inbox } from '../src/system/inbox-harness.ts';
import { startServer } from './support/start-server.ts';
import { emulate, openStream, type StreamWay } from './support/stream-client.ts';
import { TRANSPORTS } from './support/transports.ts';

const WAYS: readonly StreamWay[] = ['http_stream', 'sse'];
const HELLO = JSON.stringify({ id: 1, connect: {} });
const PAGE = 'https://page.example';

type Command = { readonly [key: string]: Json };

const join = (id: number, channel: string): Command => ({ id, subscribe: { channel } });
const say = (id: number, channel: string, data: string): Command => ({ id, publish: { channel, data } });
const ask = (id: number): Command => ({ id, presence_stats: { channel: 'room1' } });
const write = (...commands: readonly Command[]) => commands.map((one) => JSON.stringify(one)).join('\n');
const publication = (channel: string, data: string) => ({ push: { channel, pub: { data } } });

interface Answer {
  readonly id: number;
  readonly connect: Connected;
}

interface Connected {
  readonly client: string;
  readonly session: string;
  readonly node: string;
}

describe.each(TRANSPORTS)('on %s', (transport) => {
  function start(options: ServerOptions = {}) {
    return startServer({ transport, ...options });
  }

  describe.each(WAYS)('a client of %s', (way) => {
    /** A client that has said hello, and a function that sends its commands. */
    async function connect(url: string, first: readonly Command[] = []) {
      const client = await openStream(url, way, [HELLO, ...first.map((one) => write(one))].join('\n'));
      const { session, node } = ((await client.messages.next()) as Answer).connect;
      const send = (...commands: Command[]) => emulate(url, { session, node, data: write(...commands) });
      return { ...client, session, node, send };
    }

    test('gets a session and a node with its greeting, and the answers of its first commands', async () => {
      const { url, server } = await start();
      await server.publish('room1', 'opened');
      const { messages, response, session, node } = await connect(url, [join(2, 'room1')]);
      expect(messages.items[0]).toMatchObject({ id: 1, connect: { ping: 25, pong: true } });
      expect(session).toMatch(/^[\w-]{32}$/);
      expect(node).toMatch(/^[0-9a-f-]{36}$/);
      expect(await messages.next()).toEqual({ id: 2, subscribe: {} });
      expect(response.status).toBe(200);
      expect(response.headers.get('x-accel-buffering')).toBe('no');
      expect(response.headers.get('cache-control')).toContain('no-store');
      expect(response.headers.get('content-type')).toMatch(
        way === 'sse' ? /^text\/event-stream/ : /^application\/x-ndjson/,
      );
      expect(server.health().connections).toBe(1);
    });

    test('sends commands by requests, and shares rooms with sockets', async () => {
      const { url, connect: connectLine } = await start();
      const { messages, send } = await connect(url);
      expect(await send(join(2, 'room1'))).toBe(204);
      expect(await messages.next()).toMatchObject({ id: 2, subscribe: {} });
      const line = await connectLine();
      await line.join('room1');
      await line.ask('sendByRoom|{"roomNum":"room1","message":"from a socket ☃ é"}');
      expect(await messages.next()).toMatchObject(publication('room1', 'from a socket ☃ é'));
      expect(await send(say(3, 'room1', 'from a stream'), ask(4))).toBe(204);
      const got = [await messages.next(), await messages.next(), await messages.next()];
      expect(got[0]).toMatchObject(publication('room1', 'from a stream'));
      expect(got).toContainEqual({ id: 3, publish: {} });
      expect(got).toContainEqual({ id: 4, presence_stats: { num_clients: 2, num_users: 1 } });
    });

    test('leaves its rooms at once when its stream breaks', async () => {
      const { url, server } = await start();
      const closed = new Inbox<ServerEvents['connection.closed']>();
      server.on('connection.closed', (event) => closed.push(event));
      const { abort, send, messages } = await connect(url, [join(2, 'room1')]);
      await messages.next();
      expect(await server.members('room1')).toHaveLength(1);
      abort();
      expect(await closed.next()).toMatchObject({ code: 1006 });
      expect(await server.members('room1')).toEqual([]);
      expect(await send(ask(3))).toBe(404);
      expect(server.health().connections).toBe(0);
    });

    test('is told why it is disconnected, as its last message', async () => {
      const { url, server } = await start();
      const { messages, ended } = await connect(url);
      const { client } = (messages.items[0] as Answer).connect;
      expect(await server.disconnect(client, 'enough')).toBe(true);
      expect(await messages.next()).toEqual({ push: { disconnect: { code: 3503, reason: 'enough' } } });
      expect(await ended).toBe(true);
      expect(messages.items).toHaveLength(2);
    });

    test('is told of a shutdown', async () => {
      const { url, server } = await start();
      const { messages, ended } = await connect(url);
      const closed = server.close();
      expect(await messages.next()).toEqual({ push: { disconnect: { code: 3001, reason: 'shutdown' } } });
      expect(await ended).toBe(true);
      await closed;
    });

    test('that breaks its protocol is disconnected', async () => {
      const { url } = await start();
      const client = await openStream(url, way, write(ask(1)));
      expect(await client.messages.next()).toEqual({
        push: { disconnect: { code: 3501, reason: 'bad request' } },
      });
      expect(await client.ended).toBe(true);
      const { messages, session, node } = await connect(url);
      expect(await emulate(url, { session, node, data: 'no JSON' })).toBe(204);
      expect(await messages.next()).toMatchObject({ push: { disconnect: { code: 3501 } } });
    });

    test('counts as a connection: one too many is refused', async () => {
      const { url } = await start({ limits: { connections: 1 } });
      await connect(url);
      const second = await openStream(url, way, HELLO);
      expect(second.response.status).toBe(503);
    });

    test('of an allowed page can read its stream; others are refused', async () => {
      const { url } = await start({ allowedOrigins: [PAGE] });
      const allowed = await openStream(url, way, HELLO, { origin: PAGE });
      expect(allowed.response.headers.get('access-control-allow-origin')).toBe(PAGE);
      expect(allowed.response.headers.get('access-control-allow-credentials')).toBe('true');
      expect(allowed.response.headers.get('vary')).toBe('origin');
      expect(await allowed.messages.next()).toMatchObject({ id: 1, connect: {} });
      const foreign = await openStream(url, way, HELLO, { origin: 'https://other.example' });
      expect(foreign.response.status).toBe(403);
      expect(foreign.response.headers.get('access-control-allow-origin')).toBeNull();
    });

    test('that never reads is disconnected as slow', async () => {
      const { url, server, port } = await start({ limits: { sendQueueBytes: 64 * 1024 } });
      const closed = new Inbox<ServerEvents['connection.closed']>();
      server.on('connection.closed', (event) => closed.push(event));
      await server.publish('room1', 'opened');
      const quick = await connect(url, [join(2, 'room1')]);
      await quick.messages.next();
      const raw = await openRaw(port, way, [HELLO, write(join(2, 'room1'))].join('\n'));
      await raw.until('"subscribe"');
      raw.socket.pause();
      const message = 'x'.repeat(16 * 1024);
      let isClosed = false;
      void closed.next().then((event) => {
        expect(event).toMatchObject({ code: 3008, reason: 'slow' });
        isClosed = true;
      });
      while (!isClosed) {
        await server.publish('room1', message);
        // The quick reader has it, so it was sent to both.
        await quick.messages.next();
      }
      raw.socket.resume();
      expect(await raw.until('"disconnect"')).toContain('"push"');
      expect(await server.members('room1')).toHaveLength(1);
    });
  });

  test.each(WAYS)('a published Centrifuge client works by %s', async (way) => {
    const { url, server } = await startServer({ transport });
    const client = new Centrifuge([{ transport: way, endpoint: new URL(`/connection/${way}`, url).href }], {
      emulationEndpoint: new URL('/emulation', url).href,
      eventsource: EventSource,
    });
    onTestFinished(() => client.disconnect());
    const subscription = client.newSubscription('room1');
    const publications = new Inbox<unknown>();
    subscription.on('publication', ({ data }) => publications.push(data));
    subscription.subscribe();
    client.connect();
    await subscription.ready();
    await subscription.publish({ from: 'é ☃' });
    await server.publish('room1', 'from the server');
    expect([await publications.next(), await publications.next()]).toEqual([
      { from: 'é ☃' },
      'from the server',
    ]);
    const [member] = await server.members('room1');
    const disconnected = once(client as unknown as EventEmitter, 'disconnected');
    expect(await server.disconnect(member?.id ?? '', 'enough')).toBe(true);
    expect(await disconnected).toMatchObject([{ code: 3503, reason: 'enough' }]);
    client.connect();
    await client.ready();
    const connecting = once(client as unknown as EventEmitter, 'connecting');
    const closed = server.close();
    expect(await connecting).toMatchObject([{ code: 3001 }]);
    await closed;
  });

  test('two messages of one turn are two events, and the stream begins with an empty line', async () => {
    const { port, server } = await start();
    await server.publish('room1', 'opened');
    const raw = await openRaw(port, 'sse', [HELLO, write(join(2, 'room1'))].join('\n'));
    const got = await raw.until('"subscribe":{}}\n\n');
    expect(got.slice(got.indexOf('\r\n\r\n') + 4)).toMatch(/^2\r\n\r\n\r\n/);
    expect(got).toMatch(/data: \{"id":1,.*\}\n\n.*data: \{"id":2,.*\}\n\n/s);
  });

  describe('requests', () => {
    test.each([
      ['GET', '/connection/http_stream', 405],
      ['PUT', '/connection/sse', 405],
      ['HEAD', '/connection/sse', 405],
      ['GET', '/emulation', 405],
      ['GET', '/connection/sse', 400],
      ['GET', '/connection/sse?cf_connect=', 400],
      ['POST', '/connection/sse', 400],
    ])('%s %s is answered with %d', async (method, path, status) => {
      const { url } = await start();
      expect((await fetch(new URL(path, url), { method })).status).toBe(status);
    });

    test('a first body that is too long, or not UTF-8, is refused', async () => {
      const { url } = await start();
      const post = async (body: string | Uint8Array<ArrayBuffer>) =>
        (await fetch(new URL('/connection/http_stream', url), { method: 'POST', body })).status;
      expect(await post('x'.repeat(64 * 1024 + 1))).toBe(413);
      expect(await post(new Uint8Array([0xff]))).toBe(400);
    });

    test('an emulation for nobody, or that cannot be read, is refused', async () => {
      const { url } = await start();
      const { messages } = await openStream(url, 'http_stream', HELLO);
      const { session, node } = ((await messages.next()) as Answer).connect;
      const data = write(ask(2));
      expect(await emulate(url, { session, node: 'other', data })).toBe(404);
      expect(await emulate(url, { session: 'other', node, data })).toBe(404);
      for (const body of ['', 'no JSON', '[]', 'null', { session, node }, { session, node, data: {} }])
        expect(await emulate(url, body)).toBe(400);
      expect(await emulate(url, 'x'.repeat(2 * 1024 * 1024))).toBe(413);
      expect(await emulate(url, { session, node, data }, { origin: 'https://other.example' })).toBe(403);
      expect(messages.items).toHaveLength(1);
      expect(await emulate(url, { session, node, data })).toBe(204);
      expect(await messages.next()).toMatchObject({ id: 2, presence_stats: {} });
    });

    test('commands that come to another node are passed on, in their order', async () => {
      const connectNode = createMemoryControls();
      const [here, one, two] = [
        await start({ control: connectNode() }),
        await start({ control: connectNode() }),
        await start({ control: connectNode() }),
      ];
      const { messages } = await openStream(here.url, 'http_stream', HELLO);
      const { session, node } = ((await messages.next()) as Answer).connect;
      const urls = [one.url, two.url, here.url, one.url];
      for (const [index, url] of urls.entries()) {
        expect(await emulate(url, { session, node, data: write(ask(index + 2)) })).toBe(204);
      }
      for (const id of [2, 3, 4, 5]) expect(await messages.next()).toMatchObject({ id });
      expect(await emulate(one.url, { session: 'other', node, data: write(ask(6)) })).toBe(404);
      expect(await emulate(one.url, { session, node: 'x'.repeat(100), data: write(ask(6)) })).toBe(404);
      await here.server.close();
      expect(await emulate(one.url, { session, node, data: write(ask(6)) })).toBe(404);
    });

    test('commands for another node are an error where the nodes cannot be reached', async () => {
      const control = { ...createMemoryControl(), attach: () => undefined, close: () => undefined };
      const order = () => Promise.reject(new Error('Redis is away'));
      const { url } = await start({ control: { ...control, order, survey: order } });
      expect(await emulate(url, { session: 's', node: 'other', data: write(ask(2)) })).toBe(503);
    });

    test.each(['/connection/http_stream', '/connection/sse', '/emulation'])(
      'a page that asks whether it may use %s is told',
      async (path) => {
        const { url } = await start({ allowedOrigins: [PAGE] });
        const ask = (origin: string) =>
          fetch(new URL(path, url), {
            method: 'OPTIONS',
            headers: {
              origin,
              'access-control-request-method': 'POST',
              'access-control-request-headers': 'content-type',
            },
          });
        const allowed = await ask(PAGE);
        expect(allowed.status).toBe(204);
        expect(allowed.headers.get('access-control-allow-origin')).toBe(PAGE);
        expect(allowed.headers.get('access-control-allow-methods')).toContain('POST');
        expect(allowed.headers.get('access-control-allow-headers')).toBe('content-type');
        expect((await ask('https://other.example')).status).toBe(403);
      },
    );
  });
});

/** A raw connection that has asked for a stream. */
async function openRaw(port: number, way: StreamWay, first: string) {
  const socket = net.connect(port, '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  let received = '';
  socket.setEncoding('utf8');
  socket.on('data', (text: string) => {
    received += text;
  });
  await once(socket, 'connect');
  socket.write(
    way === 'sse'
      ? `GET /connection/sse?cf_connect=${encodeURIComponent(first)} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`
      : `POST /connection/http_stream HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: ${first.length}\r\n\r\n${first}`,
  );
  return {
    socket,
    /** Resolves to everything so far, when this text is in it. */
    async until(text: string): Promise<string> {
      while (!received.includes(text)) await once(socket, 'data');
      return received;
    },
  };
}
