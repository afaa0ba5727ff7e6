import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { createServer as createTcpServer, type AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { HttpPool } from './http-pool.ts';

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

async function listen(listener: RequestListener): Promise<{ url: string; server: Server }> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  closers.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => void server.close(resolve));
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}

function createPool(options: ConstructorParameters<typeof HttpPool>[0] = {}): HttpPool {
  const pool = new HttpPool(options);
  closers.push(() => pool.close());
  return pool;
}

const request = (signal = new AbortController().signal) => ({ headers: { 'x-a': 'b' }, body: 'é', signal });

test('a request arrives with its headers and its body in UTF-8, and the answer comes back', async () => {
  const { url } = await listen((incoming, response) => {
    let text = '';
    incoming.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    incoming.on('end', () =>
      response.end(
        `${incoming.method ?? ''} ${incoming.url ?? ''} ${String(incoming.headers['x-a'])} ${text}`,
      ),
    );
  });
  expect(await createPool().post(`${url}/ask?x=1`, request())).toEqual({
    status: 200,
    body: 'POST /ask?x=1 b é',
  });
});

test('a redirect is an answer that is not followed', async () => {
  const asked: (string | undefined)[] = [];
  const { url } = await listen((incoming, response) => {
    asked.push(incoming.url);
    response.writeHead(302, { location: '/elsewhere' }).end('moved');
  });
  expect(await createPool().post(`${url}/`, request())).toEqual({ status: 302, body: 'moved' });
  expect(asked).toEqual(['/']);
});

test('connections are kept, and no more are open than allowed', async () => {
  let opened = 0;
  const { url, server } = await listen((_, response) => void response.end('ok'));
  server.on('connection', () => (opened += 1));
  const pool = createPool({ connections: 2 });
  const answers = await Promise.all(Array.from({ length: 50 }, () => pool.post(url, request())));
  expect([answers.length, opened]).toEqual([50, 2]);
});

test('requests to one address do not wait for those to another one of the same host', async () => {
  const { url } = await listen((incoming, response) => {
    if (incoming.url !== '/slow') response.end('ok');
  });
  const pool = createPool({ connections: 1 });
  const abort = new AbortController();
  const slow = pool.post(`${url}/slow`, request(abort.signal));
  expect(await pool.post(`${url}/quick?a=b`, request())).toMatchObject({ body: 'ok' });
  abort.abort(new Error('enough'));
  await expect(slow).rejects.toThrow('enough');
});

test('the values of headers are sent as UTF-8', async () => {
  const { url } = await listen((incoming, response) =>
    response.end(Buffer.from(String(incoming.headers['x-name']), 'latin1')),
  );
  const headers = { 'x-name': 'Zoë €' };
  expect((await createPool().post(url, { ...request(), headers })).body).toBe('Zoë €');
});

test('an answer above the limit is refused, with and without a content-length', async () => {
  const { url } = await listen((incoming, response) => {
    if (incoming.url === '/declared') response.setHeader('content-length', 2_000);
    response.write('x'.repeat(1_000));
    response.end('x'.repeat(1_000));
  });
  const pool = createPool({ maxAnswerBytes: 1_500 });
  await expect(pool.post(`${url}/declared`, request())).rejects.toMatchObject({ code: 'tooLong' });
  await expect(pool.post(`${url}/chunked`, request())).rejects.toMatchObject({ code: 'tooLong' });
});

test('an answer that is not UTF-8 is refused', async () => {
  const { url } = await listen((_, response) => void response.end(Buffer.from([0xff, 0xfe])));
  await expect(createPool().post(url, request())).rejects.toMatchObject({ code: 'unreadable' });
});

test.each([
  ['is too long', (response: ServerResponse) => void response.end('x'.repeat(2_000_000))],
  ['never ends', (response: ServerResponse) => void response.write('x')],
  ['breaks off', (response: ServerResponse) => void response.write('x', () => response.destroy())],
  ['is not UTF-8', (response: ServerResponse) => void response.end(Buffer.from([0xff]))],
])('who needs the status alone gets it of an answer that %s', async (_, answer) => {
  const { url } = await listen((_incoming, response) => {
    response.writeHead(202);
    answer(response);
  });
  expect(await createPool().tell(url, request())).toBe(202);
});

test('a connection is kept after a status alone', async () => {
  let opened = 0;
  const { url, server } = await listen((_, response) => void response.end('ok'));
  server.on('connection', () => (opened += 1));
  const pool = createPool({ connections: 1 });
  for (let number = 0; number < 5; number += 1) await pool.tell(url, request());
  expect(opened).toBe(1);
});

test('a backend that does not listen is unreachable', async () => {
  const { url, server } = await listen(() => {});
  await new Promise((resolve) => void server.close(resolve));
  await expect(createPool().post(url, request())).rejects.toMatchObject({
    name: 'HttpError',
    code: 'unreachable',
  });
});

test.each([
  ['ends without an answer', ''],
  ['is no HTTP', 'hello\r\n\r\n'],
])('a connection that %s is lost', async (_, answer) => {
  const server = createTcpServer((socket) => void socket.once('data', () => socket.end(answer)));
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  closers.push(() => new Promise((resolve) => void server.close(resolve)));
  const { port } = server.address() as AddressInfo;
  await expect(createPool().post(`http://127.0.0.1:${port}`, request())).rejects.toMatchObject({
    code: 'lost',
  });
});

test('a signal ends the request and its connection, with its own reason', async () => {
  let gone = (): void => {};
  const isGone = new Promise<void>((resolve) => (gone = resolve));
  const abort = new AbortController();
  const reason = new Error('too late');
  const { url } = await listen((_, response) => {
    response.on('close', gone);
    abort.abort(reason);
  });
  await expect(createPool().post(url, request(abort.signal))).rejects.toBe(reason);
  await isGone;
});

test('what is under way when the pool closes is lost', async () => {
  const pool = createPool();
  const { url } = await listen(() => void pool.close());
  await expect(pool.post(url, request())).rejects.toMatchObject({ code: 'lost' });
});
