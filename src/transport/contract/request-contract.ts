/** The part of the transport contract about HTTP requests. */

import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, onTestFinished, test, vi } from 'vitest';
import { Inbox } from '../../system/inbox-harness.ts';
import { UNREAD_BODY_BYTES } from '../common/request-body.ts';
import { REQUEST_GRACE_MS } from '../common/requests-under-way.ts';
import type { StartServer } from './contract-server.ts';
import {
  BodyTooLargeError,
  RequestAbortedError,
  type TransportRequest,
  type TransportResponse,
} from '../common/transport.ts';

const MEBIBYTE = 1024 * 1024;

/** Responses that TypeScript does not allow, and what is wrong with them. */
const INVALID_RESPONSES = (
  [
    ['a number as its body', { body: 5 }],
    ['null as its body', { body: null }],
    ['an array as its body', { body: ['x'] }],
    ['an object as its body', { body: { ok: true } }],
    ['a boolean as its body', { body: false }],
    ['a Date as its body', { body: new Date() }],
    ['a Blob as its body', { body: new Blob(['x']) }],
    ['a DataView as its body', { body: new DataView(new ArrayBuffer(2)) }],
    ['an ArrayBuffer as its body', { body: new ArrayBuffer(2) }],
    ['a Uint16Array as its body', { body: new Uint16Array(2) }],
    ['a number as a header', { headers: { 'x-count': 5 } }],
    ['a list as a header', { headers: { 'set-cookie': ['a=1', 'b=2'] } }],
    ['null as a header', { headers: { 'x-none': null } }],
    ['nothing as a header', { headers: { 'x-none': undefined } }],
    ['null as its headers', { headers: null }],
    ['a Map as its headers', { headers: new Map([['x-key', 'k']]) }],
    ['a header about its end', { headers: { 'Transfer-Encoding': 'chunked' } }],
    ['a header about its trailer', { headers: { trailer: 'x-sum' } }],
  ] as const
).map(([what, parts]) => [what, { status: 201, ...parts } as unknown as TransportResponse] as const);

/** A response that is valid when it is checked, and throws when it is written. */
function changeAfterCheck(): TransportResponse {
  let reads = 0;
  return {
    status: 200,
    get body() {
      reads += 1;
      if (reads > 1) throw new Error('read again');
      return 'fine';
    },
  };
}

export function describeRequests(start: StartServer): void {
  test.each(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])(
    '%s reaches the handler with its path, query, address and headers',
    async (method) => {
      let seen: unknown;
      const { request } = await start({
        request(incoming) {
          const { path, query, remoteAddress } = incoming;
          const names = ['x-key', 'x-empty', 'x-other'];
          seen = [incoming.method, path, query, remoteAddress, ...names.map((name) => incoming.header(name))];
          return { status: 200 };
        },
      });
      await request({ method, path: '/a%20b/c', query: 'x=%26&y', headers: { 'X-Key': 'k', 'X-Empty': '' } });
      expect(seen).toEqual([method, '/a%20b/c', 'x=%26&y', '127.0.0.1', 'k', undefined, undefined]);
    },
  );

  test('a request can be read in a later turn', async () => {
    const { request } = await start({
      async request(incoming) {
        await nextTurn();
        await incoming.body(10);
        const { method, path, query, remoteAddress } = incoming;
        return {
          status: 200,
          body: [method, path, query, remoteAddress, incoming.header('x-key')].join(' '),
        };
      },
    });
    const later = { path: '/later', query: 'x', headers: { 'X-Key': 'k' } };
    expect(await request(later)).toMatchObject({ body: 'GET /later x 127.0.0.1 k' });
    const withBody = { ...later, method: 'POST', body: 'body' };
    expect(await request(withBody)).toMatchObject({ body: 'POST /later x 127.0.0.1 k' });
  });

  test('all lines of a header can be read, also in a later turn', async () => {
    const { request } = await start({
      async request(incoming) {
        const before = ['x-key', 'x-other'].map((name) => incoming.headerLines(name));
        await nextTurn();
        await nextTurn();
        const after = ['x-key', 'x-other'].map((name) => incoming.headerLines(name));
        return { status: 200, body: JSON.stringify([before, after]) };
      },
    });
    const { body } = await request({ path: '/', headers: { 'X-Key': 'k' } });
    expect(JSON.parse(body)).toEqual([
      [['k'], []],
      [['k'], []],
    ]);
  });

  test('a request without a query has an empty one', async () => {
    const { request } = await start({ request: ({ query }) => ({ status: 200, body: `(${query})` }) });
    expect(await request()).toMatchObject({ body: '()' });
  });

  test('the response has the status, the headers and the body of the answer', async () => {
    const { request } = await start({
      request: () => ({
        status: 404,
        headers: { 'Content-Type': 'text/plain; charset=utf-8', 'X-Other': 'yes' },
        body: 'nothing here ☃',
      }),
    });
    expect(await request({ path: '/nowhere' })).toMatchObject({
      status: 404,
      headers: { 'content-type': 'text/plain; charset=utf-8', 'x-other': 'yes', 'content-length': '16' },
      body: 'nothing here ☃',
    });
  });

  test('a body can be bytes, or be left out', async () => {
    const { request } = await start({
      request: ({ path }) =>
        path === '/bytes' ? { status: 200, body: new TextEncoder().encode('bytes ☃') } : { status: 202 },
    });
    expect(await request({ path: '/bytes' })).toMatchObject({ status: 200, body: 'bytes ☃' });
    expect(await request({ path: '/nothing' })).toMatchObject({ status: 202, body: '' });
  });

  test('HEAD is answered with the headers of the response and without its body', async () => {
    const { request } = await start({
      request: () => ({ status: 200, headers: { 'x-other': 'yes' }, body: 'not for you' }),
    });
    const expected = { status: 200, headers: { 'x-other': 'yes', 'content-length': '11' }, body: '' };
    expect(await request({ method: 'HEAD' })).toMatchObject(expected);
    expect(await request({ method: 'HEAD' })).toMatchObject(expected);
    expect(await request()).toMatchObject({ body: 'not for you' });
  });

  test.each([204, 304])('%i is answered without a body', async (status) => {
    const { request } = await start({ request: () => ({ status, headers: { etag: '"1"' }, body: 'lost' }) });
    const response = await request();
    expect(response).toMatchObject({ status, headers: { etag: '"1"' }, body: '' });
    expect(response.headers['content-length']).toBeUndefined();
    expect(await request()).toMatchObject({ status });
  });

  test('a short or long body is read completely, at once or later', async () => {
    const { request } = await start({
      async request(incoming) {
        if (incoming.path === '/later') await nextTurn();
        const body = await incoming.body(MEBIBYTE);
        return { status: 200, body };
      },
    });
    const long = '☃'.repeat((UNREAD_BODY_BYTES * 5) / 3);
    for (const path of ['/now', '/later']) {
      expect(await request({ method: 'POST', path, body: 'short' })).toMatchObject({ body: 'short' });
      expect(await request({ method: 'POST', path, body: long })).toMatchObject({ body: long });
    }
  });

  test('a request without a body has an empty one', async () => {
    const { request } = await start({
      request: async (incoming) => ({ status: 200, body: `${(await incoming.body(10)).byteLength} bytes` }),
    });
    expect(await request({ method: 'POST' })).toMatchObject({ body: '0 bytes' });
    expect(await request()).toMatchObject({ body: '0 bytes' });
  });

  test('a body of Latin letters alone is UTF-8, as any other', async () => {
    const { request } = await start({ request: () => ({ status: 200, body: 'zwölf' }) });
    expect(await request()).toMatchObject({ body: 'zwölf', headers: { 'content-length': '6' } });
  });

  test('a body is read only once', async () => {
    const { request } = await start({
      async request(incoming) {
        await incoming.body(10);
        await expect(incoming.body(10)).rejects.toThrow('read before');
        return { status: 200 };
      },
    });
    expect(await request({ method: 'POST', body: 'x' })).toMatchObject({ status: 200 });
  });

  test('a body of exactly the limit is accepted, and the client can read the refusal of a longer one', async () => {
    const { request } = await start({
      async request(incoming) {
        try {
          return { status: 200, body: `${(await incoming.body(1000)).byteLength}` };
        } catch (error) {
          if (!(error instanceof BodyTooLargeError)) throw error;
          return { status: 413, body: `at most ${error.maxBytes}` };
        }
      },
    });
    expect(await request({ method: 'POST', body: 'x'.repeat(1000) })).toMatchObject({ body: '1000' });
    for (const bytes of [1001, 3 * MEBIBYTE]) {
      expect(await request({ method: 'POST', body: 'x'.repeat(bytes) })).toMatchObject({
        status: 413,
        body: 'at most 1000',
      });
    }
    expect(await request({ method: 'POST', body: 'x' })).toMatchObject({ body: '1' });
  });

  test('a body that is not read does not stop the response', async () => {
    const { request } = await start({ request: () => ({ status: 401, body: 'who are you?' }) });
    for (const bytes of [1, UNREAD_BODY_BYTES * 2, 3 * MEBIBYTE]) {
      const response = await request({ method: 'POST', body: 'x'.repeat(bytes) });
      expect(response).toMatchObject({ status: 401, body: 'who are you?' });
    }
  });

  test('reading the body of a client that disconnects rejects, and is not a failure', async () => {
    const reading = new Inbox<unknown>();
    const { request, failures } = await start({
      async request(incoming) {
        if (incoming.method === 'GET') return { status: 200 };
        try {
          reading.push('reading');
          await incoming.body(1000);
        } catch (error) {
          reading.push(error);
          throw error;
        }
        return { status: 200 };
      },
    });
    const client = new AbortController();
    const options = { method: 'POST', body: 'only the beginning', isUnfinished: true, signal: client.signal };
    const answer = request(options);
    expect(await reading.next()).toBe('reading');
    client.abort();
    await expect(answer).rejects.toBeInstanceOf(Error);
    expect(await reading.next()).toBeInstanceOf(RequestAbortedError);
    expect(await request()).toMatchObject({ status: 200 });
    expect(failures.items).toEqual([]);
  });

  test('an answer for a client that has disconnected is thrown away', async () => {
    const asked = new Inbox<(response: TransportResponse) => void>();
    const { request, failures } = await start({
      request: ({ path }) =>
        path === '/'
          ? { status: 200 }
          : new Promise((resolve) => {
              asked.push(resolve);
            }),
    });
    const client = new AbortController();
    const answer = request({ path: '/slow', signal: client.signal });
    const respond = await asked.next();
    client.abort();
    await expect(answer).rejects.toBeInstanceOf(Error);
    expect(await request()).toMatchObject({ status: 200 });
    respond({ status: 200, body: 'for nobody' });
    expect(await request()).toMatchObject({ status: 200 });
    expect(failures.items).toEqual([]);
  });

  test('a handler that throws or rejects gives a 500 without details', async () => {
    const { request, failures } = await start({
      request({ path }) {
        const error = new Error(`${path} is broken`);
        if (path === '/rejects') return Promise.reject(error);
        throw error;
      },
    });
    for (const path of ['/throws', '/rejects']) {
      const response = await request({ path });
      expect(response.status).toBe(500);
      expect(response.body).not.toContain('broken');
    }
    expect(failures.items).toEqual([new Error('/throws is broken'), new Error('/rejects is broken')]);
  });

  test('an invalid response gives a 500', async () => {
    const { request, failures } = await start({
      request({ path }) {
        if (path === '/status') return { status: 99 };
        const response = { status: 302, headers: { location: 'a\r\nset-cookie: stolen' } };
        return path === '/later' ? Promise.resolve(response) : response;
      },
    });
    for (const path of ['/status', '/now', '/later']) {
      const response = await request({ path });
      expect(response.status).toBe(500);
      expect(response.headers['set-cookie']).toBeUndefined();
    }
    expect(failures.items).toHaveLength(3);
  });

  test.each(INVALID_RESPONSES)('a response with %s gives a 500, at once or later', async (_, response) => {
    const { request, failures } = await start({
      request({ path }) {
        if (path === '/fine') return { status: 200, body: 'fine' };
        return path === '/later' ? Promise.resolve(response) : response;
      },
    });
    for (const [path, method] of [
      ['/now', 'GET'],
      ['/later', 'GET'],
      ['/later', 'HEAD'],
      ['/later', 'POST'],
    ] as const) {
      const sent = method === 'POST' ? { body: 'x' } : {};
      expect(await request({ path, method, ...sent })).toMatchObject({ status: 500 });
    }
    expect(failures.items).toHaveLength(4);
    expect(failures.items.every((error) => error instanceof TypeError)).toBe(true);
    expect(await request({ path: '/fine' })).toMatchObject({ status: 200, body: 'fine' });
  });

  test.each(['GET', 'HEAD', 'POST'])(
    'a response to %s that cannot be written costs only its connection',
    async (method) => {
      const { request, failures } = await start({
        async request({ path }) {
          if (path === '/fine') return { status: 200, body: 'fine' };
          if (path === '/later') await nextTurn();
          return changeAfterCheck();
        },
      });
      const sent = method === 'POST' ? { body: 'x'.repeat(3 * MEBIBYTE) } : {};
      for (const path of ['/now', '/later']) {
        await expect(request({ path, method, ...sent })).rejects.toBeInstanceOf(Error);
      }
      expect(failures.items).toEqual([new Error('read again'), new Error('read again')]);
      expect(await request({ path: '/fine' })).toMatchObject({ status: 200, body: 'fine' });
    },
  );

  test('requests are answered in any order, each when its answer is ready', async () => {
    const asked = new Map<string, (response: TransportResponse) => void>();
    const all = new Inbox<number>();
    const { request } = await start({
      request: ({ path }) =>
        new Promise((resolve) => {
          asked.set(path, resolve);
          all.push(asked.size);
        }),
    });
    const paths = ['/1', '/2', '/3'];
    const answers = paths.map((path) => request({ path }));
    while ((await all.next()) < paths.length);
    const order: string[] = [];
    for (const path of paths.toReversed()) {
      asked.get(path)?.({ status: 200, body: path });
      order.push((await answers[paths.indexOf(path)])?.body ?? '');
    }
    expect(order).toEqual(['/3', '/2', '/1']);
  });

  test('a closing transport waits for requests under way, and its sockets stay open until then', async () => {
    const asked = new Inbox<(response: TransportResponse) => void>();
    const { connect, request, transport, peers } = await start({
      request: () =>
        new Promise((resolve) => {
          asked.push(resolve);
        }),
    });
    const client = await connect();
    const peer = await peers.next();
    const answer = request();
    const respond = await asked.next();
    let isClosed = false;
    const closed = transport.close().then(() => {
      isClosed = true;
    });
    await nextTurn();
    peer.socket.send('still here');
    expect(await client.nextFrame()).toBe('still here');
    expect(isClosed).toBe(false);
    respond({ status: 200, body: 'in time' });
    expect(await answer).toMatchObject({ status: 200, body: 'in time' });
    await closed;
    expect(peer.events.items).toEqual(['close 1006 ']);
    await expect(request()).rejects.toBeInstanceOf(Error);
  });

  test('a closing transport drops a request that is not answered in time', async () => {
    const asked = new Inbox<TransportRequest>();
    const { request, transport, failures } = await start({
      request: (incoming) =>
        new Promise(() => {
          asked.push(incoming);
        }),
    });
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const options = { method: 'POST', body: 'only the beginning', isUnfinished: true };
    const answer = request(options).catch((error: unknown) => error);
    const reading = (await asked.next()).body(1000).catch((error: unknown) => error);
    const closed = transport.close();
    vi.advanceTimersByTime(REQUEST_GRACE_MS);
    await closed;
    expect(await answer).toBeInstanceOf(Error);
    expect(await reading).toBeInstanceOf(RequestAbortedError);
    expect(failures.items).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('a closing transport does not wait for a client that has disconnected', async () => {
    const asked = new Inbox<string>();
    const { request, transport } = await start({
      request: ({ path }) =>
        new Promise(() => {
          asked.push(path);
        }),
    });
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const client = new AbortController();
    const answer = request({ signal: client.signal }).catch((error: unknown) => error);
    await asked.next();
    const closed = transport.close();
    client.abort();
    expect(await answer).toBeInstanceOf(Error);
    await closed;
    expect(vi.getTimerCount()).toBe(0);
  });
}
