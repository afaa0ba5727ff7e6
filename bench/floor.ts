/**
 * The floor: a server written by hand with uWebSockets.js. It has the same line protocol, answers, limits and presence as
 * Statecast, but no actors, events, stores or supervision.
 */

import { randomUUID } from 'node:crypto';
import uWS, { type WebSocket } from 'uWebSockets.js';

const MAX_MESSAGE_BYTES = 64 * 1024;
const MAX_ROOM_NAME_BYTES = 255;
const MAX_ROOMS = 128;
const SEND_QUEUE_BYTES = 1024 * 1024;
const IDLE_SECONDS = 120;
/** The topic of all connections. It is longer than any room name, because rooms are topics too. */
const EVERYBODY = '*'.repeat(MAX_ROOM_NAME_BYTES + 1);

interface Client {
  readonly id: string;
  readonly rooms: Set<string>;
}

interface Presence {
  readonly joinedAt: number;
}

const presence = new Map<string, Map<string, Presence>>();

const app = uWS.App();
app.ws<Client>('/', {
  compression: uWS.DISABLED,
  maxPayloadLength: 16 * MAX_MESSAGE_BYTES,
  maxBackpressure: SEND_QUEUE_BYTES,
  idleTimeout: IDLE_SECONDS,
  upgrade(res, req, context) {
    res.upgrade<Client>(
      { id: randomUUID(), rooms: new Set() },
      req.getHeader('sec-websocket-key'),
      req.getHeader('sec-websocket-protocol'),
      req.getHeader('sec-websocket-extensions'),
      context,
    );
  },
  open: (ws) => void ws.subscribe(EVERYBODY),
  message(ws, message) {
    const frame = Buffer.from(message).toString();
    const bar = frame.indexOf('|');
    const command = bar === -1 ? frame : frame.slice(0, bar);
    const argument = bar === -1 ? '' : frame.slice(bar + 1);
    ws.send(answer(ws, command, argument));
  },
  close(ws) {
    const { id, rooms } = ws.getUserData();
    for (const room of rooms) forget(id, room);
  },
});
app.get('/Index/pushByRoom', (res, req) => {
  const room = req.getQuery('roomNum');
  const message = req.getQuery('message');
  if (room === undefined || message === undefined) {
    res.writeStatus('400 Bad Request').end('missing parameter');
    return;
  }
  const wrong = refuseRoom(room) ?? refuseMessage(message);
  if (wrong !== undefined) {
    res.writeStatus('400 Bad Request').end(wrong);
    return;
  }
  app.publish(room, message);
  res.writeHeader('content-type', 'text/plain; charset=utf-8').end('pushBy room success');
});
app.listen('127.0.0.1', 0, (socket) => {
  if (socket === false) throw new Error('the floor cannot listen');
  console.log(`floor listening on http://127.0.0.1:${uWS.us_socket_local_port(socket)}/`);
});

function answer(ws: WebSocket<Client>, command: string, argument: string): string {
  switch (command) {
    case 'ping':
      return 'pong';
    case 'subscribe':
      return join(ws, argument);
    case 'unsubscribe':
      return leave(ws, argument);
    case 'sendByRoom': {
      const said = parse(argument);
      if (said === undefined) return 'Error: sendByRoom needs a JSON object';
      const room = String(said.roomNum);
      const wrong = refuseRoom(room) ?? refuseMessage(said.message);
      if (wrong !== undefined) return `Error: ${wrong}`;
      app.publish(room, said.message as string);
      return 'SendByRoom success!';
    }
    case 'broadcast': {
      const said = parse(argument);
      if (said === undefined) return 'Error: broadcast needs a JSON object';
      const wrong = refuseMessage(said.message);
      if (wrong !== undefined) return `Error: ${wrong}`;
      app.publish(EVERYBODY, said.message as string);
      return 'Broadcast success!';
    }
    default:
      return 'Rsp from server: this is server';
  }
}

function join(ws: WebSocket<Client>, room: string): string {
  const { id, rooms } = ws.getUserData();
  if (!rooms.has(room)) {
    const wrong = refuseRoom(room);
    if (wrong !== undefined) return `Error: ${wrong}`;
    if (rooms.size >= MAX_ROOMS) return `Error: this connection is in ${MAX_ROOMS} rooms already`;
    rooms.add(room);
    let members = presence.get(room);
    if (members === undefined) {
      members = new Map();
      presence.set(room, members);
    }
    members.set(id, { joinedAt: Date.now() });
    ws.subscribe(room);
  }
  return `Subscribe roomNum:${room} success!`;
}

function leave(ws: WebSocket<Client>, room: string): string {
  const { id, rooms } = ws.getUserData();
  if (rooms.delete(room)) {
    forget(id, room);
    ws.unsubscribe(room);
  }
  return `Unsubscribe roomNum:${room} success!`;
}

function forget(id: string, room: string): void {
  const members = presence.get(room);
  members?.delete(id);
  if (members?.size === 0) presence.delete(room);
}

function parse(argument: string): { roomNum?: unknown; message?: unknown } | undefined {
  try {
    const value: unknown = JSON.parse(argument);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

function refuseRoom(room: string): string | undefined {
  if (room === '') return 'the room name is empty';
  return room.length * 3 > MAX_ROOM_NAME_BYTES && Buffer.byteLength(room) > MAX_ROOM_NAME_BYTES
    ? 'the room name is too long'
    : undefined;
}

function refuseMessage(message: unknown): string | undefined {
  if (typeof message !== 'string') return 'message must be a string';
  return message.length * 3 > MAX_MESSAGE_BYTES && Buffer.byteLength(message) > MAX_MESSAGE_BYTES
    ? 'the message is too long'
    : undefined;
}
