/** The sample of the README, as it is printed there: it does what it says, over both protocols. */

import { readFileSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import * as statecast from '../src/index.ts';
import { sendByRoom } from './support/line-client.ts';
import { createSdkClient } from './support/sdk-client.ts';
import { reach } from './support/start-server.ts';

const README = readFileSync(new URL('../README.md', import.meta.url), 'utf8');

/** Runs the first sample in JavaScript, on a free port, and returns its `server`. */
async function runSample() {
  const [, sample = ''] = /```js\n([\s\S]*?)```/.exec(README) ?? [];
  const body = sample.replace(/import (\{.*?\}) from 'statecast';/, 'const $1 = statecast;');
  const onFreePort = {
    ...statecast,
    createServer: (options: statecast.ServerOptions) => statecast.createServer({ ...options, port: 0 }),
  };
  // eslint-disable-next-line typescript/no-implied-eval -- the sample is ours
  const run = new Function('statecast', `return (async () => {${body}; return server; })()`) as (
    library: typeof onFreePort,
  ) => Promise<statecast.StatecastServer>;
  const server = await run(onFreePort);
  onTestFinished(() => server.close());
  const { port } = await server.listen();
  return reach(`http://127.0.0.1:${port}/`);
}

test('who is let in speaks and hears, and spam is refused', async () => {
  const { connect } = await runSample();
  const ada = await connect({ path: '/?user=ada' });
  ada.send('subscribe|room1');
  expect(await ada.next()).toBe('Subscribe roomNum:room1 success!');
  expect(await ada.next()).toBe('somebody came in');
  ada.send(sendByRoom('room1', 'hello'));
  expect(await ada.next()).toBe('hello');
  expect(await ada.next()).toBe('SendByRoom success!');
  ada.send(sendByRoom('room1', 'spam'));
  expect(await ada.next()).toBe('Error: no spam here');
});

test('who is refused neither reads nor speaks, on the line protocol', async () => {
  const { connect } = await runSample();
  const ada = await connect({ path: '/?user=ada' });
  ada.send('subscribe|room1');
  await ada.next();
  const mallory = await connect({ path: '/?user=mallory' });
  mallory.send('subscribe|room1');
  expect(await mallory.next()).toBe('Error: not you');
  mallory.send(sendByRoom('room1', 'let me in'));
  expect(await mallory.next()).toBe('Error: you may not publish in room1');
  ada.send(sendByRoom('room1', 'not for mallory'));
  mallory.send('ping');
  expect(await mallory.next()).toBe('pong');
  expect(await ada.next()).toBe('somebody came in');
  expect(await ada.next()).toBe('not for mallory');
});

test('who is refused neither reads nor speaks, on the Centrifuge protocol', async () => {
  const { url, connect } = await runSample();
  const ada = await connect({ path: '/?user=ada' });
  ada.send('subscribe|room1');
  await ada.next();
  const { centrifuge } = createSdkClient(url, {}, '?user=mallory');
  const room = centrifuge.newSubscription('room1');
  const heard: unknown[] = [];
  room.on('publication', ({ data }) => heard.push(data));
  const refused = new Promise((resolve) => room.once('unsubscribed', resolve));
  room.subscribe();
  expect(await refused).toMatchObject({ code: 103, reason: 'not you' });
  await expect(centrifuge.publish('room1', 'let me in')).rejects.toMatchObject({ code: 103 });
  await expect(centrifuge.presence('room1')).rejects.toMatchObject({ code: 103 });
  ada.send(sendByRoom('room1', 'not for mallory'));
  expect(await ada.next()).toBe('somebody came in');
  expect(await ada.next()).toBe('not for mallory');
  await expect(centrifuge.publish('room1', 'again')).rejects.toMatchObject({ code: 103 });
  expect(heard).toEqual([]);
});
