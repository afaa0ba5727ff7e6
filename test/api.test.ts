/** The HTTP server API: publishing to one room and to several. */

import { describe, expect, test } from 'vitest';
import { ask, post, read } from './support/api-request.ts';
import { startServer } from './support/start-server.ts';

const API_KEY = 'correct-horse-battery-staple';
const KEEP = { rooms: { '*': { history: { size: 10, ttlSeconds: 300 } } } };

describe('publish', () => {
  test('brings any JSON to the members of a room, and answers with its position', async () => {
    const running = await startServer();
    const client = await running.connect({ path: '/?format=json' });
    await client.join('room1');
    for (const [index, data] of ['hi', { a: [1.5, null] }, null, 0].entries()) {
      expect(await ask(running, 'publish', { channel: 'room1', data })).toEqual({
        result: { offset: index + 1, epoch: expect.any(String) as string },
      });
      expect(JSON.parse(await client.next())).toEqual({
        room: 'room1',
        data,
        offset: index + 1,
        time: expect.any(Number) as number,
      });
    }
  });

  test('keeps its tags in the history', async () => {
    const running = await startServer(KEEP);
    const tags = '{"lang":"en","constructor":"a","__proto__":"b"}';
    await ask(running, 'publish', `{"channel":"room1","data":"hi","tags":${tags},"delta":true}`);
    const { publications } = await running.server.history('room1');
    expect(publications).toMatchObject([{ data: 'hi' }]);
    expect(JSON.stringify(publications[0]?.tags)).toBe(tags);
  });

  test('past the history has no position, and leaves no trace there', async () => {
    const running = await startServer(KEEP);
    const client = await running.connect();
    await client.join('room1');
    await ask(running, 'publish', { channel: 'room1', data: 'kept' });
    expect(await ask(running, 'publish', { channel: 'room1', data: 'passing', skip_history: true })).toEqual({
      result: {},
    });
    expect(await client.settle()).toEqual(['kept', 'passing']);
    const { publications, offset } = await running.server.history('room1');
    expect([publications.map(({ data }) => data), offset]).toEqual([['kept'], 1]);
  });

  test('of a version that is not newer does not publish, and answers with the position of the room', async () => {
    const running = await startServer(KEEP);
    const client = await running.connect();
    await client.join('room1');
    const published: unknown[] = [];
    running.server.on('message.published', ({ data }) => published.push(data));
    const versions = [
      { data: 'a', version: 2 },
      { data: 'b', version: 2 },
      { data: 'c', version: 1 },
      { data: 'd', version: 1, version_epoch: 'next' },
      { data: 'e', version: 0 },
    ];
    const offsets = [];
    for (const one of versions) {
      const answer = await ask(running, 'publish', { channel: 'room1', ...one });
      offsets.push((answer as { result: { offset: number } }).result.offset);
    }
    expect(offsets).toEqual([1, 1, 1, 2, 3]);
    expect(await client.settle()).toEqual(['a', 'd', 'e']);
    expect(published).toEqual(['a', 'd', 'e']);
  });

  test('with an idempotency key publishes once in each room', async () => {
    const running = await startServer();
    const client = await running.connect();
    await client.join('room1');
    const one = { channel: 'room1', data: 'hi', idempotency_key: 'k' };
    const first = await ask(running, 'publish', one);
    expect(await ask(running, 'publish', { ...one, data: 'again' })).toEqual(first);
    expect(await ask(running, 'publish', { ...one, channel: 'room2' })).toMatchObject({
      result: { offset: 1 },
    });
    expect(await ask(running, 'publish', { ...one, idempotency_key: 'other' })).toMatchObject({
      result: { offset: 2 },
    });
    expect(await client.settle()).toEqual(['hi', 'hi']);
  });

  test.each<[string, object, number, RegExp]>([
    ['no channel', { data: 1 }, 107, /needs the field channel/],
    ['no data', { channel: 'r' }, 107, /needs the field data/],
    ['binary data', { channel: 'r', b64data: 'aGk=' }, 107, /b64data is not taken/],
    ['a long room name', { channel: 'r'.repeat(256), data: 1 }, 107, /room name is longer than 255 bytes/],
    ['long data', { channel: 'r', data: 'x'.repeat(65_537) }, 106, /message is longer than 65536/],
    ['long tags', { channel: 'r', data: 1, tags: { t: 'x'.repeat(65_537) } }, 106, /tags are longer/],
    [
      'a long key',
      { channel: 'r', data: 1, idempotency_key: 'k'.repeat(256) },
      107,
      /longer than 255 characters/,
    ],
    ['a version that loses digits', { channel: 'r', data: 1, version: 2 ** 53 }, 107, /below 2\^53/],
  ])('with %s is refused in a result, or by the status of HTTP', async (_, body, code, message) => {
    const { request } = await startServer();
    const answer = await request('/api/publish', post(body));
    expect(answer.status).toBe(200);
    const error = { code, message: expect.stringMatching(message) as string };
    expect(read(answer)).toEqual({ error });
    const asked = await request('/api/publish', post(body, { 'X-Centrifugo-Error-Mode': 'transport' }));
    expect(asked.status).toBe(400);
    expect(read(asked)).toEqual(error);
  });

  test('of a number that would lose digits is refused', async () => {
    const { request } = await startServer();
    const answer = await request('/api/publish', post('{"channel":"r","data":[9007199254740993]}'));
    expect(read(answer)).toMatchObject({
      error: { code: 107, message: expect.stringContaining('as a string') },
    });
  });

  test('takes half of a surrogate pair as U+FFFD', async () => {
    const { connect, request } = await startServer();
    const client = await connect();
    await client.join('r\ufffd');
    await request('/api/publish', post(String.raw`{"channel":"r\ud800","data":"\udc00"}`));
    expect(await client.settle()).toEqual(['\ufffd']);
  });
});

describe('broadcast', () => {
  test('publishes to each channel, and answers for each', async () => {
    const running = await startServer();
    const client = await running.connect({ path: '/?format=json' });
    await client.join('room1');
    await client.join('room2');
    const channels = ['room1', '', 'room2', 'room1'];
    expect(await ask(running, 'broadcast', { channels, data: { a: 1 } })).toEqual({
      result: {
        responses: [
          { result: { offset: 1, epoch: expect.any(String) as string } },
          { error: { code: 107, message: 'the room name is empty' } },
          { result: { offset: 1, epoch: expect.any(String) as string } },
          { result: { offset: 2, epoch: expect.any(String) as string } },
        ],
      },
    });
    const frames = (await client.settle()).map(
      (frame) => JSON.parse(frame) as { room: string; offset: number },
    );
    expect(frames.map(({ room, offset }) => [room, offset])).toEqual([
      ['room1', 1],
      ['room2', 1],
      ['room1', 2],
    ]);
  });

  test('with an idempotency key publishes once in each room', async () => {
    const running = await startServer();
    const one = { channels: ['a', 'b'], data: 1, idempotency_key: 'k' };
    const first = await ask(running, 'broadcast', one);
    expect(await ask(running, 'broadcast', one)).toEqual(first);
  });

  test('needs channels, and takes ten thousand', async () => {
    const running = await startServer();
    expect(await ask(running, 'broadcast', { data: 1 })).toMatchObject({ error: { code: 107 } });
    const channels = Array.from({ length: 10_001 }, () => 'r');
    expect(await ask(running, 'broadcast', { channels, data: 1 })).toMatchObject({ error: { code: 106 } });
  });
});

describe('history', () => {
  test('gives pages in both directions, and the position alone', async () => {
    const running = await startServer(KEEP);
    for (const data of ['a', 'b', 'c']) await running.server.publish('room1', data);
    const { epoch } = await running.server.history('room1');
    const page = async (asked: object) => {
      const answer = await ask(running, 'history', { channel: 'room1', ...asked });
      return (answer as { result: { publications: { data: string }[] } }).result;
    };
    expect(await page({})).toEqual({ publications: [], offset: 3, epoch });
    const all = await page({ limit: -1 });
    expect(all.publications.map(({ data }) => data)).toEqual(['a', 'b', 'c']);
    const later = await page({ limit: 1, since: { offset: 1, epoch } });
    expect(later.publications).toMatchObject([{ data: 'b', offset: 2 }]);
    const earlier = await page({ limit: 5, reverse: true, since: { offset: 3, epoch } });
    expect(earlier.publications.map(({ data }) => data)).toEqual(['b', 'a']);
  });

  test.each([
    [{}, 107],
    [{ channel: 'room1', since: { offset: 1, epoch: 'another' } }, 112],
    [{ channel: 'room1', reverse: true, since: { offset: 0, epoch: '' } }, 107],
  ])('of %j is the error %d', async (body, code) => {
    const running = await startServer(KEEP);
    expect(await ask(running, 'history', body)).toMatchObject({ error: { code } });
  });

  test.each([
    { channel: 'room1', limit: 'all' },
    { channel: 'room1', since: 3 },
  ])('of %j cannot be read', async (body) => {
    const running = await startServer(KEEP);
    expect((await running.request('/api/history', post(body))).status).toBe(400);
  });
});

describe('a request to the API', () => {
  test.each<[string, string | Uint8Array]>([
    ['is empty', ''],
    ['is no JSON', '{'],
    ['is no object', '[]'],
    ['is no UTF-8', Uint8Array.of(0xff)],
    ['has a channel that is no text', '{"channel":1,"data":1}'],
    ['has tags that are no texts', '{"channel":"r","data":1,"tags":{"a":1}}'],
    ['has a flag that is none', '{"channel":"r","data":1,"skip_history":"yes"}'],
    ['has a version below 0', '{"channel":"r","data":1,"version":-1}'],
    ['has a version that is no whole number', '{"channel":"r","data":1,"version":1.5}'],
  ])('that %s gets 400', async (_, body) => {
    const { request } = await startServer();
    expect((await request('/api/publish', post(body))).status).toBe(400);
  });

  test('that is too long gets 413, one with another method 405, and one to no method 404', async () => {
    const { request } = await startServer();
    expect((await request('/api/publish', post('x'.repeat(2 * 1024 * 1024)))).status).toBe(413);
    const get = await request('/api/publish');
    expect([get.status, get.headers.allow]).toEqual([405, 'POST']);
    expect((await request('/api/teleport', post({}))).status).toBe(404);
  });

  test('needs the key, in one of two headers or in the query', async () => {
    const { request, server } = await startServer({ host: '0.0.0.0', http: { apiKey: API_KEY } });
    const told: object[] = [];
    server.on('access.refused', (event) => told.push(event));
    const body = { channel: 'r', data: 1 };
    const query = (key: string): string => `/api/publish?${new URLSearchParams({ api_key: key }).toString()}`;
    for (const [path, headers] of [
      ['/api/publish', {}],
      ['/api/publish', { 'X-API-Key': 'wrong' }],
      ['/api/publish', { authorization: 'apikey wrong' }],
      [query('wrong'), {}],
    ] as const) {
      expect((await request(path, post(body, headers))).status).toBe(401);
    }
    expect(told).toHaveLength(3);
    for (const [path, headers] of [
      ['/api/publish', { 'X-API-Key': API_KEY }],
      ['/api/publish', { authorization: `apikey ${API_KEY}` }],
      [query(API_KEY), {}],
    ] as const) {
      expect((await request(path, post(body, headers))).status).toBe(200);
    }
  });

  test('from a page of another origin is refused without a key, also from a listed one', async () => {
    const options = { allowedOrigins: ['https://chat.example', 'null'] };
    const { request, port } = await startServer(options);
    const body = { channel: 'r', data: 1 };
    for (const origin of [
      'https://elsewhere.example',
      'https://chat.example',
      'null',
      'http://localhost:5173',
    ]) {
      expect((await request('/api/publish', post(body, { origin }))).status, origin).toBe(403);
    }
    expect((await request('/api/publish', post(body, { 'sec-fetch-site': 'cross-site' }))).status).toBe(403);
    const own = { origin: `http://127.0.0.1:${port}` };
    expect((await request('/api/publish', post(body, own))).status).toBe(200);
    const keyed = await startServer({ ...options, http: { apiKey: API_KEY } });
    const headers = { origin: 'https://chat.example', 'X-API-Key': API_KEY };
    expect((await keyed.request('/api/publish', post(body, headers))).status).toBe(200);
  });
});
