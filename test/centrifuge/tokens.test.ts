import { describe, expect, test } from 'vitest';
import {
  forgeToken,
  makeEcKeys,
  makeEdKeys,
  makeRsaKeys,
  SECRET,
  signToken,
} from '../../src/auth/token-harness.ts';
import type { ServerOptions } from '../../src/index.ts';
import { connectCentrifuge, openCentrifuge } from '../support/centrifuge-client.ts';
import { startServer } from '../support/start-server.ts';

const AUTH: ServerOptions = { auth: { hmacSecret: SECRET } };
const INVALID = { code: 3500, reason: 'invalid token' };

const secondsFromNow = (seconds: number): number => Math.floor(Date.now() / 1000) + seconds;

describe('a connection token', () => {
  test('says who the user is, and when it is to be refreshed', async () => {
    const running = await startServer(AUTH);
    const token = await signToken({ sub: 'ann', exp: secondsFromNow(600), info: { name: 'Ann' } });
    const client = await openCentrifuge(running);
    const connected = await client.connect({ token });
    expect(connected).toMatchObject({ expires: true });
    expect(connected['ttl']).toBeGreaterThan(590);
    expect(connected['ttl']).toBeLessThanOrEqual(600);
    await client.subscribe('a');
    await client.publish('a', 1);
    expect(await client.push('pub', 'a')).toMatchObject({
      info: { user: 'ann', conn_info: { name: 'Ann' } },
    });
  });

  test('without an end has no expiry, also with expire_at 0', async () => {
    const running = await startServer(AUTH);
    for (const claims of [{ sub: 'ann' }, { sub: 'ann', exp: secondsFromNow(600), expire_at: 0 }]) {
      const client = await openCentrifuge(running);
      expect(await client.connect({ token: await signToken(claims) })).not.toHaveProperty('expires');
    }
  });

  test('without a user is anonymous', async () => {
    const running = await startServer(AUTH);
    const client = await connectCentrifuge(running, { token: await signToken({ sub: '' }) });
    await client.subscribe('a');
    expect(await client.ask({ presence: { channel: 'a' } })).toMatchObject({
      presence: { presence: { [client.id]: { user: '', client: client.id } } },
    });
  });

  test('that has expired is error 109 on a socket that stays open', async () => {
    const client = await openCentrifuge(await startServer(AUTH));
    const token = await signToken({ sub: 'ann', exp: secondsFromNow(-10) });
    expect(await client.ask({ connect: { token } })).toEqual({
      id: 1,
      error: { code: 109, message: 'token expired' },
    });
    expect(client.isOpen).toBe(true);
  });

  test.each([
    ['is no token', () => 'no token'],
    ['has another secret', () => signToken({ sub: 'ann' }, 'another secret that is long enough too')],
    ['has no signature', () => forgeToken({ alg: 'none' }, { sub: 'ann' })],
    ['is one of a subscription', () => signToken({ sub: 'ann', channel: 'a' })],
  ])('that %s closes the socket with 3500', async (_, make) => {
    const client = await openCentrifuge(await startServer(AUTH));
    client.send({ connect: { token: await make() } }, { subscribe: { channel: 'a' } });
    expect(await client.closed).toEqual(INVALID);
    expect(client.messages).toEqual([]);
  });

  test('signed with a public key’s text as a secret closes with 3500', async () => {
    const { pem } = makeRsaKeys();
    const client = await openCentrifuge(await startServer({ auth: { publicKey: pem } }));
    client.send({ connect: { token: await signToken({ sub: 'ann' }, pem) } });
    expect(await client.closed).toEqual(INVALID);
  });

  test.each([
    ['RS256', () => makeRsaKeys()],
    ['ES256', () => makeEcKeys()],
    ['EdDSA', () => makeEdKeys()],
  ])('signed with %s is taken by its public key', async (alg, make) => {
    const { pem, privateKey } = make();
    const running = await startServer({ auth: { publicKey: pem } });
    const client = await openCentrifuge(running);
    const token = await signToken({ sub: 'ann' }, privateKey, { alg });
    await expect(client.connect({ token })).resolves.toHaveProperty('client');
  });

  test('signed with the previous secret is taken', async () => {
    const running = await startServer({
      auth: { hmacSecret: 'a new secret that is long enough for all', hmacPreviousSecret: SECRET },
    });
    const client = await openCentrifuge(running);
    const token = await signToken({ sub: 'ann' });
    await expect(client.connect({ token })).resolves.toHaveProperty('client');
  });

  test('brings server-side subscriptions: channels and subs', async () => {
    const running = await startServer(AUTH);
    const client = await openCentrifuge(running);
    const token = await signToken({
      sub: 'ann',
      channels: ['news'],
      subs: { team: { info: { role: 'lead' }, data: { hello: 1 } } },
    });
    const { client: id, subs } = await client.connect({ token });
    expect(subs).toEqual({ news: {}, team: { data: { hello: 1 } } });
    expect(await client.ask({ presence: { channel: 'team' } })).toMatchObject({
      presence: { presence: { [id]: { user: 'ann', chan_info: { role: 'lead' } } } },
    });
  });
});

describe('refresh', () => {
  async function startConnected(claims: object = { sub: 'ann', exp: secondsFromNow(60) }) {
    const running = await startServer(AUTH);
    return connectCentrifuge(running, { token: await signToken(claims) });
  }

  test('takes a new token, and tells when the next one is due', async () => {
    const client = await startConnected();
    const token = await signToken({ sub: 'ann', exp: secondsFromNow(600) });
    const { refresh } = await client.ask({ refresh: { token } });
    expect(refresh).toEqual({ expires: true, ttl: expect.any(Number) });
    expect(refresh.ttl).toBeGreaterThan(590);
    expect(await client.ask({ refresh: { token: await signToken({ sub: 'ann' }) } })).toEqual({
      id: 3,
      refresh: {},
    });
  });

  test('with an expired token closes with 3005', async () => {
    const client = await startConnected();
    client.send({ refresh: { token: await signToken({ sub: 'ann', exp: secondsFromNow(-5) }) } });
    expect(await client.closed).toEqual({ code: 3005, reason: 'connection expired' });
  });

  test.each([
    ['an invalid token', () => signToken({ sub: 'ann' }, 'another secret that is long enough too')],
    ['the token of another user', () => signToken({ sub: 'bo' })],
    ['the token of nobody', () => signToken({ sub: '' })],
    ['a subscription token', () => signToken({ sub: 'ann', channel: 'a' })],
  ])('with %s closes with 3500', async (_, make) => {
    const client = await startConnected();
    client.send({ refresh: { token: await make() } });
    expect(await client.closed).toEqual(INVALID);
  });

  test('where no token can be checked is error 108', async () => {
    const client = await connectCentrifuge(await startServer());
    expect(await client.ask({ refresh: { token: 't' } })).toMatchObject({ error: { code: 108 } });
  });

  test('in a flood is error 111, and costs the server nothing more', async () => {
    const client = await startConnected();
    const token = await signToken({ sub: 'ann' });
    const ids = client.send(...Array.from({ length: 100 }, () => ({ refresh: { token } })));
    const replies = await Promise.all(ids.map((id) => client.reply(id)));
    expect(replies.filter(({ error }) => error?.code === 111).length).toBeGreaterThan(0);
    expect(replies.filter(({ refresh }) => refresh !== undefined).length).toBeGreaterThan(0);
  });
});

describe('a subscription token', () => {
  const ROOMS: ServerOptions = { ...AUTH, rooms: { 'private:*': { may: { join: 'token' } } } };

  async function startAnn() {
    const running = await startServer(ROOMS);
    return connectCentrifuge(running, { token: await signToken({ sub: 'ann' }) });
  }
  const tokenFor = (channel: string, more: object = {}) => signToken({ sub: 'ann', channel, ...more });

  test('opens a room that only tokens open', async () => {
    const client = await startAnn();
    expect(await client.ask({ subscribe: { channel: 'private:1' } })).toMatchObject({ error: { code: 103 } });
    const result = await client.subscribe('private:1', {
      token: await tokenFor('private:1', { exp: secondsFromNow(600) }),
    });
    expect(result).toEqual({ expires: true, ttl: expect.any(Number) });
  });

  test('of an anonymous client names no user', async () => {
    const running = await startServer(ROOMS);
    const client = await connectCentrifuge(running);
    const token = await signToken({ channel: 'private:1' });
    expect(await client.subscribe('private:1', { token })).toEqual({});
  });

  test('that has expired is error 109, and a new one is taken', async () => {
    const client = await startAnn();
    const token = await tokenFor('private:1', { exp: secondsFromNow(-5) });
    expect(await client.ask({ subscribe: { channel: 'private:1', token } })).toMatchObject({
      error: { code: 109 },
    });
    await client.subscribe('private:1', { token: await tokenFor('private:1') });
  });

  test.each([
    ['no token', () => 'no token'],
    [
      'signed with another secret',
      () => signToken({ sub: 'ann', channel: 'private:1' }, 'another secret that is long enough too'),
    ],
  ])('that is %s is error 103', async (_, make) => {
    const client = await startAnn();
    expect(await client.ask({ subscribe: { channel: 'private:1', token: await make() } })).toMatchObject({
      error: { code: 103 },
    });
    expect(client.isOpen).toBe(true);
  });

  test.each([
    ['another room', { sub: 'ann', channel: 'private:2' }],
    ['another user', { sub: 'bo', channel: 'private:1' }],
    ['another client', { sub: 'ann', channel: 'private:1', client: 'other' }],
  ])('for %s closes with 3500', async (_, claims) => {
    const client = await startAnn();
    client.send({ subscribe: { channel: 'private:1', token: await signToken(claims) } });
    expect(await client.closed).toEqual(INVALID);
  });

  describe('that is refreshed', () => {
    async function startMember() {
      const client = await startAnn();
      await client.subscribe('private:1', {
        token: await tokenFor('private:1', { exp: secondsFromNow(60) }),
      });
      return client;
    }

    test('tells when the next one is due', async () => {
      const client = await startMember();
      const token = await tokenFor('private:1', { exp: secondsFromNow(600) });
      expect(await client.ask({ sub_refresh: { channel: 'private:1', token } })).toEqual({
        id: 3,
        sub_refresh: { expires: true, ttl: expect.any(Number) },
      });
      expect(
        await client.ask({ sub_refresh: { channel: 'private:1', token: await tokenFor('private:1') } }),
      ).toEqual({ id: 4, sub_refresh: {} });
    });

    test('outside of the room is error 103', async () => {
      const client = await startAnn();
      const token = await tokenFor('private:1');
      expect(await client.ask({ sub_refresh: { channel: 'private:1', token } })).toMatchObject({
        error: { code: 103 },
      });
    });

    test('with an empty token is error 107', async () => {
      const client = await startMember();
      expect(await client.ask({ sub_refresh: { channel: 'private:1', token: '' } })).toMatchObject({
        error: { code: 107 },
      });
    });

    test('with an expired token is error 110', async () => {
      const client = await startMember();
      const token = await tokenFor('private:1', { exp: secondsFromNow(-5) });
      expect(await client.ask({ sub_refresh: { channel: 'private:1', token } })).toEqual({
        id: 3,
        error: { code: 110, message: 'expired' },
      });
    });

    test.each([
      ['another room', { sub: 'ann', channel: 'private:2' }],
      ['another user', { sub: 'bo', channel: 'private:1' }],
    ])('with a token for %s closes with 3500', async (_, claims) => {
      const client = await startMember();
      client.send({ sub_refresh: { channel: 'private:1', token: await signToken(claims) } });
      expect(await client.closed).toEqual(INVALID);
    });
  });
});
