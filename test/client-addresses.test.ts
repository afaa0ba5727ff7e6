/** The addresses of clients: where they are told, behind proxies too. */

import { describe, expect, test } from 'vitest';
import { nextEvent } from './support/event-watch.ts';
import { startServer } from './support/start-server.ts';
import { TRANSPORTS } from './support/transports.ts';

/** As a proxy on this machine sends it, for a client that has written an address itself. */
const FORWARDED = { headers: { 'x-forwarded-for': '198.51.100.9, 192.0.2.1' } };

describe.each(TRANSPORTS)('the address of a client behind a proxy, on %s', (transport) => {
  test('is told as the trusted proxy tells it, for sockets and requests', async () => {
    const asked: string[] = [];
    const { server, connect, request } = await startServer({
      transport,
      trustedProxies: ['loopback'],
      authenticate: ({ address }) => void asked.push(address),
      http: { apiKey: 'the key of the test' },
      routes: { 'GET /mine': ({ remoteAddress }) => ({ address: remoteAddress }) },
    });
    const opened = nextEvent(server, 'connection.opened');
    await connect(FORWARDED);
    expect(await opened).toMatchObject({ remoteAddress: '192.0.2.1' });
    expect(asked).toEqual(['192.0.2.1']);
    expect(JSON.parse((await request('/mine', FORWARDED)).body)).toEqual({ address: '192.0.2.1' });
    const refused = nextEvent(server, 'access.refused');
    const headers = { ...FORWARDED.headers, 'x-api-key': 'another key' };
    expect((await request('/Index/pushAll?message=hi', { headers })).status).toBe(401);
    expect(await refused).toMatchObject({ remoteAddress: '192.0.2.1' });
  });

  test('is that of the proxy, where it is not trusted', async () => {
    const { server, connect } = await startServer({ transport, trustedProxies: ['private'] });
    const opened = nextEvent(server, 'connection.opened');
    await connect(FORWARDED);
    expect(await opened).toMatchObject({ remoteAddress: '127.0.0.1' });
  });
});

test('a trusted proxy that is no address is told when the server is made', async () => {
  await expect(startServer({ trustedProxies: ['proxy.example.com'] })).rejects.toThrow(
    /trustedProxies\[0\].*an IP address, a network such as/s,
  );
});

/** How a proxy on this machine tells the address of a client. */
const from = (address: string) => ({ headers: { 'x-forwarded-for': address } });

describe.each(TRANSPORTS)('the limits of an address, on %s', (transport) => {
  test('refuse one connection too many with 429, and take one again when another has ended', async () => {
    const { server, connect } = await startServer({
      transport,
      trustedProxies: ['loopback'],
      limits: { connectionsPerAddress: 1 },
    });
    const first = await connect(from('192.0.2.1'));
    const noted = nextEvent(server, 'problem.noted');
    await expect(connect(from('192.0.2.1'))).rejects.toMatchObject({ status: 429 });
    expect(await noted).toEqual({
      kind: 'refused',
      reason: 'this address has 1 connections already',
      event: 'handshake',
      code: 429,
      address: '192.0.2.1',
      limit: { name: 'limits.connectionsPerAddress', value: 1, actual: 2 },
    });
    await connect(from('192.0.2.2'));
    const closed = nextEvent(server, 'connection.closed');
    first.close();
    await closed;
    await connect(from('192.0.2.1'));
  });

  test('refuse handshakes that come too often, and say when to try again', async () => {
    const { connect, request } = await startServer({ transport, limits: { handshakesPerSecond: 0.2 } });
    const client = await connect();
    await expect(connect()).rejects.toMatchObject({ status: 429 });
    const stream = await request('/connection/http_stream', { method: 'POST', body: '{"connect":{}}' });
    expect(stream.status).toBe(429);
    expect(stream.headers['retry-after']).toBe('5');
    expect(await client.ask('ping')).toBe('pong');
  });
});

test('a user with as many connections as it may have is told so with 3504', async () => {
  const { connect } = await startServer({
    limits: { connectionsPerUser: 1 },
    line: { userParameter: true },
  });
  const first = await connect({ path: '/?user=ada' });
  const second = await connect({ path: '/?user=ada' });
  expect(await second.closed).toEqual({ code: 3504, reason: 'connection limit' });
  expect(await first.ask('ping')).toBe('pong');
});
