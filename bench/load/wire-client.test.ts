import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { WebSocketServer, type WebSocket } from 'ws';
import { encodeTextFrame } from './client-frames.ts';
import { openClient, type ClientListener } from './wire-client.ts';

const TEXT = 'a text that is long enough for a length of two bytes: '.repeat(4);

async function startServer() {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  onTestFinished(() => {
    for (const socket of server.clients) socket.terminate();
    server.close();
  });
  await once(server, 'listening');
  return { server, port: (server.address() as AddressInfo).port };
}

/** Keeps the frames that a client receives, and resolves when there are some. */
function createListener() {
  const heard: (number | string)[] = [];
  const waiting: (() => void)[] = [];
  function hear(what: number | string): void {
    heard.push(what);
    for (const wake of waiting.splice(0)) wake();
  }
  const listener: ClientListener<string> = {
    heard: (client, length) => hear(`${client.state} ${length}`),
    caughtUp: () => undefined,
    lost: (_client, why) => hear(why),
  };
  async function until(count: number): Promise<(number | string)[]> {
    while (heard.length < count)
      await new Promise<void>((resolve) => {
        waiting.push(resolve);
      });
    return heard;
  }
  return { listener, until };
}

test('a client speaks and hears, frame by frame', async () => {
  const { server, port } = await startServer();
  server.on('connection', (socket) =>
    socket.on('message', (data) => socket.send((data as Buffer).toString())),
  );
  const { listener, until } = createListener();
  const client = await openClient({ port, pid: 0, dialect: 'line' }, 'ann', listener);
  client.write(encodeTextFrame('hello'));
  client.write(encodeTextFrame(TEXT));
  expect(await until(2)).toEqual(['ann 5', `ann ${TEXT.length}`]);
  client.drop();
});

test('frames that come with the answer to the handshake are heard, and pings are answered', async () => {
  const { server, port } = await startServer();
  const ponged = new Promise<void>((resolve) => {
    server.on('connection', (socket: WebSocket) => {
      socket.on('pong', () => resolve());
      socket.send('welcome');
      socket.ping();
    });
  });
  const { listener, until } = createListener();
  const client = await openClient({ port, pid: 0, dialect: 'line' }, 'bo', listener);
  expect(await until(1)).toEqual(['bo 7']);
  await ponged;
  client.drop();
});

test('a client of Socket.IO is open when both sides have said their greetings, and those are not heard', async () => {
  const { server, port } = await startServer();
  const paths: (string | undefined)[] = [];
  server.on('connection', (socket, request) => {
    paths.push(request.url);
    socket.send('0{"sid":"a"}');
    socket.on('message', (data) => {
      if ((data as Buffer).toString() === '40') socket.send('40{"sid":"b"}');
      else socket.send('42["message","hi"]');
    });
  });
  const { listener, until } = createListener();
  const client = await openClient({ port, pid: 0, dialect: 'socket.io' }, 'cy', listener);
  client.write(encodeTextFrame('421["subscribe","room1"]'));
  expect(await until(1)).toEqual([`cy ${'42["message","hi"]'.length}`]);
  expect(paths).toEqual(['/socket.io/?EIO=4&transport=websocket']);
  client.drop();
});

test('a connection that the server closes is reported as lost', async () => {
  const { server, port } = await startServer();
  server.on('connection', (socket) => socket.on('message', () => socket.close(3001)));
  const { listener, until } = createListener();
  const client = await openClient({ port, pid: 0, dialect: 'line' }, 'di', listener);
  client.write(encodeTextFrame('bye'));
  // A client that only counts frames does not answer a close frame; it waits for the end of the connection.
  for (const socket of server.clients) socket.once('message', () => socket.terminate());
  expect(await until(1)).toEqual(['the server has closed it']);
});

test('a handshake that is refused rejects with its status', async () => {
  const server = createServer((socket) => socket.end('HTTP/1.1 503 Service Unavailable\r\n\r\n'));
  onTestFinished(() => void server.close());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const { listener } = createListener();
  await expect(openClient({ port, pid: 0, dialect: 'line' }, 'ed', listener)).rejects.toThrow('503');
});
