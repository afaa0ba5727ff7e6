/** Many sockets at the same time: nothing is lost, reordered or left open. The time is measured by the benchmarks. */

import { expect, test } from 'vitest';
import { keepEvents } from './support/event-watch.ts';
import { sendByRoom, type LineClient } from './support/line-client.ts';
import { startServer, type RunningServer } from './support/start-server.ts';

const MEMBERS = 1_000;
const MESSAGES = 20;
const IDLE = 2_000;
/** How many handshakes are under way at the same time: the backlog of a listening socket is short. */
const HANDSHAKES = 100;

test('a thousand members of a room receive every message, in one order', async () => {
  const running = await startServer();
  const members = await connectMany(running, MEMBERS);
  await Promise.all(members.map((member) => member.join('room1')));
  expect(await running.server.members('room1')).toHaveLength(MEMBERS);

  // Each message has another sender, so the server decides the order.
  for (let index = 0; index < MESSAGES; index += 1)
    members[index]?.send(sendByRoom('room1', `message ${index}`));
  const heard = await Promise.all(
    members.map(async (member, index) => {
      const frames = await member.take(index < MESSAGES ? MESSAGES + 1 : MESSAGES);
      return frames.filter((frame) => frame !== 'SendByRoom success!');
    }),
  );
  const order = heard.at(-1)!;
  expect([...order].sort()).toEqual(
    Array.from({ length: MESSAGES }, (_, index) => `message ${index}`).sort(),
  );
  expect(heard.filter((frames) => frames.join() !== order.join())).toEqual([]);
  const rest = await Promise.all(members.map((member) => member.settle()));
  expect(rest.flat()).toEqual([]);
});

test('two thousand idle sockets are counted, and closed with a code when the server ends', async () => {
  const running = await startServer();
  const clients = await connectMany(running, IDLE);
  expect(running.server.health().connections).toBe(IDLE);
  expect(JSON.parse((await running.request('/health')).body)).toMatchObject({
    status: 'ok',
    connections: IDLE,
  });
  const closed = keepEvents(running.server, 'connection.closed');
  await running.server.close();
  const ends = await Promise.all(clients.map((client) => client.closed));
  expect(ends.filter(({ code, reason }) => code !== 3001 || reason !== 'shutdown')).toEqual([]);
  expect(closed).toHaveLength(IDLE);
  expect(running.server.health().connections).toBe(0);
});

async function connectMany({ connect }: RunningServer, count: number): Promise<LineClient[]> {
  const clients: LineClient[] = [];
  while (clients.length < count) {
    const batch = Math.min(HANDSHAKES, count - clients.length);
    clients.push(...(await Promise.all(Array.from({ length: batch }, () => connect()))));
  }
  return clients;
}
