/** The HTTP server API: what it does to connections and in rooms. */

import { describe, expect, test } from 'vitest';
import { ask } from './support/api-request.ts';
import { believeData, connectCentrifuge } from './support/centrifuge-client.ts';
import { startServer } from './support/start-server.ts';

const DONE = { result: {} };
const FOUND = { result: { found: true } };
const NOT_FOUND = { result: { found: false } };

async function start() {
  const running = await startServer({ authenticate: believeData });
  const ann = await connectCentrifuge(running, { data: 'ann' });
  return { ...running, ann };
}

describe('connections of a user', () => {
  test('are joined to a room with data, and put out of it', async () => {
    const running = await start();
    const { ann } = running;
    const asked = { user: 'ann', channel: 'news', info: { role: 'guest' }, data: { from: 'server' } };
    expect(await ask(running, 'subscribe', asked)).toEqual(DONE);
    expect(await ann.push('subscribe', 'news')).toMatchObject({ data: { from: 'server' } });
    expect(await ask(running, 'presence', { channel: 'news' })).toEqual({
      result: {
        presence: { [ann.id]: { user: 'ann', client: ann.id, chan_info: { role: 'guest' } } },
      },
    });
    const put = { user: 'ann', channel: 'news', unsubscribe: { code: 2100, reason: 'enough' } };
    expect(await ask(running, 'unsubscribe', put)).toEqual(DONE);
    expect(await ann.push('unsubscribe', 'news')).toMatchObject({ code: 2100, reason: 'enough' });
    expect(await ask(running, 'presence', { channel: 'news' })).toEqual({ result: { presence: {} } });
  });

  test('are closed with a code and a reason, except those on the whitelist', async () => {
    const running = await start();
    const other = await connectCentrifuge(running, { data: 'ann' });
    const disconnect = { code: 4_500, reason: 'banned' };
    const asked = { user: 'ann', whitelist: [other.id], disconnect };
    expect(await ask(running, 'disconnect', asked)).toEqual(DONE);
    expect(await running.ann.closed).toEqual(disconnect);
    expect(await ask(running, 'presence_stats', { channel: 'none' })).toMatchObject({
      result: { num_clients: 0 },
    });
    expect(await ask(running, 'invalidate', { client: other.id })).toEqual(FOUND);
    expect(await other.closed).toMatchObject({ code: 3_014 });
    expect(await ask(running, 'invalidate', { client: other.id })).toEqual(NOT_FOUND);
  });

  test('expire when they are said to', async () => {
    const running = await start();
    expect(await ask(running, 'refresh', { user: 'ann', expired: true })).toEqual(DONE);
    expect(await running.ann.closed).toMatchObject({ code: 3_005 });
  });

  test('get messages outside of any room', async () => {
    const running = await start();
    expect(await ask(running, 'send', { user: 'ann', data: { news: 1 } })).toEqual(FOUND);
    expect(await running.ann.push('message')).toEqual({ data: { news: 1 } });
    expect(await ask(running, 'send', { user: 'bob', data: 1 })).toEqual(NOT_FOUND);
  });

  test('are closed when their user is revoked, and may come back when that is lifted', async () => {
    const running = await start();
    expect(await ask(running, 'revoke', { user: 'ann', until: 4_000_000_000 })).toEqual(DONE);
    expect(await running.ann.closed).toMatchObject({ code: 3_507 });
    expect(await ask(running, 'revocations', {})).toEqual({
      result: { revocations: [{ user: 'ann', until: 4_000_000_000 }] },
    });
    expect(await ask(running, 'unrevoke', { user: 'ann' })).toEqual(FOUND);
    expect(await ask(running, 'unrevoke', { user: 'ann' })).toEqual(NOT_FOUND);
    await connectCentrifuge(running, { data: 'ann' });
    expect(await ask(running, 'revoke', { token: 'a', user: 'ann' })).toMatchObject({ error: { code: 107 } });
  });

  test.each<[string, object, RegExp]>([
    ['subscribe', { channel: 'a' }, /who it is about/],
    ['subscribe', { user: 'ann' }, /needs the field channel/],
    ['subscribe', { user: 'ann', channel: 'a', override: { presence: false } }, /override.presence must be/],
    ['unsubscribe', { user: 'ann', channel: 'a', unsubscribe: { code: 1 } }, /2000/],
    ['disconnect', {}, /who it is about/],
    ['disconnect', { user: 'ann', disconnect: { code: 3 } }, /close codes/],
    ['refresh', { user: 'ann' }, /what changes/],
    ['send', { user: 'ann' }, /needs the field data/],
    ['kick', { channel: 'a' }, /needs the field client/],
  ])('%s with %j is the error 107', async (method, body, message) => {
    const running = await startServer();
    expect(await ask(running, method, body)).toMatchObject({
      error: { code: 107, message: expect.stringMatching(message) as string },
    });
  });
});

describe('rooms', () => {
  test('are muted, and take messages again', async () => {
    const running = await startServer();
    const client = await running.connect();
    await client.join('r');
    expect(await ask(running, 'mute', { channel: 'r' })).toEqual(DONE);
    client.send('sendByRoom|{"roomNum":"r","message":"hi"}');
    expect(await client.next()).toMatch(/^Error: .*muted/);
    expect(await ask(running, 'muted', {})).toEqual({ result: { channels: ['r'] } });
    expect(await ask(running, 'unmute', { channel: 'r' })).toEqual(DONE);
    expect(await ask(running, 'muted', {})).toEqual({ result: { channels: [] } });
    client.send('sendByRoom|{"roomNum":"r","message":"hi"}');
    expect(await client.next()).toBe('hi');
  });

  test('lose a member, and all of them', async () => {
    const running = await start();
    const { ann } = running;
    await ann.subscribe('r');
    const kick = { channel: 'r', client: ann.id, reason: 'be nice' };
    expect(await ask(running, 'kick', kick)).toEqual(FOUND);
    expect(await ann.push('unsubscribe', 'r')).toMatchObject({ code: expect.any(Number) as number });
    expect(await ask(running, 'kick', kick)).toEqual(NOT_FOUND);
    await ann.subscribe('r');
    expect(await ask(running, 'close_channel', { channel: 'r', reason: 'over' })).toEqual(FOUND);
    expect(await ann.push('unsubscribe', 'r')).toMatchObject({ code: expect.any(Number) as number });
  });

  test('and all sockets get what is said to everybody', async () => {
    const running = await startServer();
    const client = await running.connect();
    expect(await ask(running, 'broadcast_all', { data: 'hi' })).toEqual(DONE);
    expect(await client.next()).toBe('hi');
  });
});
