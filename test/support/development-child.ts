/**
 * A child process of development-build.test.ts: it loads the development build of XState, and does what makes rooms,
 * memberships and connections start and end while something is under way.
 */

import { EventEmitter, once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { createServer } from '../../src/index.ts';
import { connectLineClient, sendByRoom } from './line-client.ts';

/** Longer than a round trip on loopback: clients are gone before the handlers answer. */
const HANDLER_MS = 30;

/** Tells when a handler has begun. */
const begun = new EventEmitter();

const server = createServer({
  port: 0,
  lingerSeconds: 0,
  limits: { handlerSeconds: 0.2 },
  rooms: {
    'judged*': {
      async onJoin() {
        await sleep(HANDLER_MS);
      },
      async onMessage() {
        begun.emit('onMessage');
        await sleep(HANDLER_MS);
      },
      async onLeave() {
        await sleep(HANDLER_MS);
      },
    },
  },
});
const { port } = await server.listen();
const url = `http://127.0.0.1:${port}/`;

for (const room of ['plain', 'judged1']) {
  const stayer = await connectLineClient(url);
  await stayer.join(room);
  stayer.send(sendByRoom(room, 'one'), sendByRoom(room, 'two'), `unsubscribe|${room}`, `subscribe|${room}`);
  await stayer.settle();
  const [joining, speaking, leaving, kicked] = await Promise.all(
    Array.from({ length: 4 }, () => connectLineClient(url)),
  );
  if (!joining || !speaking || !leaving || !kicked) throw new Error('a client is missing');
  joining.send(`subscribe|${room}`);
  joining.terminate();
  await Promise.all([speaking.join(room), leaving.join(room), kicked.join(room)]);
  speaking.send(sendByRoom(room, 'three'), sendByRoom(room, 'four'));
  leaving.send(`unsubscribe|${room}`, 'ping');
  const members = await server.members(room);
  for (const { id } of members) await server.kick(room, id, 'enough');
  await stayer.settle();
  speaking.terminate();
  leaving.terminate();
  await server.closeRoom(room, 'enough');
  await Promise.all([joining.closed, speaking.closed, leaving.closed]);
  await sleep(2 * HANDLER_MS);
  kicked.send(`subscribe|${room}`);
}

// The handler answers when the client is gone.
const hasty = await connectLineClient(url);
await hasty.join('judged2');
const heard = once(begun, 'onMessage');
hasty.send(sendByRoom('judged2', 'bye'), sendByRoom('judged2', 'bye'));
await heard;
hasty.terminate();
await hasty.closed;
await sleep(2 * HANDLER_MS);

await server.close();
process.stdout.write('done\n');
