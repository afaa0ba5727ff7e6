/** Which headers a backend gets of a client: no client can break its own question, or pretend to be the handshake. */

import { expect, test } from 'vitest';
import { startHookBackend } from '../support/hook-backend.ts';
import { createSdkClient } from '../support/sdk-client.ts';
import { startServer } from '../support/start-server.ts';

async function startAsked(more: object) {
  const backend = await startHookBackend(() => ({ result: {} }));
  const started = await startServer({ hooks: { connect: { url: `${backend.url}/connect`, ...more } } });
  return { backend, ...started };
}

test('a header of the handshake arrives with the bytes that the client sent', async () => {
  const { backend, connect } = await startAsked({ headers: ['cookie'] });
  const bytes = Buffer.from('name=Zoë €1').toString('latin1');
  const client = await connect({ headers: { cookie: bytes } });
  expect(await client.ask('ping')).toBe('pong');
  expect(backend.asked.map(({ headers }) => headers.cookie)).toEqual([bytes]);
});

test('a claimed header arrives under a name of its own, unless it has a line break or is too long', async () => {
  const { backend, url } = await startAsked({
    headers: ['x-user'],
    claimedHeaders: ['X-User', 'a', 'b', 'c', '__proto__'],
  });
  const headers = {
    'x-USER': 'root €',
    a: 'x\r\nX-User: root',
    b: 'x'.repeat(5_000),
    C: '',
    other: 'x',
    authorization: 'x',
  };
  const { centrifuge } = createSdkClient(url, { headers });
  await new Promise((resolve) => centrifuge.on('connected', resolve));
  const [asked] = backend.asked;
  const ofClient = Object.entries(asked?.headers ?? {}).filter(([name]) => /user|claimed|auth/.test(name));
  expect(ofClient).toEqual([
    ['x-claimed-x-user', Buffer.from('root €').toString('latin1')],
    ['x-claimed-c', ''],
  ]);
});

test('the own headers of the settings win over those of a client', async () => {
  const { backend, connect } = await startAsked({
    headers: ['x-shop'],
    setHeaders: { 'X-Shop': 'mine', 'X-Note': 'größer' },
  });
  const client = await connect({ headers: { 'x-shop': 'theirs' } });
  expect(await client.ask('ping')).toBe('pong');
  expect(backend.asked[0]?.headers).toMatchObject({
    'x-shop': 'mine',
    'x-note': Buffer.from('größer').toString('latin1'),
  });
});

test.each(['Accept-Encoding', 'content-length', 'Transfer-Encoding', 'Host', 'a b'])(
  'the header %s cannot be passed on',
  async (name) => {
    const url = 'http://127.0.0.1:1/';
    await expect(startServer({ hooks: { connect: { url, headers: [name] } } })).rejects.toThrow(/headers/);
  },
);
