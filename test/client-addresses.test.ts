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
