/** The same commands with Socket.IO, written in the usual way: its rooms, its events, and acknowledgements as answers. */

import { createServer } from 'node:http';
import { Server } from 'socket.io';

/** Longer than any measurement, because pings of Engine.IO are frames too, and the load generator counts frames. */
const PING_INTERVAL_MS = 600_000;
const BACKLOG = 1_024;

type Acknowledge = (answer: string) => void;

const http = createServer();
const io = new Server(http, {
  transports: ['websocket'],
  perMessageDeflate: false,
  serveClient: false,
  pingInterval: PING_INTERVAL_MS,
});

io.on('connection', (socket) => {
  socket.on('subscribe', (room: string, acknowledge: Acknowledge) => {
    void socket.join(room);
    acknowledge(`Subscribe roomNum:${room} success!`);
  });
  socket.on('unsubscribe', (room: string, acknowledge: Acknowledge) => {
    void socket.leave(room);
    acknowledge(`Unsubscribe roomNum:${room} success!`);
  });
  socket.on('sendByRoom', (said: { roomNum: string; message: string }, acknowledge: Acknowledge) => {
    io.to(said.roomNum).emit('message', said.message);
    acknowledge('SendByRoom success!');
  });
  socket.on('broadcast', (said: { message: string }, acknowledge: Acknowledge) => {
    io.emit('message', said.message);
    acknowledge('Broadcast success!');
  });
});

http.listen({ host: '127.0.0.1', port: 0, backlog: BACKLOG }, () => {
  const address = http.address();
  if (typeof address === 'object') console.log(`Socket.IO listening on http://127.0.0.1:${address?.port}/`);
});
