/** What `Statecast.Push` does beside pushing: the same as the HTTP server API, for services of TARS. */

import { once } from 'node:events';
import { connect as connectTcp } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { SECRET, signToken } from '../src/auth/token-harness.ts';
import type { ServerOptions } from '../src/index.ts';
import { createDirectCaller } from '../src/tars/client/direct-caller.ts';
import { createTcpLink } from '../src/tars/client/tcp-link.ts';
import { createPushProxy } from '../src/tars/servants/statecast.ts';
import { connectCentrifuge } from './support/centrifuge-client.ts';
import { keepEvents } from './support/event-watch.ts';
import { pickPort } from './support/pick-port.ts';
import { startServer } from './support/start-server.ts';

const DONE = { code: 0, message: '' };
const TOKENS = { auth: { hmacSecret: SECRET, anonymous: false } };
const HISTORY = { rooms: { '*': { history: { size: 10 } } } };
const LATER = 4_000_000_000_000;

async function start(options: ServerOptions = {}) {
  const listen = `tcp -h 127.0.0.1 -p ${await pickPort()}`;
  const running = await startServer({ tars: { listen }, ...options });
  const caller = createDirectCaller({
    createLink: createTcpLink(),
    object: `Statecast.PushServer.PushObj@${listen}`,
  });
  onTestFinished(() => caller.close());
  return { ...running, push: createPushProxy(caller) };
}

describe('rooms', () => {
  test('get JSON, once for each key, and keep it', async () => {
    const { connect, push } = await start(HISTORY);
    const client = await connect();
    await client.join('a');
    const options = { idempotencyKey: 'k', tags: new Map([['lang', 'en']]) };
    const first = await push.publish({ room: 'a', data: '{"text":"hi"}', options });
    expect(first).toMatchObject({ ret: DONE, position: { offset: 1 } });
    expect(await push.publish({ room: 'a', data: '"again"', options })).toEqual(first);
    expect(await client.settle()).toEqual(['{"text":"hi"}']);
    const { outcomes } = await push.publishToRooms({ rooms: ['a', ''], data: '2', options: {} });
    expect(outcomes).toMatchObject([
      { room: 'a', status: DONE, position: { offset: 2, epoch: first.position.epoch } },
      { room: '', status: { code: 107 } },
    ]);
    const kept = await push.history({ room: 'a', query: { limit: -1, sinceOffset: 0 } });
    expect(kept).toMatchObject({
      ret: DONE,
      position: { offset: 2 },
      publications: [
        { data: '{"text":"hi"}', offset: 1, tags: new Map([['lang', 'en']]), info: { client: '' } },
        { data: '2', offset: 2 },
      ],
    });
    expect(await push.removeHistory({ room: 'a' })).toEqual({ ret: DONE });
    expect(await push.history({ room: 'a', query: { limit: -1 } })).toMatchObject({ publications: [] });
  });

  test('tell who is there, and the servers how they are', async () => {
    const { push, ...running } = await start(TOKENS);
    const token = await signToken({ sub: 'ann', info: { name: 'Ann' }, channels: ['a'] });
    const { id } = await connectCentrifuge(running, { token });
    expect(await push.presence({ room: 'a' })).toEqual({
      ret: DONE,
      list: [{ client: id, user: 'ann', connInfo: '{"name":"Ann"}', roomInfo: '' }],
    });
    expect(await push.presenceStats({ room: 'a' })).toEqual({ ret: DONE, clients: 1, users: 1 });
    expect(await push.nodes({})).toMatchObject({ ret: DONE, list: [{ clients: 1, users: 1, rooms: 1 }] });
  });

  test('are found by a pattern, muted and closed', async () => {
    const { connect, push, server } = await start();
    const client = await connect();
    await client.join('chat:1');
    await client.join('game');
    expect(await push.findRooms({ pattern: 'chat:*' })).toEqual({
      ret: DONE,
      list: [{ name: 'chat:1', members: 1 }],
    });
    expect((await push.findRooms({ pattern: '' })).list).toHaveLength(2);
    expect(await push.mute({ room: 'game' })).toEqual({ ret: DONE });
    client.send('sendByRoom|{"roomNum":"game","message":"hi"}');
    expect(await client.next()).toMatch(/^Error: /);
    expect(await push.unmute({ room: 'game' })).toEqual({ ret: DONE });
    expect(await push.mute({ room: '' })).toMatchObject({ ret: { code: 107 } });
    expect(await push.broadcast({ data: '{"all":1}' })).toEqual({ ret: DONE });
    expect(await client.next()).toBe('{"all":1}');
    expect(await push.broadcast({ data: 'no JSON' })).toMatchObject({ ret: { code: 107 } });
    expect(await push.closeRoom({ room: 'game', reason: 'over' })).toEqual({ ret: DONE, found: true });
    expect((await server.rooms()).map(({ room }) => room)).toEqual(['chat:1']);
  });

  test('have members without a connection', async () => {
    const { push } = await start();
    const member = { id: 'bot1', user: 'weather', info: '{"name":"Weather"}' };
    const set = { room: 'a', member, ttlSeconds: 0 };
    expect(await push.setPresence(set)).toEqual({ ret: DONE, client: 'outside:bot1' });
    expect((await push.presence({ room: 'a' })).list).toEqual([
      { client: 'outside:bot1', user: 'weather', connInfo: '{"name":"Weather"}', roomInfo: '' },
    ]);
    for (const wrong of [
      { ...set, room: '' },
      { ...set, ttlSeconds: -1 },
      { ...set, ttlSeconds: 86_401 },
      { ...set, member: { id: '' } },
      { ...set, member: { id: 'b', info: 'Weather' } },
    ]) {
      expect(await push.setPresence(wrong)).toMatchObject({ ret: { code: 107 }, client: '' });
    }
    expect(await push.removePresence({ room: 'a', id: 'bot1' })).toEqual({ ret: DONE, found: true });
    expect(await push.removePresence({ room: 'a', id: 'bot1' })).toEqual({ ret: DONE, found: false });
  });

  test.each([
    ['no JSON', { data: 'hi' }, 107],
    ['a number that would change', { data: '9007199254740993' }, 107],
    ['a long message', { data: JSON.stringify('x'.repeat(70_000)) }, 106],
    ['a very long message', { data: JSON.stringify('x'.repeat(500_000)) }, 106],
    ['a long key', { options: { idempotencyKey: 'k'.repeat(256) } }, 107],
    ['long tags', { options: { tags: new Map([['a', 'x'.repeat(70_000)]]) } }, 106],
    ['a bad version', { options: { version: -1 } }, 107],
    ['no name', { room: '' }, 107],
  ])('refuse %s', async (_, given, code) => {
    const { push } = await start();
    const { ret } = await push.publish({ room: 'a', data: '1', options: {}, ...given });
    expect(ret).toMatchObject({ code, message: expect.stringMatching(/\w/) });
  });

  test('refuse a history that cannot be given', async () => {
    const { push } = await start(HISTORY);
    await push.publish({ room: 'a', data: '1', options: {} });
    const reverse = await push.history({ room: 'a', query: { sinceOffset: 0, reverse: true } });
    expect(reverse.ret).toMatchObject({ code: 107 });
    const other = await push.history({ room: 'a', query: { sinceOffset: 0, sinceEpoch: 'another' } });
    expect(other.ret).toMatchObject({ code: 112 });
  });
});

describe('connections', () => {
  test('are joined, told, put out, refreshed and closed', async () => {
    const { push, ...running } = await start(TOKENS);
    const client = await connectCentrifuge(running, { token: await signToken({ sub: 'ann' }) });
    const who = { user: 'ann' };
    const options = { data: '{"topic":"tea"}' };
    expect(await push.subscribe({ who, room: 'a', options })).toEqual({ ret: DONE, found: true });
    expect(await client.next()).toMatchObject({
      push: { channel: 'a', subscribe: { data: { topic: 'tea' } } },
    });
    expect(await push.send({ who, data: '[1]' })).toEqual({ ret: DONE, found: true });
    expect(await client.next()).toEqual({ push: { message: { data: [1] } } });
    const unsubscribe = { who, room: 'a', code: 0, reason: '' };
    expect(await push.unsubscribe(unsubscribe)).toEqual({ ret: DONE, found: true });
    const told = { code: 2000, reason: 'server unsubscribe' };
    expect(await client.next()).toEqual({ push: { channel: 'a', unsubscribe: told } });
    expect(await push.unsubscribe(unsubscribe)).toEqual({ ret: DONE, found: false });
    const changes = { expiresAt: LATER };
    expect(await push.refresh({ who, options: changes })).toEqual({ ret: DONE, found: true });
    expect(await client.next()).toMatchObject({ push: { refresh: { expires: true } } });
    const spare = { spared: [client.id] };
    expect(await push.disconnect({ who, options: spare })).toEqual({ ret: DONE, found: false });
    const close = { code: 4500, reason: 'over' };
    expect(await push.disconnect({ who: { client: client.id }, options: close })).toEqual({
      ret: DONE,
      found: true,
    });
    expect(await client.closed).toEqual(close);
  });

  test('have to fetch new tokens', async () => {
    const { push, ...running } = await start(TOKENS);
    const client = await connectCentrifuge(running, { token: await signToken({ sub: 'ann' }) });
    expect(await push.invalidate({ who: { user: 'ann' }, room: 'a' })).toEqual({ ret: DONE, found: false });
    expect(await push.invalidate({ who: { user: 'ann' }, room: '' })).toEqual({ ret: DONE, found: true });
    expect(await client.closed).toMatchObject({ code: 3014 });
  });

  test('are closed when their user or token is revoked', async () => {
    const { push, ...running } = await start(TOKENS);
    const client = await connectCentrifuge(running, { token: await signToken({ sub: 'ann' }) });
    expect(await push.revoke({ what: { user: 'ann', until: LATER } })).toEqual({ ret: DONE });
    expect(await client.closed).toMatchObject({ code: 3507 });
    expect(await push.revoke({ what: { token: 't1', until: LATER } })).toEqual({ ret: DONE });
    expect(await push.revocations({})).toEqual({
      ret: DONE,
      list: [
        { token: '', user: 'ann', issuedBefore: 0, until: LATER },
        { token: 't1', user: '', issuedBefore: 0, until: LATER },
      ],
    });
    expect(await push.unrevoke({ what: { user: 'ann' } })).toEqual({ ret: DONE, found: true });
    expect(await push.unrevoke({ what: { user: 'ann' } })).toEqual({ ret: DONE, found: false });
  });

  test('are left alone when a request cannot be understood', async () => {
    const { push } = await start();
    const who = { user: 'ann' };
    const answers = [
      await push.disconnect({ who: {}, options: {} }),
      await push.disconnect({ who, options: { code: 3999 } }),
      await push.unsubscribe({ who, room: 'a', code: 1, reason: '' }),
      await push.subscribe({ who, room: 'a', options: { info: 'no JSON' } }),
      await push.subscribe({ who, room: 'a', options: { expiresAt: 1 } }),
      await push.refresh({ who, options: {} }),
      await push.revoke({ what: {} }),
      await push.revoke({ what: { token: 'a', user: 'b' } }),
      await push.send({ who, data: 'no JSON' }),
    ];
    expect(answers.map(({ ret }) => ret.code)).toEqual(answers.map(() => 107));
  });
});

describe('a connection that sends what is no call', () => {
  test('is dropped and told of; the log has one line for all', async () => {
    const port = await pickPort();
    const { server, errors } = await startServer({ tars: { listen: `tcp -h 127.0.0.1 -p ${port}` } });
    const noted = keepEvents(server, 'problem.noted');
    for (let count = 0; count < 5; count += 1) {
      const socket = connectTcp(port, '127.0.0.1');
      socket.on('error', () => {});
      socket.write(Buffer.from('ffffffff', 'hex'));
      await once(socket, 'close');
    }
    expect(errors).toMatchObject([
      { error: { code: 'TARS_DECODE' }, where: 'a connection to Statecast.Push' },
    ]);
    expect(noted).toHaveLength(5);
    expect(noted[0]).toMatchObject({ kind: 'closed', address: '127.0.0.1', handler: 'Statecast.Push' });
  });

  test('may send long frames only when it has shown the secret', async () => {
    const secret = 'a secret of the test';
    const port = await pickPort();
    const { errors } = await startServer({ tars: { listen: `tcp -h 127.0.0.1 -p ${port}`, secret } });
    const socket = connectTcp(port, '127.0.0.1');
    socket.on('error', () => {});
    const head = Buffer.alloc(4);
    head.writeUInt32BE(2 * 1024 * 1024);
    socket.write(head);
    await once(socket, 'close');
    expect(errors).toMatchObject([{ error: { code: 'TARS_DECODE' } }]);
  });
});
