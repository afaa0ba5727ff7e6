/** Commands that a client sends behind a join, without waiting for its answer: the client is a member when they are done. */

import { expect, test } from 'vitest';
import { connectCentrifuge } from './support/centrifuge-client.ts';
import { createGate } from './support/gate.ts';
import { sendByRoom } from './support/line-client.ts';
import { startServer } from './support/start-server.ts';

/** A room that lets nobody in before the test says so. Only its members may do anything there. */
async function startSlowRoom() {
  const gate = createGate();
  const running = await startServer({
    rooms: { room1: { onJoin: () => gate.opened, history: { size: 10 } } },
  });
  return { running, letIn: gate.open };
}

test('on the line protocol, a message behind a join is a message of a member', async () => {
  const { running, letIn } = await startSlowRoom();
  const client = await running.connect();
  client.send('subscribe|room1');
  client.send(sendByRoom('room1', 'hello'));
  letIn();
  expect(await client.next()).toBe('Subscribe roomNum:room1 success!');
  expect(await client.next()).toBe('hello');
  expect(await client.next()).toBe('SendByRoom success!');
});

test('on the Centrifuge protocol, messages and questions behind a join are those of a member', async () => {
  const { running, letIn } = await startSlowRoom();
  const client = await connectCentrifuge(running);
  const channel = 'room1';
  const ids = client.send(
    { subscribe: { channel } },
    { publish: { channel, data: 'hello' } },
    { presence_stats: { channel } },
    { history: { channel, limit: 1 } },
  );
  letIn();
  const [joined, published, stats, history] = await Promise.all(ids.map((id) => client.reply(id)));
  expect(joined).toHaveProperty('subscribe');
  expect(published).toMatchObject({ publish: {} });
  expect(stats).toMatchObject({ presence_stats: { num_clients: 1 } });
  expect(history).toMatchObject({ history: { publications: [{ data: 'hello' }] } });
});
