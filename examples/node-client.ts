/**
 * A client in Node.js with the SDK `centrifuge`: it joins a room, prints what is said there, and says something itself.
 * Run it with `npx tsx examples/node-client.ts` beside a server on this machine.
 */

import { fileURLToPath } from 'node:url';
import { Centrifuge, type PublicationContext, type Subscription } from 'centrifuge';
import { WebSocket } from 'ws';

export interface ChatClient {
  readonly centrifuge: Centrifuge;
  readonly room: Subscription;
}

/** Connects, and joins the room again by itself after every break. `ws` is for Node.js 20, which has no WebSocket of its own. */
export async function joinRoom(
  url: string,
  name: string,
  onPublication: (publication: PublicationContext) => void,
): Promise<ChatClient> {
  const centrifuge = new Centrifuge(url, { websocket: WebSocket });
  const room = centrifuge.newSubscription(name);
  room.on('publication', onPublication);
  // With a code such as 103, the room has refused us, and the SDK does not try again.
  room.on('unsubscribed', ({ code, reason }) => console.error(`not in ${name} any more: ${code} ${reason}`));
  room.subscribe();
  centrifuge.connect();
  await room.ready();
  return { centrifuge, room };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const url = process.argv[2] ?? 'ws://127.0.0.1:8000/connection/websocket';
  const { room } = await joinRoom(url, 'room1', ({ data, info }) => {
    console.log(info?.user || info?.client || 'the server', data);
  });
  await room.publish({ text: 'hello from Node.js' });
}
