/** `GET /metrics`: what it tells, who may read it, and that the documentation has all of it. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createGate } from './support/gate.ts';
import { readError } from './support/http-request.ts';
import { startServer, type Reachable } from './support/start-server.ts';
import { readSamples, valueOf, namesOf } from './support/prometheus.ts';

const TOKEN = 'a token of sixteen or more';
const KEY = 'a key for everything';
const PAGE = readFileSync(join(import.meta.dirname, '../docs/monitoring.md'), 'utf8');
const ROW = /^\| `(statecast_\w+)` \| (\w+) \| (.*) \| (.+) \|$/gm;

async function read({ request }: Pick<Reachable, 'request'>): Promise<string> {
  const { status, body } = await request('/metrics');
  expect(status).toBe(200);
  return body;
}

describe('the numbers', () => {
  test('follow what clients do', async () => {
    const running = await startServer();
    const [ann, bob] = [await running.connect(), await running.connect()];
    await ann.join('room1');
    await bob.join('room1');
    ann.send('sendByRoom|{"roomNum":"room1","message":"hi"}', 'sendByRoom|no json');
    await bob.settle();
    await ann.settle();
    const samples = readSamples(await read(running));
    expect(valueOf(samples, 'statecast_connections', { transport: 'websocket', protocol: 'line' })).toBe(2);
    expect(valueOf(samples, 'statecast_messages_received_total', { to: 'room' })).toBe(1);
    expect(valueOf(samples, 'statecast_publications_total')).toBe(1);
    expect(valueOf(samples, 'statecast_deliveries_total')).toBe(2);
    expect(valueOf(samples, 'statecast_receivers_bucket', { le: '1' })).toBe(0);
    expect(valueOf(samples, 'statecast_receivers_bucket', { le: '2' })).toBe(1);
    expect(valueOf(samples, 'statecast_refusals_total', { error: 'badRequest', code: '107' })).toBe(1);
    expect(valueOf(samples, 'statecast_members')).toBe(2);
    expect(valueOf(samples, 'statecast_actors', { machine: 'membership', state: 'joined' })).toBe(2);
    const occupied = { machine: 'room', state: 'active.occupancy.occupied' };
    expect(valueOf(samples, 'statecast_actors', occupied)).toBe(1);
    expect(valueOf(samples, 'statecast_state_entries_total', occupied)).toBe(1);
    expect(valueOf(samples, 'statecast_step_seconds_count', { step: 'join' })).toBe(2);
    expect(valueOf(samples, 'statecast_events_total', { machine: 'room', event: 'room.publish' })).toBe(1);
    expect(valueOf(samples, 'statecast_publish_seconds_count')).toBe(1);
  });

  test('tell of a handler that is at work, and then how long it took', async () => {
    const gate = createGate();
    const running = await startServer({ rooms: { '*': { onMessage: () => gate.opened } } });
    const ann = await running.connect();
    await ann.join('room1');
    ann.send('sendByRoom|{"roomNum":"room1","message":"hi"}');
    const moderating = { machine: 'moderation', state: 'moderating' };
    await expect
      .poll(async () => valueOf(readSamples(await read(running)), 'statecast_actors', moderating))
      .toBe(1);
    gate.open();
    expect(await ann.next()).toContain('hi');
    const samples = readSamples(await read(running));
    expect(valueOf(samples, 'statecast_actors', moderating)).toBe(0);
    expect(valueOf(samples, 'statecast_step_seconds_count', { step: 'message_handler' })).toBe(1);
  });

  test('tell which guard refused', async () => {
    const running = await startServer({ limits: { roomsPerConnection: 1 } });
    const ann = await running.connect();
    await ann.join('room1');
    ann.send('subscribe|room2', 'subscribe|room3');
    await ann.settle();
    const samples = readSamples(await read(running));
    const guard = { machine: 'connection', event: 'room.join', guard: 'hasAllRooms' };
    expect(valueOf(samples, 'statecast_guards_total', guard)).toBe(2);
    expect(valueOf(samples, 'statecast_refusals_total', { error: 'limitExceeded' })).toBe(2);
  });

  test('are all in docs/monitoring.md, which has no others', async () => {
    const running = await startServer();
    const text = await read(running);
    const told = [...text.matchAll(/^# HELP (statecast_\w+) (.*)\n# TYPE \S+ (\w+)$/gm)].map(
      ([, name, help, type]) => `${name} ${type} ${help}`,
    );
    const written = [...PAGE.matchAll(ROW)].map(([, name, type, , help]) => `${name} ${type} ${help}`);
    expect(written).toEqual(told);
    const labels = new Map(
      [...PAGE.matchAll(ROW)].map(([, name, , cell = '']) => [name, [...cell.matchAll(/\w+/g)].join(' ')]),
    );
    for (const { metric, labels: found } of readSamples(text)) {
      const names = Object.keys(found).filter((label) => label !== 'node' && label !== 'le');
      if (labels.has(metric)) expect([metric, names.join(' ')]).toEqual([metric, labels.get(metric)]);
    }
    expect(namesOf(text)).toEqual(
      expect.arrayContaining(['process_cpu_seconds_total', 'nodejs_eventloop_lag_p99_seconds']),
    );
  });

  test('have no name that clients choose', async () => {
    const running = await startServer();
    const ann = await running.connect();
    await ann.join('a room with a name of its own');
    ann.send('nonsense of a client|', 'rpc|{"roomNum":"r","method":"made.up","args":{}}');
    await ann.settle();
    const text = await read(running);
    for (const made of ['of its own', 'nonsense', 'made']) expect(text).not.toContain(made);
  });

  test('are not there where they are turned off', async () => {
    const { request } = await startServer({ metrics: { enabled: false } });
    expect((await request('/metrics')).status).toBe(404);
  });
});

describe('who may read them', () => {
  test('is everybody on this machine where the server listens on loopback', async () => {
    const { request } = await startServer();
    const answer = await request('/metrics');
    expect([answer.status, answer.headers['content-type']]).toEqual([
      200,
      'text/plain; version=0.0.4; charset=utf-8',
    ]);
    expect((await request('/metrics', { headers: { 'x-forwarded-for': '10.0.0.1' } })).status).toBe(401);
    expect((await request('/metrics', { headers: { host: 'rebound.example' } })).status).toBe(401);
    expect((await request('/metrics', { headers: { origin: 'https://other.example' } })).status).toBe(403);
    expect((await request('/metrics', { method: 'HEAD' })).body).toBe('');
  });

  test('is who has the token, where there is one', async () => {
    const refused: object[] = [];
    const { request } = await startServer({ metrics: { token: TOKEN } }, (server) =>
      server.on('access.refused', (event) => void refused.push(event)),
    );
    const ask = (authorization: string) => request('/metrics', { headers: { authorization } });
    expect((await ask(`Bearer ${TOKEN}`)).status).toBe(200);
    const wrong = await ask('Bearer another token');
    expect([wrong.status, wrong.headers['www-authenticate']]).toEqual([401, 'Bearer']);
    expect(readError(wrong).message).toContain('send metrics.token as Authorization: Bearer TOKEN');
    expect((await request('/metrics')).status).toBe(401);
    expect(refused).toEqual([{ to: 'the metrics', remoteAddress: '127.0.0.1' }]);
  });

  test('is also who has a key with the method, and nobody else beyond loopback', async () => {
    const { request } = await startServer({
      host: '0.0.0.0',
      http: {
        apiKey: KEY,
        apiKeys: [
          { name: 'prometheus', key: 'a key for metrics', allow: ['metrics'] },
          { name: 'publisher', key: 'a key to publish', allow: ['publish'] },
        ],
      },
    });
    const ask = async (key: string) => (await request('/metrics', { headers: { 'x-api-key': key } })).status;
    expect(await ask(KEY)).toBe(200);
    expect(await ask('a key for metrics')).toBe(200);
    expect(await ask('a key to publish')).toBe(403);
    expect((await request('/metrics')).status).toBe(401);
    const info = await request('/api/info', {
      method: 'POST',
      headers: { 'x-api-key': 'a key for metrics' },
      body: '{}',
    });
    expect(info.body).toContain('103');
  });
});
