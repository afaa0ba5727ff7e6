/** The same protocol with `ws`, written in the usual way: rooms are sets of sockets, a message is encoded once. */

import { WebSocketServer, type WebSocket } from 'ws';

const MAX_FRAME_BYTES = 1024 * 1024;

const rooms = new Map<string, Set<WebSocket>>();
const server = new WebSocketServer({
  host: '127.0.0.1',
  port: 0,
  perMessageDeflate: false,
  maxPayload: MAX_FRAME_BYTES,
  backlog: 1_024,
});

server.on('listening', () => {
  const address = server.address();
  if (typeof address === 'object') console.log(`ws listening on http://127.0.0.1:${address?.port}/`);
});
server.on('connection', (socket) => {
  const joined = new Set<string>();
  socket.on('message', (data) => {
    const frame = (data as Buffer).toString();
    const bar = frame.indexOf('|');
    const command = bar === -1 ? frame : frame.slice(0, bar);
    socket.send(answer(socket, joined, command, frame.slice(bar + 1)));
  });
  socket.on('close', () => {
    for (const room of joined) forget(socket, room);
  });
});

function answer(socket: WebSocket, joined: Set<string>, command: string, argument: string): string {
  switch (command) {
    case 'subscribe': {
      let members = rooms.get(argument);
      if (members === undefined) {
        members = new Set();
        rooms.set(argument, members);
      }
      members.add(socket);
      joined.add(argument);
      return `Subscribe roomNum:${argument} success!`;
    }
    case 'unsubscribe':
      if (joined.delete(argument)) forget(socket, argument);
      return `Unsubscribe roomNum:${argument} success!`;
    case 'sendByRoom': {
      const { roomNum, message } = JSON.parse(argument) as { roomNum: string; message: string };
      say(rooms.get(roomNum) ?? [], message);
      return 'SendByRoom success!';
    }
    case 'broadcast':
      say(server.clients, (JSON.parse(argument) as { message: string }).message);
      return 'Broadcast success!';
    default:
      return 'Rsp from server: this is server';
  }
}

function say(sockets: Iterable<WebSocket>, message: string): void {
  const bytes = Buffer.from(message);
  for (const socket of sockets) socket.send(bytes, { binary: false });
}

function forget(socket: WebSocket, room: string): void {
  const members = rooms.get(room);
  members?.delete(socket);
  if (members?.size === 0) rooms.delete(room);
}
