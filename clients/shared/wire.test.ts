import { EventEmitter, once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { WebSocket as NodeWebSocket, WebSocketServer, type WebSocket as ServerSocket } from 'ws';
import { openWebSocket, type Closure } from './wire.ts';

let server: WebSocketServer;
let url: string;

beforeEach(async () => {
  server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await once(server, 'listening');
  url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/`;
});

afterEach(async () => {
  for (const socket of server.clients) socket.terminate();
  server.close();
  await once(server, 'close');
});

/** A wire that notes what happens, and the socket under it. */
function openWire() {
  const happenings = new EventEmitter();
  const heard: string[] = [];
  const note = (name: string, detail?: string | Closure): void => {
    heard.push(name);
    happenings.emit(name, detail);
  };
  const sockets: NodeWebSocket[] = [];
  class Constructor extends NodeWebSocket {
    constructor(address: string) {
      super(address);
      sockets.push(this);
    }
  }
  const wire = openWebSocket(
    url,
    {
      opened: () => note('opened'),
      received: (frame) => note('received', frame),
      closed: (closure) => note('closed', closure),
    },
    Constructor as unknown as new (url: string) => WebSocket,
  );
  return { wire, happenings, heard, socket: sockets[0]! };
}

async function accept(): Promise<ServerSocket> {
  const [socket] = (await once(server, 'connection')) as [ServerSocket];
  return socket;
}

describe('a WebSocket wire', () => {
  test('opens and carries text both ways', async () => {
    const accepted = accept();
    const { wire, happenings } = openWire();
    const opened = once(happenings, 'opened');
    const peer = await accepted;
    await opened;
    peer.on('message', (data: Buffer) => peer.send(`echo ${data.toString()}`));
    wire.send('ping');
    expect(await once(happenings, 'received')).toEqual(['echo ping']);
  });

  test('tells with which code and reason it was closed', async () => {
    const accepted = accept();
    const { happenings } = openWire();
    const closed = once(happenings, 'closed');
    (await accepted).close(3008, 'slow');
    expect(await closed).toEqual([{ code: 3008, reason: 'slow' }]);
  });

  test('closes normally when it is dropped, and is silent from then on', async () => {
    const accepted = accept();
    const { wire, happenings, heard, socket } = openWire();
    const opened = once(happenings, 'opened');
    const peer = await accepted;
    await opened;
    const closedHere = once(socket, 'close');
    const closedThere = once(peer, 'close');
    peer.send('on its way');
    wire.drop();
    expect((await closedThere)[0]).toBe(1000);
    await closedHere;
    expect(heard).toEqual(['opened']);
  });
});
