/** The token backend of examples/ on `node:http`, which calls the handler as Express does, with a server and the SDK. */

import { type Centrifuge, UnauthorizedError } from 'centrifuge';
import { describe, expect, test } from 'vitest';
import { createSdkClient } from './support/sdk-client.ts';
import { startServer } from './support/start-server.ts';
import { startBackend } from './support/token-backend.ts';

const SECRET = 'a secret of the tests that is long enough';

/** What a page does: it asks the backend that has served it. */
async function getToken(backend: string, query: string): Promise<string> {
  const response = await fetch(`${backend}/token${query}`);
  if (response.status === 403) throw new UnauthorizedError('403');
  return response.text();
}

function state(centrifuge: Centrifuge, name: 'connected' | 'disconnected'): Promise<{ code?: number }> {
  return new Promise((resolve) => centrifuge.once(name, resolve));
}

describe('the backend', () => {
  test('gives a user a token that the server believes, with what others see of the user', async () => {
    const backend = await startBackend(SECRET);
    const { url, server } = await startServer({ auth: { hmacSecret: SECRET, anonymous: false } });
    const { centrifuge } = createSdkClient(url, { getToken: () => getToken(backend, '?user=ada') });
    const room = centrifuge.newSubscription('room1');
    room.subscribe();
    await room.ready();
    const { clients } = await room.presence();
    expect(Object.values(clients)).toMatchObject([{ user: 'ada', connInfo: { name: 'ada' } }]);
    expect(await server.members('room1')).toMatchObject([{ user: 'ada' }]);
  });

  test('gives no token to somebody it does not know, and the client gives up', async () => {
    const backend = await startBackend(SECRET);
    const { url } = await startServer({ auth: { hmacSecret: SECRET, anonymous: false } });
    const { centrifuge } = createSdkClient(url, { getToken: () => getToken(backend, '') });
    expect(await state(centrifuge, 'disconnected')).toMatchObject({ code: 1 });
  });

  test('with another secret gives tokens that the server refuses for good', async () => {
    const backend = await startBackend('another secret of the tests, long enough');
    const { url } = await startServer({ auth: { hmacSecret: SECRET } });
    const { centrifuge } = createSdkClient(url, { getToken: () => getToken(backend, '?user=ada') });
    expect(await state(centrifuge, 'disconnected')).toMatchObject({ code: 3500 });
  });
});
