/** Questions to a TARS servant, of the settings and of the library: that of examples/. */

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { describeHooks, serveHooks } from '../../examples/hooks-servant.ts';
import { HooksMethods } from '../../src/tars/servants/hooks.ts';
import { keepEvents } from '../support/event-watch.ts';
import { sendByRoom } from '../support/line-client.ts';
import { createSdkClient } from '../support/sdk-client.ts';
import { startProcess } from '../support/start-process.ts';
import { startServer } from '../support/start-server.ts';
import { makeTempDir } from '../support/temp-dir.ts';

const ASKED = { servant: 'authorizer' };
const HOOKS = {
  connect: { ...ASKED, headers: ['cookie'] },
  subscribe: ASKED,
  publish: ASKED,
  rpc: { ...ASKED, includeMeta: true },
};

async function startServant(): Promise<{ object: string }> {
  const served = await serveHooks('tcp -h 127.0.0.1 -p 0');
  onTestFinished(() => served.close());
  return describeHooks(served.address.port);
}

test('a servant of the settings without a file is asked who a client is and what it may do', async () => {
  const dir = await makeTempDir();
  const file = join(dir, 'settings.json');
  const tars = { servants: { authorizer: await startServant() } };
  await writeFile(file, JSON.stringify({ tars, hooks: HOOKS, dataDir: join(dir, 'data') }));
  const { connect } = await startProcess(['--config', file]);
  const anonymous = await connect();
  expect(await anonymous.ask('subscribe|team:red')).toBe('Error: log in first');
  const ann = await connect({ headers: { cookie: 'session=ann' } });
  // Only who has a user may join.
  await ann.join('team:red');
  ann.send(sendByRoom('team:red', 'spam'));
  expect(await ann.closed).toEqual({ code: 4500, reason: 'no spam' });
});

test('a servant of the library answers clients of the SDK, with data, tags and results', async () => {
  const { url } = await startServer({
    servants: { authorizer: { ...(await startServant()), methods: HooksMethods } },
    hooks: HOOKS,
  });
  const { centrifuge } = createSdkClient(url);
  const subscription = centrifuge.newSubscription('news');
  const joined = new Promise((resolve) => subscription.on('subscribed', ({ data }) => resolve(data)));
  const heard = new Promise((resolve) => subscription.on('publication', resolve));
  subscription.subscribe();
  expect(await joined).toEqual({ welcome: 'news' });
  await subscription.publish('hi');
  expect(await heard).toMatchObject({ data: 'hi', tags: { checked: 'yes' } });
  expect(await centrifuge.rpc('any', null)).toEqual({ data: { method: 'any', meta: '{"plan":"free"}' } });
});

test('a servant that is down is error 100, and is told', async () => {
  const served = await serveHooks('tcp -h 127.0.0.1 -p 0');
  const { object } = describeHooks(served.address.port);
  await served.close();
  const { connect, server } = await startServer({
    servants: { authorizer: { object, methods: HooksMethods } },
    hooks: { subscribe: { ...ASKED, timeoutSeconds: 5 } },
  });
  const failed = keepEvents(server, 'question.failed');
  const client = await connect();
  expect(await client.ask('subscribe|room1')).toBe(
    'Error: the join could not be decided on, try again later',
  );
  expect(failed).toMatchObject([{ question: 'subscribe', backend: 'authorizer', room: 'room1' }]);
});
