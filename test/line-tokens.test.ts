/** Tokens on the line protocol, which has no command for them: they come with the handshake. */

import { SignJWT } from 'jose';
import { describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import type { ConnectOptions } from './support/open-socket.ts';
import { startServer } from './support/start-server.ts';

const SECRET = 'a secret of the tests that is long enough';

function sign(user: string, expires = '10m'): Promise<string> {
  const claims = new SignJWT({}).setSubject(user).setExpirationTime(expires);
  return claims.setProtectedHeader({ alg: 'HS256' }).sign(new TextEncoder().encode(SECRET));
}

const startClosed = () => startServer({ auth: { hmacSecret: SECRET, anonymous: false } });

describe('the token of a client of the line protocol', () => {
  test.each<[string, (token: string) => ConnectOptions]>([
    ['in the query', (token) => ({ path: `/?token=${token}` })],
    ['in a header', (token) => ({ headers: { authorization: `Bearer ${token}` } })],
    ['in a cookie', (token) => ({ headers: { cookie: `theme=dark; statecast_token=${token}` } })],
    ['in a sub-protocol', (token) => ({ protocols: ['statecast', `token.${token}`] })],
    ['beside `format=json`', (token) => ({ path: `/?format=json&token=${token}` })],
  ])('may be %s', async (_, place) => {
    const { connect, server } = await startClosed();
    const client = await connect(place(await sign('ada')));
    expect(await client.ask('subscribe|room1')).toBe('Subscribe roomNum:room1 success!');
    expect(await server.members('room1')).toMatchObject([{ user: 'ada' }]);
  });

  test('is not repeated by the server: of the sub-protocols it names `statecast`', async () => {
    const { port } = await startClosed();
    const socket = new WebSocket(`ws://127.0.0.1:${port}/`, ['statecast', `token.${await sign('ada')}`]);
    await new Promise((resolve) => socket.once('open', resolve));
    expect(socket.protocol).toBe('statecast');
    socket.terminate();
  });

  test.each([
    ['is missing', async () => '/', 'invalid token'],
    ['is no token', async () => '/?token=x', 'invalid token'],
    ['has expired', async () => `/?token=${await sign('ada', '-1m')}`, 'token expired'],
  ])('closes the socket with 3500 if it %s', async (_, path, reason) => {
    const { connect } = await startClosed();
    const client = await connect({ path: await path() });
    expect(await client.closed).toEqual({ code: 3500, reason });
  });
});
