/** Questions to a TARS servant in Python, which has nothing of Statecast: a witness of the wire format. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Subscription } from 'centrifuge';
import { expect, onTestFinished, test } from 'vitest';
import { HooksMethods } from '../../src/tars/servants/hooks.ts';
import { skipsWithout } from '../support/program.ts';
import { createSdkClient } from '../support/sdk-client.ts';
import { startServer } from '../support/start-server.ts';

const SCRIPT = fileURLToPath(new URL('../../examples/hooks_servant.py', import.meta.url));

async function startServant(): Promise<{ object: string }> {
  const child = spawn('python3', [SCRIPT], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(async () => {
    const ended = once(child, 'close');
    child.kill();
    await ended;
  });
  const [port] = (await once(child.stdout, 'data')) as [Buffer];
  return { object: `Shop.Auth.HooksObj@tcp -h 127.0.0.1 -p ${port.toString().trim()}` };
}

const subscribed = (subscription: Subscription): Promise<unknown> =>
  new Promise((resolve) => {
    subscription.on('subscribed', ({ data }) => resolve(data));
    subscription.on('error', ({ error }) => resolve(error));
    subscription.subscribe();
  });

const TITLE = 'a servant in Python says who a client is, and what it may do';

test.skipIf(skipsWithout(['python3'], TITLE))(TITLE, async () => {
  const asked = { servant: 'auth', timeoutSeconds: 20 };
  const { url, connect, server } = await startServer({
    servants: { auth: { ...(await startServant()), methods: HooksMethods } },
    hooks: {
      connect: { ...asked, claimedHeaders: ['X-User'], headers: ['x-user'] },
      subscribe: asked,
      publish: asked,
      rpc: asked,
    },
  });
  const named = createSdkClient(url, { headers: { 'X-User': 'root' } });
  const rooms: unknown[] = [];
  named.centrifuge.on('subscribed', ({ channel, data }) => rooms.push([channel, data]));
  // Only a header of the handshake says who it is; what a client claims is apart.
  expect(await subscribed(named.centrifuge.newSubscription('one'))).toMatchObject({ room: 'one', user: '' });
  expect(rooms).toEqual(
    expect.arrayContaining([
      ['news', undefined],
      ['inbox', { for: '' }],
    ]),
  );

  const { centrifuge } = named;
  const lobby = centrifuge.newSubscription('lobby é');
  expect(await subscribed(lobby)).toEqual({ room: 'lobby é', user: '', long: 'é'.repeat(300) });
  const heard = new Promise((resolve) => lobby.on('publication', resolve));
  await lobby.publish({ text: 'hi' });
  expect(await heard).toMatchObject({ data: [{ text: 'hi' }], tags: { by: 'python' } });
  const full = await subscribed(centrifuge.newSubscription('full'));
  expect(full).toEqual({ code: 470, message: 'no seat', temporary: true });
  // The servant has no such function.
  await expect(centrifuge.rpc('any', 1)).rejects.toMatchObject({ code: 100 });
  const ada = await connect({ headers: { 'x-user': 'ada' } });
  expect(await ada.take(2)).toEqual(['news', 'inbox'].map((room) => `Subscribe roomNum:${room} success!`));
  expect((await server.members('inbox')).map(({ user }) => user)).toContain('ada');
  const gone = new Promise((resolve) => centrifuge.on('disconnected', resolve));
  centrifuge.newSubscription('closed').subscribe();
  expect(await gone).toMatchObject({ code: 4501, reason: 'leave' });
});
