/** The floor is a fair comparison: it does the same work as the server and gives the same answers. */

import { once } from 'node:events';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { createServer } from '../src/index.ts';
import { floor, type RunningServer } from './contender.ts';

const server = createServer({ port: 0 });
let ours = 0;
let running: RunningServer;
beforeAll(async () => {
  ({ port: ours } = await server.listen());
  running = await floor.start();
});
afterAll(async () => {
  await running.stop();
  await server.close();
});

/** Sends frames on a connection and returns all frames received until the answer to a final ping. */
async function converse(port: number, frames: readonly string[]): Promise<string[]> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/`);
  const heard: string[] = [];
  const done = new Promise<void>((resolve) => {
    socket.on('message', (data) => {
      const frame = (data as Buffer).toString();
      if (frame === 'pong') resolve();
      else heard.push(frame);
    });
  });
  await once(socket, 'open');
  for (const frame of [...frames, 'ping']) socket.send(frame);
  await done;
  socket.terminate();
  return heard;
}

const say = (message: unknown, roomNum: unknown = 'room1'): string =>
  `sendByRoom|${JSON.stringify({ roomNum, message })}`;

test.each([
  ['joins and leaves', ['subscribe|a|b', 'subscribe|a|b', 'unsubscribe|a|b', 'unsubscribe|a|b']],
  ['a message to a room, its own copy first', ['subscribe|room1', say('hi'), say('{"é": "漢"}')]],
  ['a message from outside of the room', ['subscribe|room2', say('hi')]],
  ['a room whose name is a number', ['subscribe|1', say('hi', 1)]],
  ['a message after the leave', ['subscribe|room1', 'unsubscribe|room1', say('hi')]],
  ['a broadcast', [`broadcast|${JSON.stringify({ message: 'to all' })}`]],
  ['what is no command', ['hello', 'a|b', '']],
])('the answers are the same: %s', async (_, frames) => {
  const answers = await converse(ours, frames);
  expect(answers.length).toBeGreaterThan(0);
  expect(await converse(running.target.port, frames)).toEqual(answers);
});

test.each([
  ['no JSON', 'sendByRoom|{'],
  ['JSON that is no object', 'broadcast|1'],
  ['no message', 'sendByRoom|{"roomNum":"room1"}'],
  ['no room', say('hi', '')],
  ['a room name that is too long', say('hi', 'x'.repeat(256))],
  ['a message that is too long', say('x'.repeat(65_537))],
  ['a join of a room without a name', 'subscribe|'],
])('both refuse, and go on: %s', async (_, frame) => {
  for (const port of [ours, running.target.port])
    expect(await converse(port, [frame])).toEqual([expect.stringMatching(/^Error: /)]);
});

test('both take a push', async () => {
  const query = new URLSearchParams({ roomNum: 'room1', message: 'a & b' }).toString();
  for (const port of [ours, running.target.port]) {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/`);
    await once(socket, 'open');
    socket.send('subscribe|room1');
    await once(socket, 'message');
    const heard = once(socket, 'message');
    const response = await fetch(`http://127.0.0.1:${port}/Index/pushByRoom?${query}`);
    expect([response.status, await response.text()]).toEqual([200, 'pushBy room success']);
    expect(String((await heard)[0])).toBe('a & b');
    socket.terminate();
  }
});
