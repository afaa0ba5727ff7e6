/** Presence in rooms without a connection, by the HTTP server API and the library. */

import { describe, expect, test } from 'vitest';
import { createMemoryBrokers, createMemoryControls, createMemoryPresence } from '../src/index.ts';
import { ask } from './support/api-request.ts';
import { connectCentrifuge } from './support/centrifuge-client.ts';
import { startServer } from './support/start-server.ts';

const TELLING = { rooms: { '*': { joinLeave: true, capacity: 1 } } };
const BOT = { channel: 'r', id: 'bot', user: 'weather', info: { name: 'Weather' } };

describe('a presence that is set', () => {
  test('is listed and told of as others are, and takes no seat', async () => {
    const running = await startServer(TELLING);
    const told: unknown[] = [];
    running.server.on('member.joined', ({ member }) => told.push(['joined', member.id]));
    running.server.on('member.left', ({ member, reason }) => told.push([reason, member.id]));
    expect(await ask(running, 'presence_set', BOT)).toEqual({ result: { client: 'outside:bot' } });
    const client = await connectCentrifuge(running);
    await client.subscribe('r', { join_leave: true });
    const info = { user: 'weather', client: 'outside:bot', conn_info: { name: 'Weather' } };
    expect(await ask(running, 'presence', { channel: 'r' })).toMatchObject({
      result: { presence: { 'outside:bot': info, [client.id]: { user: '' } } },
    });
    expect(await ask(running, 'presence_stats', { channel: 'r' })).toEqual({
      result: { num_clients: 2, num_users: 2 },
    });
    expect(await running.server.members('r')).toMatchObject([
      { id: 'outside:bot', user: 'weather', state: 'joined' },
      { id: client.id },
    ]);
    expect(await client.push('join', 'r')).toMatchObject({ info: { client: client.id } });
    expect(await ask(running, 'presence_set', { ...BOT, id: 'other' })).toMatchObject({ result: {} });
    expect(await client.push('join', 'r')).toMatchObject({ info: { client: 'outside:other' } });
    expect(await ask(running, 'presence_remove', { channel: 'r', id: 'bot' })).toEqual({
      result: { found: true },
    });
    expect(await client.push('leave', 'r')).toEqual({ info });
    expect(await ask(running, 'presence_remove', { channel: 'r', id: 'bot' })).toEqual({
      result: { found: false },
    });
    expect(told).toEqual([
      ['joined', 'outside:bot'],
      ['joined', client.id],
      ['joined', 'outside:other'],
      ['left', 'outside:bot'],
    ]);
  });

  test('is kept by any node, and is one', async () => {
    const [presence, connect, connectBroker] = [
      createMemoryPresence(),
      createMemoryControls(),
      createMemoryBrokers(),
    ];
    const start = () => startServer({ presence, control: connect(), broker: connectBroker() });
    const [one, other] = [await start(), await start()];
    const joins: string[] = [];
    for (const { server } of [one, other]) server.on('member.joined', ({ member }) => joins.push(member.id));
    expect(await one.server.setPresence('r', { id: 'bot' }, 60_000)).toBe('outside:bot');
    expect(await other.server.setPresence('r', { id: 'bot', info: 1 }, 60_000)).toBe('outside:bot');
    expect(await one.server.presence('r')).toMatchObject([{ id: 'outside:bot', info: 1 }]);
    expect(joins).toEqual(['outside:bot']);
    expect(await other.server.removePresence('r', 'bot')).toBe(true);
    expect(await one.server.presenceStats('r')).toEqual({ connections: 0, users: 0 });
  });

  test.each<[string, object, number]>([
    ['no id', { id: '' }, 107],
    ['a long id', { id: 'i'.repeat(129) }, 107],
    ['a long user', { user: 'u'.repeat(256) }, 107],
    ['a long room name', { channel: 'r'.repeat(256) }, 107],
    ['a long time', { ttl: 86_401 }, 107],
    ['long info', { info: 'x'.repeat(4_097) }, 106],
  ])('with %s is refused', async (_, fields, code) => {
    const body = { ...BOT, ...fields };
    const running = await startServer();
    expect(await ask(running, 'presence_set', body)).toMatchObject({ error: { code } });
  });

  test.each<[unknown, number, RegExp]>([
    [{ id: 1 }, 1_000, /id must be/],
    [{ id: 'a', user: 1 }, 1_000, /user must be/],
    [undefined, 1_000, /id must be/],
    [{ id: 'a' }, 999, /time to live/],
    [{ id: 'a' }, Number.NaN, /time to live/],
    [{ id: 'a', info: Number.NaN }, 1_000, /info must be/],
  ])('by the library as %j for %d ms is refused', async (member, ttlMs, message) => {
    const { server } = await startServer();
    await expect(server.setPresence('r', member as { id: string }, ttlMs)).rejects.toThrow(message);
  });
});
