/** Backends that are slow, wrong, down and back, and clients that do not wait for them. */

import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { ServerEvents } from '../../src/events/server-events.ts';
import type { StatecastServer } from '../../src/index.ts';
import { keepEvents, nextEvent } from '../support/event-watch.ts';
import { createGate } from '../support/gate.ts';
import { startHookBackend, type HookRequest } from '../support/hook-backend.ts';
import { startServer } from '../support/start-server.ts';

const FAILED = 'Error: the join could not be decided on, try again later';

function failuresOf(server: Pick<StatecastServer, 'on'>): string[] {
  const failures: string[] = [];
  server.on('question.failed', ({ error }: ServerEvents['question.failed']) =>
    failures.push((error as Error).message),
  );
  return failures;
}

async function startAsking(answer: (request: HookRequest) => object | void, more: object = {}) {
  const backend = await startHookBackend(answer);
  const started = await startServer({ hooks: { subscribe: { url: `${backend.url}/subscribe`, ...more } } });
  return { backend, ...started, failures: failuresOf(started.server) };
}

describe('an answer that is none', () => {
  test.each<[string, (request: HookRequest) => void, RegExp]>([
    ['has the status 500', ({ response }) => response.writeHead(500).end('{"result":{}}'), /status 500/],
    ['has the status 201', ({ response }) => response.writeHead(201).end('{"result":{}}'), /status 201/],
    ['is a page', ({ response }) => response.end('<!doctype html><title>Login</title>'), /no JSON/],
    ['is no object', ({ response }) => response.end('"ok"'), /the answer/],
    ['is an empty list', ({ response }) => response.end('[]'), /none of result/],
    ['has a list as its result', ({ response }) => response.end('{"result":[1]}'), /result/],
    [
      'has a number that would lose digits',
      ({ response }) => response.end('{"result":{"data":9007199254740993}}'),
      /lose digits/,
    ],
    [
      'has data that is nested too deep',
      ({ response }) => response.end(`{"result":{"data":${'['.repeat(5_000)}${']'.repeat(5_000)}}}`),
      /data cannot be sent/,
    ],
    [
      'ends before its length',
      ({ response }) =>
        void response
          .writeHead(200, { 'content-length': 100 })
          .write('{"result":{}}', () => response.destroy()),
      /no answer from http/,
    ],
    ['is no content', ({ response }) => response.writeHead(204).end(), /status 204/],
    [
      'is compressed without being asked for',
      ({ response }) => response.setHeader('content-encoding', 'gzip').end(gzipSync('{"result":{}}')),
      /not UTF-8/,
    ],
    ['says nothing', ({ response }) => response.end('{}'), /none of result, error and disconnect/],
    ['has a wrong field', ({ response }) => response.end('{"result":{"expire_at":"soon"}}'), /expire_at/],
    ['has a wrong code', ({ response }) => response.end('{"error":{"code":7}}'), /error\.code/],
    ['is in base64 of no JSON', ({ response }) => response.end('{"result":{"b64data":"eA=="}}'), /b64data/],
    ['is too long', ({ response }) => response.end(`"${'x'.repeat(2 * 1024 * 1024)}"`), /too long/],
    ['is a redirect', ({ response }) => response.writeHead(302, { location: '/ok' }).end(), /status 302/],
    ['breaks off', ({ response }) => response.destroy(), /no answer from http/],
  ])('because it %s is error 100, and is told', async (_, answer, words) => {
    const { connect, failures, backend } = await startAsking(answer);
    const client = await connect();
    expect(await client.ask('subscribe|room1')).toBe(FAILED);
    expect(failures).toHaveLength(1);
    expect(failures[0]).toMatch(words);
    expect(backend.asked).toHaveLength(1);
  });

  test('because it is late is error 100, and its request is ended', async () => {
    const ended = createGate();
    const { connect, failures } = await startAsking(({ response }) => void response.on('close', ended.open), {
      timeoutSeconds: 0.05,
    });
    const client = await connect();
    expect(await client.ask('subscribe|room1')).toBe(FAILED);
    await ended.opened;
    expect(failures).toEqual(['no answer within 50 ms']);
  });
});

test('a backend that is down is left alone, and is asked again when it is back', async () => {
  const { backend, connect, request, server, failures } = await startAsking(() => ({ result: {} }));
  const next = (circuit: string) =>
    nextEvent(server, 'backend.circuit', (event) => event.circuit === circuit);
  const [halfOpen, closed] = [next('halfOpen'), next('closed')];
  await backend.stop();
  const client = await connect();
  for (let attempt = 0; attempt < 6; attempt += 1) expect(await client.ask('subscribe|room1')).toBe(FAILED);
  expect(failures.at(-2)).toContain('no answer from');
  expect(failures.at(-1)).toContain('left alone');
  expect(server.states()[`backend ${backend.url}/subscribe`]).toBe('serving.open');
  expect(JSON.parse((await request('/health')).body)).toMatchObject({
    status: 'ok',
    backends: { 'serving.open': 1 },
  });
  await backend.restart();
  await halfOpen;
  await client.join('room1');
  await closed;
});

test('a client that gets wrong answers does not shut out others', async () => {
  const { connect, server } = await startAsking(({ body, response }) => {
    if (body['channel'] === 'good') return { result: {} };
    return void response.writeHead(500).end();
  });
  const circuits = keepEvents(server, 'backend.circuit');
  const [bad, good] = [await connect(), await connect()];
  for (let attempt = 0; attempt < 10; attempt += 1) expect(await bad.ask('subscribe|bad')).toBe(FAILED);
  expect(await good.ask('subscribe|good')).toContain('success');
  expect(circuits).toEqual([]);
});

test('a proxy before a backend says that it is down', async () => {
  const { connect, failures } = await startAsking(({ response }) => void response.writeHead(502).end());
  const client = await connect();
  for (let attempt = 0; attempt < 6; attempt += 1) expect(await client.ask('subscribe|room1')).toBe(FAILED);
  expect(failures.map((words) => /status 502|left alone/.exec(words)?.[0])).toEqual([
    ...Array.from({ length: 5 }, () => 'status 502'),
    'left alone',
  ]);
});

test('a client that leaves meanwhile has its question abandoned, and its request ended', async () => {
  const asked = createGate();
  const ended = createGate();
  const { connect, server, failures } = await startAsking(
    ({ response }) => {
      response.on('close', ended.open);
      asked.open();
    },
    { timeoutSeconds: 30 },
  );
  const client = await connect();
  client.send('subscribe|room1');
  await asked.opened;
  expect(server.states()['questions']).toBe('open 1');
  client.terminate();
  await ended.opened;
  expect(server.states()['questions']).toBe('none');
  expect([failures, await server.members('room1')]).toEqual([[], []]);
});

test('the question of one client does not hold up another one', async () => {
  const { connect } = await startAsking(
    ({ body }) => (body['channel'] === 'slow' ? undefined : { result: {} }),
    {
      timeoutSeconds: 30,
    },
  );
  const [slow, quick] = [await connect(), await connect()];
  slow.send('subscribe|slow');
  expect(await quick.ask('subscribe|room1')).toContain('success');
});

test('the questions to one address do not wait for those to another one of the same host', async () => {
  const crowd = createGate();
  const backend = await startHookBackend(({ path }) => {
    if (path === '/quick') return { result: {} };
    if (backend.asked.length === 128) crowd.open();
    return undefined;
  });
  const { connect } = await startServer({
    hooks: {
      subscribe: [
        { url: `${backend.url}/slow`, rooms: ['slow:*'], timeoutSeconds: 30 },
        { url: `${backend.url}/quick`, timeoutSeconds: 30 },
      ],
    },
  });
  const clients = await Promise.all(Array.from({ length: 140 }, () => connect()));
  for (const client of clients) client.send('subscribe|slow:1');
  await crowd.opened;
  expect(await (await connect()).ask('subscribe|room1')).toContain('success');
});

test('a server that drains lets questions under way be answered', async () => {
  const asked = createGate<HookRequest>();
  const backend = await startHookBackend(asked.open);
  const { connect, server } = await startServer({
    hooks: { publish: { url: `${backend.url}/publish`, timeoutSeconds: 30 } },
  });
  const client = await connect();
  client.send('sendByRoom|{"roomNum":"room1","message":"hi"}');
  const { response } = await asked.opened;
  const draining = nextEvent(server, 'server.draining');
  const closed = server.close();
  await draining;
  response.end('{"result":{}}');
  expect(await client.next()).toBe('SendByRoom success!');
  expect((await client.closed).code).toBe(3001);
  await closed;
});

test('a thousand questions at once are asked by a bounded number of connections', async () => {
  let now = 0;
  let most = 0;
  const { connect, backend } = await startAsking(
    ({ response }) => {
      now += 1;
      most = Math.max(most, now);
      setImmediate(() => {
        now -= 1;
        response.end('{"result":{}}');
      });
    },
    { timeoutSeconds: 30 },
  );
  const clients = await Promise.all(Array.from({ length: 10 }, () => connect()));
  await Promise.all(
    clients.flatMap((client, index) => {
      for (let room = 0; room < 100; room += 1) client.send(`subscribe|room${index}-${room}`);
      return client.take(100);
    }),
  );
  expect(backend.asked).toHaveLength(1_000);
  expect(most).toBeLessThanOrEqual(128);
});

test('a question that names no servant of the server is refused at the start', async () => {
  await expect(startServer({ hooks: { subscribe: [{ servant: 'authorizer' }] } })).rejects.toThrow(
    /hooks\.subscribe\[0\]\.servant/,
  );
});
