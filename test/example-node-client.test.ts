/** The Node.js client of examples/, with real sockets. */

import { expect, onTestFinished, test } from 'vitest';
import { joinRoom } from '../examples/node-client.ts';
import { Inbox } from '../src/system/inbox-harness.ts';
import { sendByRoom } from './support/line-client.ts';
import { startServer } from './support/start-server.ts';

test('the client joins the room, gets what others say there, and says something itself', async () => {
  const { url, connect } = await startServer();
  const heard = new Inbox<unknown>();
  const { centrifuge, room } = await joinRoom(
    `${url.replace('http', 'ws')}connection/websocket`,
    'room1',
    ({ data }) => heard.push(data),
  );
  onTestFinished(() => centrifuge.disconnect());

  const other = await connect();
  other.send(sendByRoom('room1', 'hello'));
  expect(await heard.next()).toBe('hello');
  await room.publish({ text: 'hello from Node.js' });
  expect(await heard.next()).toEqual({ text: 'hello from Node.js' });
});
