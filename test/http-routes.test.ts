/** The HTTP routes: the push routes of the TarsPHP example, health, presence, and routes of library users. */

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { ConfigError, respond } from '../src/index.ts';
import { HelloMethods } from '../src/tars/servants/hello.ts';
import { createGate } from './support/gate.ts';
import { form, readError, type HttpOptions } from './support/http-request.ts';
import { connectLineClient } from './support/line-client.ts';
import { startServer } from './support/start-server.ts';

const PUSHED_TO_ROOM = { status: 200, body: 'pushBy room success' };
const PUSHED_TO_ALL = { status: 200, body: 'pushBy all success' };

describe('a push', () => {
  const post: HttpOptions = { method: 'POST' };
  test.each([
    ['GET and its query', '/Index/pushByRoom?roomNum=room1&message=hi', {}],
    ['POST and its query', '/Index/pushByRoom?roomNum=room1&message=hi', post],
    ['POST and a form', '/Index/pushByRoom', form({ roomNum: 'room1', message: 'hi' })],
    [
      'POST and a form that wins over the query',
      '/Index/pushByRoom?message=no&roomNum=room1',
      form({ message: 'hi' }),
    ],
    [
      'POST and a form with a charset',
      '/Index/pushByRoom',
      {
        ...form({ roomNum: 'room1', message: 'hi' }),
        headers: { 'content-type': 'application/x-www-form-urlencoded; charset=UTF-8' },
      },
    ],
    [
      'POST and a form whose type is in capitals',
      '/Index/pushByRoom',
      {
        ...form({ roomNum: 'room1', message: 'hi' }),
        headers: { 'content-type': 'Application/X-WWW-Form-Urlencoded' },
      },
    ],
  ])('by %s reaches the members of the room only', async (_, path, options) => {
    const { connect, request } = await startServer();
    const [member, other] = [await connect(), await connect()];
    await member.join('room1');
    await other.join('room2');
    expect(await request(path, options)).toMatchObject(PUSHED_TO_ROOM);
    expect(await member.settle()).toEqual(['hi']);
    expect(await other.settle()).toEqual([]);
  });

  test.each([
    ['GET and its query', '/Index/pushAll?message=hi', {}],
    ['POST and its query', '/Index/pushAll?message=hi', post],
    ['POST and a form', '/Index/pushAll', form({ message: 'hi' })],
  ])('to all by %s reaches every socket', async (_, path, options) => {
    const { connect, request } = await startServer();
    const [member, other] = [await connect(), await connect()];
    await member.join('room1');
    expect(await request(path, options)).toMatchObject(PUSHED_TO_ALL);
    expect(await member.settle()).toEqual(['hi']);
    expect(await other.settle()).toEqual(['hi']);
  });

  test('is answered with plain text that is not cached', async () => {
    const { request } = await startServer();
    const { headers } = await request('/Index/pushAll?message=hi');
    expect(headers).toMatchObject({
      'content-type': 'text/plain; charset=utf-8',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    });
  });

  test.each(['/', '/health', '/api/info', '/nothing', '/Index/pushByRoom'])(
    'is no page for a browser that guesses: %s',
    async (path) => {
      const { request } = await startServer();
      expect((await request(path)).headers['x-content-type-options']).toBe('nosniff');
    },
  );

  test('may have any text, encoded in the query or the form', async () => {
    const { connect, request } = await startServer();
    const client = await connect();
    const text = 'a b+c&d=e|☃ 🎈\n%41\u0000';
    await client.join(text);
    await request(`/Index/pushByRoom?${new URLSearchParams({ roomNum: text, message: text }).toString()}`);
    await request('/Index/pushByRoom', form({ roomNum: text, message: text }));
    await request('/Index/pushByRoom', form({ roomNum: text, message: '' }));
    await request('/Index/pushAll?message=%ff%ed%a0%80+x');
    expect(await client.settle()).toEqual([text, text, '', '\ufffd\ufffd\ufffd\ufffd x']);
  });

  test('may be as long as a message may be, with any encoding in the form', async () => {
    const { connect, request } = await startServer();
    const client = await connect();
    const message = '€'.repeat((64 * 1024) / 3);
    expect(await request('/Index/pushAll', form({ message }))).toMatchObject(PUSHED_TO_ALL);
    expect(await client.next()).toBe(message);
  });

  test('with a short limit for messages may still have a long room name', async () => {
    const { connect, request } = await startServer({ limits: { messageBytes: 32 } });
    const client = await connect();
    const room = '€'.repeat(85);
    await client.join(room);
    const answer = await request('/Index/pushByRoom', form({ roomNum: room, message: 'hi' }));
    expect(answer).toMatchObject(PUSHED_TO_ROOM);
    expect(await client.settle()).toEqual(['hi']);
  });

  test.each([
    ['/Index/pushByRoom', 'roomNum, message'],
    ['/Index/pushByRoom?roomNum=room1', 'message'],
    ['/Index/pushByRoom?message=hi', 'roomNum'],
    ['/Index/pushByRoom?roomnum=room1&message=hi', 'roomNum'],
    ['/Index/pushAll', 'message'],
    ['/Index/pushAll?roomNum=room1', 'message'],
  ])('to %s is refused without %s', async (path, missing) => {
    const { connect, request } = await startServer();
    const client = await connect();
    for (const method of ['GET', 'POST']) {
      const answer = await request(path, { method });
      expect(answer).toMatchObject({
        status: 400,
        headers: { 'content-type': 'application/json; charset=utf-8' },
      });
      expect(readError(answer)).toEqual({ code: 400, message: `missing parameter: ${missing}` });
    }
    expect(await client.settle()).toEqual([]);
  });

  test.each([
    ['an empty room name', { roomNum: '', message: 'hi' }, 400, /room name is empty/],
    [
      'a long room name',
      { roomNum: 'r'.repeat(256), message: 'hi' },
      400,
      /room name is longer than 255 bytes/,
    ],
    [
      'a long message',
      { roomNum: 'room1', message: 'x'.repeat(65_537) },
      400,
      /message is longer than 65536/,
    ],
    [
      'a form that is far too long',
      { roomNum: 'room1', message: 'x'.repeat(2 ** 20) },
      413,
      /body is longer/,
    ],
  ])('with %s is refused and reaches nobody', async (_, fields, status, problem) => {
    const { connect, request } = await startServer();
    const client = await connect();
    await client.join('room1');
    const answer = await request('/Index/pushByRoom', form(fields));
    expect(answer.status).toBe(status);
    expect(readError(answer)).toMatchObject({ code: status, message: expect.stringMatching(problem) });
    expect(await client.settle()).toEqual([]);
  });

  test.each(['multipart/form-data; boundary=x', 'application/json', undefined])(
    'with a body of the type %s is refused with 415, and reaches nobody',
    async (type) => {
      const { connect, request } = await startServer();
      const client = await connect();
      await client.join('room1');
      const headers = type === undefined ? {} : { 'content-type': type };
      for (const path of ['/Index/pushByRoom?roomNum=room1&message=hi', '/Index/pushAll?message=hi']) {
        const answer = await request(path, { method: 'POST', headers, body: '{"message":"other"}' });
        expect(answer.status).toBe(415);
        expect(readError(answer).message).toBe(
          `the body must be of the type application/x-www-form-urlencoded, and is ${type ?? '(none)'}`,
        );
      }
      expect(await client.settle()).toEqual([]);
    },
  );

  test('into a new room is refused if there are too many rooms', async () => {
    const rooms = { room2: { messagesPerSecond: 5 } };
    const { connect, request } = await startServer({ limits: { rooms: 1 }, rooms });
    await (await connect()).join('room1');
    const answer = await request('/Index/pushByRoom?roomNum=room2&message=hi');
    expect(answer.status).toBe(400);
    expect(readError(answer).message).toMatch(/1 rooms/);
  });
});

describe('the path of a request', () => {
  test.each([
    '/nothing',
    '/Index',
    '/index/pushall?message=hi',
    '/Index/pushAll/x',
    '/%00',
    '/..%2f',
    '/health2',
  ])('%s does not exist, and is answered with 404', async (path) => {
    const { request } = await startServer();
    const answer = await request(path);
    expect(answer.status).toBe(404);
    expect(readError(answer)).toMatchObject({ code: 404, message: expect.stringContaining('nothing at') });
  });

  test.each([
    ['PUT', '/Index/pushAll?message=hi', 'GET, POST'],
    ['DELETE', '/Index/pushByRoom?roomNum=room1&message=hi', 'GET, POST'],
    ['POST', '/health', 'GET, HEAD'],
    ['POST', '/presence?roomNum=room1', 'GET, HEAD'],
    ['PATCH', '/', 'GET, HEAD, POST'],
  ])('%s %s is answered with 405 and the allowed methods: %s', async (method, path, allow) => {
    const { connect, request } = await startServer();
    const client = await connect();
    const answer = await request(path, { method });
    expect(answer).toMatchObject({ status: 405, headers: { allow } });
    expect(readError(answer).code).toBe(405);
    expect(await client.settle()).toEqual([]);
  });

  test('HEAD of a push pushes nothing', async () => {
    const { connect, request } = await startServer();
    const client = await connect();
    expect((await request('/Index/pushAll?message=hi', { method: 'HEAD' })).status).toBe(405);
    expect(await client.settle()).toEqual([]);
  });

  test.each(['/', '/health', '/presence?roomNum=room1', '/nothing'])(
    'HEAD %s has the status and headers of GET and no body',
    async (path) => {
      const { request } = await startServer();
      const [get, head] = [await request(path), await request(path, { method: 'HEAD' })];
      expect(head.status).toBe(get.status);
      expect(head.headers['content-type']).toBe(get.headers['content-type']);
      expect(head.headers['content-length']).toBe(String(Buffer.byteLength(get.body)));
      expect(head.body).toBe('');
    },
  );

  test('of a handshake must be the path for sockets', async () => {
    const { url } = await startServer();
    await expect(connectLineClient(url, { path: '/nothing' })).rejects.toMatchObject({ status: 404 });
    await expect(connectLineClient(url, { path: '/health' })).rejects.toMatchObject({ status: 404 });
  });
});

describe('the root', () => {
  const html = { headers: { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' } };

  test('is the plain answer of the TarsPHP example for a client that does not ask for a page', async () => {
    const { request } = await startServer();
    const plain = { status: 200, body: 'index success!!' };
    expect(await request('/')).toMatchObject(plain);
    expect(await request('/', { headers: { accept: '*/*' } })).toMatchObject(plain);
    expect(await request('/', { method: 'POST' })).toMatchObject(plain);
    expect(await request('/?x=1')).toMatchObject(plain);
  });

  test('is a page for a browser, unless pages are not served', async () => {
    const withPages = await startServer();
    expect(await withPages.request('/', html)).toMatchObject({
      status: 200,
      headers: { 'content-type': 'text/html; charset=utf-8' },
      body: expect.stringMatching(/^<!doctype html>/i),
    });
    expect(await withPages.request('/room1')).toMatchObject({ status: 200 });
    const without = await startServer({ pages: false });
    expect(await without.request('/', html)).toMatchObject({ body: 'index success!!' });
    expect(await without.request('/room1')).toMatchObject({ status: 404 });
  });

  test.each([
    '/room1',
    '/room2',
    '/rooms/tea',
    '/rooms/tea%20time',
    '/rooms/100%25',
    '/rooms/100%',
    '/rooms',
  ])('of any room is one page, which reads the name itself: %s', async (path) => {
    const { request } = await startServer();
    const { status, headers, body } = await request(path);
    expect(status).toBe(200);
    expect(headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': expect.stringContaining("default-src 'self'"),
    });
    expect(body).toBe((await request('/room1')).body);
  });

  test('is not at the name of a file of rooms, nor below a room', async () => {
    const { request } = await startServer();
    expect(await request('/room')).toMatchObject({ status: 404 });
    expect(await request('/rooms/tea/members')).toMatchObject({ status: 404 });
    expect(await request('/rooms/tea', { method: 'POST' })).toMatchObject({ status: 405 });
  });
});

/** The types of all fields, by their names. */
function shapeOf(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return typeof value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, shapeOf(inner)]));
}

describe('/health', () => {
  test('shows the version, and counts connections and rooms', async () => {
    const { connect, request } = await startServer({ transport: 'ws' });
    const clients = [await connect(), await connect()];
    await clients[0]?.join('room1');
    const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
      version: string;
    };
    const { status, body } = await request('/health');
    expect(status).toBe(200);
    expect(JSON.parse(body)).toEqual({
      status: 'ok',
      version,
      uptimeSeconds: expect.any(Number),
      connections: 2,
      rooms: 1,
      store: 'ok',
      transport: { name: 'ws' },
      features: { userParameter: false, demo: false, inspector: true, inspectorOpen: false },
    });
  });

  test('has the fields of the example in docs/protocol.md', async () => {
    const { request } = await startServer({
      transport: 'ws',
      servants: { hello: { object: 'A.B.C@tcp -h 127.0.0.1 -p 1', methods: HelloMethods } },
    });
    const page = readFileSync(new URL('../docs/protocol.md', import.meta.url), 'utf8');
    const [, example = ''] = /### `\/health`\n+```json\n(.*?)```/s.exec(page) ?? [];
    expect(shapeOf(JSON.parse((await request('/health')).body))).toEqual(shapeOf(JSON.parse(example)));
  });
});

describe('/presence', () => {
  test('lists the members of a room in the order of their joins', async () => {
    const { connect, request } = await startServer({ line: { userParameter: true } });
    const [ann, anonymous] = [await connect({ path: '/?user=ann' }), await connect()];
    await ann.join('room1');
    await anonymous.join('room1');
    const { status, body } = await request('/presence?roomNum=room1');
    expect(status).toBe(200);
    expect(JSON.parse(body)).toEqual({
      room: 'room1',
      members: [
        { id: expect.any(String), user: 'ann', state: 'joined', joinedAt: expect.any(Number) },
        { id: expect.any(String), state: 'joined', joinedAt: expect.any(Number) },
      ],
    });
  });

  test('is empty for an unknown room, and refused without a name or with a bad one', async () => {
    const { request } = await startServer();
    expect(JSON.parse((await request('/presence?roomNum=x')).body)).toEqual({ room: 'x', members: [] });
    for (const path of ['/presence', '/presence?roomNum=', `/presence?roomNum=${'r'.repeat(256)}`]) {
      const answer = await request(path);
      expect(answer.status).toBe(400);
      expect(readError(answer).message).toMatch(/roomNum|room name/);
    }
  });
});

describe('a route of a library user', () => {
  test('gets the parts of its path, its query, headers and address', async () => {
    const { request } = await startServer({
      routes: {
        'GET /rooms/:room/users/:user': ({ method, path, params, query, body, header, remoteAddress }) => ({
          request: { method, path, params, query, body: typeof body, token: header('x-token') ?? null },
          remoteAddress,
        }),
      },
    });
    const path = '/rooms/a%20b/users/%E2%98%83';
    const { body } = await request(`${path}?x=1&y=a+b&y=%26`, { headers: { 'X-Token': 'secret' } });
    expect(JSON.parse(body)).toEqual({
      request: {
        method: 'GET',
        path,
        params: { room: 'a b', user: '☃' },
        query: { x: '1', y: '&' },
        body: 'undefined',
        token: 'secret',
      },
      remoteAddress: '127.0.0.1',
    });
  });

  test.each([
    ['JSON', 'application/json', '{"a":[1,null]}', { a: [1, null] }],
    ['JSON with a charset and in capitals', 'Application/JSON; charset=utf-8', '"☃"', '☃'],
    ['a form', 'application/x-www-form-urlencoded', 'a=1&b=%E2%98%83+x', { a: '1', b: '☃ x' }],
    ['text', 'text/plain; charset=utf-8', 'hi ☃', 'hi ☃'],
    ['bytes', 'application/octet-stream', '\u0001\u0002', { bytes: [1, 2] }],
    ['nothing', 'application/json', '', 'nothing'],
  ])('gets a body of %s', async (_, type, body, seen) => {
    const { request } = await startServer({
      routes: {
        '/echo': ({ body }) => {
          if (body instanceof Uint8Array) return { bytes: [...body] };
          return { value: body === undefined ? 'nothing' : (body as string) };
        },
      },
    });
    const answer = await request('/echo', { method: 'POST', headers: { 'content-type': type }, body });
    const expected = typeof seen === 'object' && 'bytes' in seen ? seen : { value: seen };
    expect(JSON.parse(answer.body)).toEqual(expected);
  });

  test('is not called with a body that is said to be JSON and is not', async () => {
    let calls = 0;
    const { request } = await startServer({ routes: { '/count': () => void (calls += 1) } });
    const headers = { 'content-type': 'application/json' };
    const answer = await request('/count', { method: 'POST', headers, body: '{"a":' });
    expect(answer.status).toBe(400);
    expect(readError(answer).message).toMatch(/JSON/);
    expect(calls).toBe(0);
    expect(await request('/count', { method: 'POST', body: 'x'.repeat(2 ** 20 + 1) })).toMatchObject({
      status: 413,
    });
    expect(calls).toBe(0);
  });

  test('answers with a text, a value, nothing, or a whole response', async () => {
    const { request } = await startServer({
      routes: {
        '/text': () => 'plain ☃',
        '/value': async () => [1, { a: null }],
        '/null': () => null,
        '/nothing': () => undefined,
        'GET /all': () =>
          respond({ status: 418, headers: { 'X-Pot': 'tea' }, body: new Uint8Array([104, 105]) }),
        'GET /files/**': ({ path }) => path,
      },
    });
    const text = { 'content-type': 'text/plain; charset=utf-8' };
    const json = { 'content-type': 'application/json; charset=utf-8' };
    expect(await request('/text')).toMatchObject({ status: 200, headers: text, body: 'plain ☃' });
    expect(await request('/value')).toMatchObject({ status: 200, headers: json, body: '[1,{"a":null}]\n' });
    expect(await request('/null')).toMatchObject({ status: 200, headers: json, body: 'null\n' });
    expect(await request('/nothing', { method: 'POST' })).toMatchObject({ status: 204, body: '' });
    expect(await request('/all')).toMatchObject({ status: 418, headers: { 'x-pot': 'tea' }, body: 'hi' });
    expect(await request('/all', { method: 'POST' })).toMatchObject({
      status: 405,
      headers: { allow: 'GET, HEAD' },
    });
    expect(await request('/files/a/b.txt')).toMatchObject({ body: '/files/a/b.txt' });
  });

  test('that throws gives a 500 without the text of its error, and the error is reported', async () => {
    const secret = new Error('the password is swordfish');
    const { request, errors } = await startServer({
      routes: {
        '/throws': () => {
          throw secret;
        },
        '/rejects': () => Promise.reject(secret),
        '/garbles': () => respond({ headers: { 'X-Bad': 'a\r\nb: c' } }),
      },
    });
    for (const path of ['/throws', '/rejects', '/garbles']) {
      const { status, body, headers } = await request(path);
      expect(status).toBe(500);
      expect(body).not.toContain('swordfish');
      expect(headers['b']).toBeUndefined();
    }
    expect(errors.map(({ error }) => error)).toEqual([secret, secret, expect.any(TypeError)]);
  });

  test.each<[string, unknown, RegExp]>([
    ['a Map', new Map([['a', 1]]), /this is a Map$/],
    ['a Set inside', { users: new Set(['a']) }, /this is a Set at \.users$/],
    ['a function', () => 'x', /this is a function$/],
    ['a symbol', Symbol('x'), /this is a symbol$/],
    ['a bigint', 5n, /this is a bigint$/],
    ['NaN', Number.NaN, /this is NaN$/],
    ['NaN inside', { prices: [1, Number.NaN] }, /this is NaN at \.prices\[1\]$/],
    ['undefined in a list', [undefined], /this is undefined at \[0\]$/],
    ['bytes', new Uint8Array(2), /this is a Uint8Array$/],
    ['a Response', new Response('x'), /this is a Response$/],
    ['an Error', new Error('x'), /this is an Error$/],
  ])('that returns %s gives a 500, and the error is reported', async (_, value, message) => {
    const { request, errors } = await startServer({
      routes: { '/now': () => value as null, '/later': async () => value as null },
    });
    for (const path of ['/now', '/later']) expect(await request(path)).toMatchObject({ status: 500 });
    const error = expect.objectContaining({
      name: 'TypeError',
      message: expect.stringMatching(message) as unknown,
    }) as unknown;
    expect(errors.map((one) => one.error)).toEqual([error, error]);
  });

  test('publishes into rooms through its server', async () => {
    const { connect, request } = await startServer({
      routes: {
        'POST /say/:room': async ({ params: { room = '' }, body, server }) => {
          const { offset } = await server.publish(room, String(body));
          return { offset };
        },
      },
    });
    const client = await connect();
    await client.join('room1');
    const headers = { 'content-type': 'text/plain' };
    const { body } = await request('/say/room1', { method: 'POST', headers, body: 'from a route' });
    expect(JSON.parse(body)).toEqual({ offset: 1 });
    expect(await client.settle()).toEqual(['from a route']);
  });

  test('replaces a built-in route of the same method, and leaves its other methods', async () => {
    const { request } = await startServer({
      routes: { 'GET /health': () => 'mine', 'DELETE /presence': () => 'gone', '/': () => 'home' },
    });
    expect(await request('/health')).toMatchObject({ body: 'mine' });
    expect(await request('/presence', { method: 'DELETE' })).toMatchObject({ body: 'gone' });
    expect(await request('/presence')).toMatchObject({ status: 400 });
    expect(await request('/')).toMatchObject({ body: 'home' });
  });

  test.each<[string[], RegExp]>([
    [['GET /:page'], /routes\["GET \/:page"\].*GET \/health/],
    [['/:page'], /routes\["\/:page"\].*GET \/health/],
    [
      ['GET /Index/:action'],
      /routes\["GET \/Index\/:action"\].*GET \/Index\/pushByRoom, GET \/Index\/pushAll/,
    ],
    [['POST /:first/:second'], /routes\["POST \/:first\/:second"\].*POST \/Index\/pushByRoom/],
    [['GET /a/:x', 'GET /a/:y'], /routes\["GET \/a\/:y"\].*GET \/a\/:x would be taken instead/],
    [['/a', 'GET /a'], /routes\["GET \/a"\].*\/a would be taken instead/],
    [['GET /*'], /routes\["GET \/\*"\].*GET \/health/],
    [['GET /Index/*'], /routes\["GET \/Index\/\*"\].*GET \/Index\/pushByRoom, GET \/Index\/pushAll/],
    [['GET /(.*)'], /routes\["GET \/\(\.\*\)"\].*GET \/health/],
    [['GET /(health|foo)'], /routes\["GET \/\(health\|foo\)"\].*GET \/health/],
    [['GET /:rest+'], /routes\["GET \/:rest\+"\].*GET \/health/],
    [['GET /a', '/a'], /routes\["\/a"\].*GET \/a would be taken instead/],
    [['/a', 'POST /a'], /routes\["POST \/a"\].*\/a would be taken instead/],
    [['POST /a', '/a'], /routes\["\/a"\].*POST \/a would be taken instead/],
    [['/**', 'GET /**:rest'], /routes\["GET \/\*\*:rest"\].*\/\*\* would be taken instead/],
    [['GET /a', 'GET /a/'], /routes\["GET \/a\/"\].*GET \/a would be taken instead/],
  ])('that would not get its requests is refused by name: %j', async (keys, problem) => {
    const routes = Object.fromEntries(keys.map((key) => [key, () => 'mine']));
    const starting = startServer({ routes, pages: false });
    await expect(starting).rejects.toThrow(ConfigError);
    await expect(starting).rejects.toThrow(problem);
  });

  test('may have a parameter __proto__', async () => {
    const { request } = await startServer({
      routes: {
        'GET /by/:__proto__': ({ params }) =>
          Object.entries(params).map(([name, value]) => `${name}=${value}`),
      },
    });
    expect((await request('/by/value')).body).toBe('["__proto__=value"]\n');
  });

  test('may take what no other route takes', async () => {
    const { request } = await startServer({
      pages: false,
      routes: {
        'GET /a/:x': ({ params: { x } }) => `a ${x}`,
        'GET /a/b': () => 'a fixed path',
        'POST /a': () => 'posted',
        'GET /a': () => 'got',
        'GET /**': () => 'the rest',
      },
    });
    expect((await request('/a/1')).body).toBe('a 1');
    expect((await request('/a/b')).body).toBe('a fixed path');
    expect((await request('/a', { method: 'POST' })).body).toBe('posted');
    expect((await request('/a')).body).toBe('got');
    expect((await request('/x/y')).body).toBe('the rest');
    expect((await request('/health')).body).toContain('"status":"ok"');
  });

  test.each(['GET /**', 'GET /**:rest', '/**', '/**:rest'])(
    '%s takes the rest beside the routes of the server',
    async (key) => {
      const { request } = await startServer({
        pages: false,
        routes: { [key]: ({ path, params }) => `${path} ${params['rest'] ?? 'no name'}` },
      });
      const rest = key.endsWith(':rest') ? 'x/y' : 'no name';
      expect((await request('/x/y')).body).toBe(`/x/y ${rest}`);
      expect((await request('/health')).body).toContain('"status":"ok"');
    },
  );

  test('with a parameter may stand beside routes of its own for the fixed paths', async () => {
    const fixed = ['/', '/health', '/presence', '/metrics'].map(
      (path) => [`GET ${path}`, () => 'fixed'] as const,
    );
    const { request } = await startServer({
      pages: false,
      routes: { ...Object.fromEntries(fixed), 'GET /:page': ({ params: { page } }) => `page ${page}` },
    });
    expect((await request('/health')).body).toBe('fixed');
    expect((await request('/other')).body).toBe('page other');
  });

  test('may be answered after its client has disconnected', async () => {
    const gate = createGate();
    const called = createGate();
    const { request, url, errors } = await startServer({
      routes: {
        '/slow': async () => {
          called.open();
          await gate.opened;
          return 'late';
        },
      },
    });
    const abort = new AbortController();
    const gone = fetch(new URL('/slow', url), { signal: abort.signal });
    await called.opened;
    abort.abort();
    await expect(gone).rejects.toThrow(/abort/);
    gate.open();
    expect(await request('/slow')).toMatchObject({ body: 'late' });
    expect(errors).toEqual([]);
  });

  test('must have a method and a path', async () => {
    for (const key of ['hello', 'FETCH /x', 'get /x', 'GET x', '']) {
      await expect(startServer({ routes: { [key]: () => 'x' } }), key).rejects.toThrow(/GET \/hello/);
    }
  });
});
