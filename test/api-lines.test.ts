/** A command in each line, as older server SDKs send them to the HTTP server API. */

import { describe, expect, test } from 'vitest';
import { post, read } from './support/api-request.ts';
import type { HttpAnswer } from './support/http-request.ts';
import { startServer } from './support/start-server.ts';

const KEY = 'may-publish-in-the-chat-rooms';
const published = { offset: expect.any(Number) as number, epoch: expect.any(String) as string };

function toBody(...commands: readonly unknown[]): string {
  return commands.map((command) => JSON.stringify(command)).join('\n');
}

function readLines({ body }: HttpAnswer): unknown[] {
  return body.split('\n').map((line) => JSON.parse(line) as unknown);
}

function error(code: number, message: string) {
  return { error: { code, message: expect.stringContaining(message) as string } };
}

describe('commands in lines', () => {
  test('are answered line by line, in order, with their numbers', async () => {
    const { connect, request } = await startServer();
    const client = await connect();
    await client.join('room1');
    const body = toBody(
      { id: 7, method: 'publish', params: { channel: 'room1', data: 'a' } },
      { method: 'publish', params: { channel: '', data: 'no' } },
      { id: 8, method: 'publish', params: { channel: 1 } },
      { method: 'teleport', params: {} },
      { method: 'constructor' },
      { method: 'publish', params: [] },
      { method: 'info' },
      { method: 'channels', params: null },
      { method: 'batch', params: { commands: [{ publish: { channel: 'room1', data: 'no' } }] } },
      { method: 'presence_stats', params: { channel: 'room1' } },
      { method: 'publish', params: { channel: 'room1', data: 'b' } },
    );
    for (const text of [body, `\n${body.replaceAll('\n', '\r\n\n')}\n`]) {
      const answer = await request('/api', post(text));
      expect(answer.status).toBe(200);
      expect(readLines(answer)).toEqual([
        { id: 7, result: published },
        error(107, 'publish needs the field channel'),
        { id: 8, ...error(107, 'channel must be a string') },
        error(104, 'there is no method "teleport"'),
        error(104, 'there is no method "constructor"'),
        error(107, 'the fields of publish must be an object'),
        { result: { nodes: [expect.any(Object)] } },
        { result: { channels: { room1: { num_clients: 1 } } } },
        error(104, 'there is no method "batch"'),
        { result: { num_clients: 1, num_users: 1 } },
        { result: published },
      ]);
      expect(await client.settle()).toEqual(['a', 'b']);
    }
  });

  test.each<[string, string]>([
    ['are none', ''],
    ['are empty lines', '\n \n'],
    ['have a line that is no JSON', `${toBody({ method: 'publish', params: { channel: 'r', data: 1 } })}\n{`],
    ['have a line that is no object', '[]'],
    ['have a line without a method', '{"params":{}}'],
    ['have a method that is no text', '{"method":1}'],
  ])('that %s cannot be read, and nothing is done', async (_, body) => {
    const { request, server } = await startServer();
    const messages: unknown[] = [];
    server.on('message.published', (event) => messages.push(event));
    expect((await request('/api', post(body))).status).toBe(400);
    expect(messages).toEqual([]);
  });

  test('are a thousand at most, and broadcast to ten thousand channels at most, else the status tells', async () => {
    const { request } = await startServer();
    const one = { method: 'publish', params: { channel: 'r', data: 1 } };
    const thousand = Array.from({ length: 1_000 }, () => one);
    const lines = readLines(await request('/api', post(toBody(...thousand))));
    expect(lines).toHaveLength(1_000);
    expect(lines.at(-1)).toMatchObject({ result: { offset: 1_000 } });
    const channels = Array.from({ length: 5_001 }, (_unused, index) => `r${index}`);
    const wide = { method: 'broadcast', params: { channels, data: 1 } };
    for (const body of [toBody(...thousand, one), toBody(wide, wide)]) {
      const answer = await request('/api', post(body));
      expect([answer.status, read(answer)]).toMatchObject([400, { code: 106 }]);
    }
  });

  test('of which a number would lose digits refuses that command only', async () => {
    const { request } = await startServer();
    const body =
      '{"method":"publish","params":{"channel":"r","data":9007199254740993}}\n{"method":"publish","params":{"channel":"r","data":1}}';
    expect(readLines(await request('/api', post(body)))).toEqual([
      error(107, 'lose digits'),
      { result: published },
    ]);
  });

  test('are each judged by the rights of the key, and each count as a request', async () => {
    const { request, server } = await startServer({
      http: {
        apiKeys: [{ name: 'chat', key: KEY, allow: ['publish'], rooms: ['chat:*'], requestsPerSecond: 4 }],
      },
    });
    const refused: object[] = [];
    server.on('access.refused', (event) => refused.push(event));
    const publish = (channel: string) => ({ method: 'publish', params: { channel, data: 1 } });
    const body = toBody(publish('chat:1'), publish('game'), { method: 'info' }, publish('chat:2'));
    expect((await request('/api', post(body))).status).toBe(401);
    expect(readLines(await request('/api', post(body, { 'x-api-key': KEY })))).toEqual([
      { result: published },
      error(103, 'does not allow publish'),
      error(103, 'does not allow info'),
      { result: published },
    ]);
    expect(refused).toMatchObject([
      { key: 'chat', method: 'publish' },
      { key: 'chat', method: 'info' },
    ]);
    const late = await request('/api', post(body, { 'x-api-key': KEY }));
    expect([late.status, read(late)]).toMatchObject([429, { code: 111 }]);
    expect(late.headers['retry-after']).toMatch(/^\d+$/);
  });
});
