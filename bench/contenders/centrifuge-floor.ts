/**
 * A server written by hand with uWebSockets.js that speaks the Centrifuge protocol: the same frames, limits, presence and
 * history as Statecast's, but no actors, events, rules or supervision. `HISTORY` is how many publications a room keeps.
 */

import { randomBytes, randomUUID } from 'node:crypto';
import { env } from 'node:process';
import uWS, { type WebSocket } from 'uWebSockets.js';

const MAX_MESSAGE_BYTES = 64 * 1024;
const MAX_CHANNEL_BYTES = 255;
const MAX_CHANNELS = 128;
const SEND_QUEUE_BYTES = 1024 * 1024;
const IDLE_SECONDS = 120;
const BAD_REQUEST = 3501;
const HISTORY = Number(env['HISTORY'] ?? 0);

interface Client {
  readonly id: string;
  readonly info: string;
  readonly channels: Set<string>;
  isConnected: boolean;
}

interface Channel {
  readonly epoch: string;
  readonly members: Map<string, { readonly joinedAt: number }>;
  /** The first part of each publication. */
  readonly head: string;
  offset: number;
  /** The latest publications as JSON. */
  readonly kept: string[];
}

interface Command {
  readonly id?: number;
  readonly connect?: object;
  readonly subscribe?: Partial<Recovery> & { readonly channel?: unknown };
  readonly unsubscribe?: { readonly channel?: unknown };
  readonly publish?: { readonly channel?: unknown; readonly data?: unknown };
}

interface Recovery {
  readonly recover: boolean;
  readonly offset: number;
  readonly epoch: string;
}

const channels = new Map<string, Channel>();

const app = uWS.App();
app.ws<Client>('/connection/websocket', {
  compression: uWS.DISABLED,
  maxPayloadLength: 16 * MAX_MESSAGE_BYTES,
  maxBackpressure: SEND_QUEUE_BYTES,
  idleTimeout: IDLE_SECONDS,
  upgrade(res, req, context) {
    const id = randomUUID();
    res.upgrade<Client>(
      { id, info: `{"user":"","client":"${id}"}`, channels: new Set(), isConnected: false },
      req.getHeader('sec-websocket-key'),
      req.getHeader('sec-websocket-protocol'),
      req.getHeader('sec-websocket-extensions'),
      context,
    );
  },
  message(ws, message) {
    const frame = Buffer.from(message).toString();
    if (!frame.includes('\n')) {
      answer(ws, frame);
      return;
    }
    for (const line of frame.split('\n')) if (line !== '') answer(ws, line);
  },
  close(ws) {
    const { id, channels: joined } = ws.getUserData();
    for (const name of joined) forget(id, name);
  },
});
app.listen('127.0.0.1', 0, (socket) => {
  if (socket === false) throw new Error('the floor cannot listen');
  console.log(`floor listening on http://127.0.0.1:${uWS.us_socket_local_port(socket)}/`);
});

function answer(ws: WebSocket<Client>, line: string): void {
  const command = parse(line);
  const client = ws.getUserData();
  const { id = 0 } = command ?? {};
  if (command === undefined || id <= 0 || client.isConnected === (command.connect !== undefined)) {
    ws.end(BAD_REQUEST, 'bad request');
  } else if (command.publish !== undefined) {
    publish(ws, client, id, command.publish);
  } else if (command.subscribe !== undefined) {
    subscribe(ws, client, id, command.subscribe);
  } else if (command.unsubscribe !== undefined) {
    const name = String(command.unsubscribe.channel);
    if (client.channels.delete(name)) {
      forget(client.id, name);
      ws.unsubscribe(name);
    }
    ws.send(`{"id":${id},"unsubscribe":{}}`);
  } else if (command.connect !== undefined) {
    client.isConnected = true;
    ws.send(`{"id":${id},"connect":{"client":"${client.id}","version":"floor","ping":25,"pong":true}}`);
  } else {
    ws.end(BAD_REQUEST, 'bad request');
  }
}

function publish(
  ws: WebSocket<Client>,
  { info }: Client,
  id: number,
  { channel: name, data }: NonNullable<Command['publish']>,
): void {
  if (typeof name !== 'string' || !isName(name)) {
    ws.send(`{"id":${id},"error":{"code":107,"message":"bad request"}}`);
    return;
  }
  const text = JSON.stringify(data);
  if (text.length * 3 > MAX_MESSAGE_BYTES && Buffer.byteLength(text) > MAX_MESSAGE_BYTES) {
    ws.send(`{"id":${id},"error":{"code":106,"message":"limit exceeded"}}`);
    return;
  }
  const channel = open(name);
  channel.offset += 1;
  const publication = `{"data":${text},"info":${info},"offset":${channel.offset},"time":${Date.now()}}`;
  if (HISTORY > 0) {
    channel.kept.push(publication);
    if (channel.kept.length > HISTORY) channel.kept.shift();
  }
  app.publish(name, `${channel.head}${publication}}}`);
  ws.send(`{"id":${id},"publish":{}}`);
}

function subscribe(
  ws: WebSocket<Client>,
  { id: clientId, channels: joined }: Client,
  id: number,
  { channel: name, recover, offset = 0, epoch = '' }: NonNullable<Command['subscribe']>,
): void {
  if (typeof name !== 'string' || !isName(name) || joined.has(name) || joined.size >= MAX_CHANNELS) {
    ws.send(`{"id":${id},"error":{"code":107,"message":"bad request"}}`);
    return;
  }
  joined.add(name);
  const channel = open(name);
  channel.members.set(clientId, { joinedAt: Date.now() });
  ws.subscribe(name);
  if (HISTORY === 0) {
    ws.send(`{"id":${id},"subscribe":{}}`);
    return;
  }
  const missed = channel.offset - offset;
  const fits = (epoch === '' || epoch === channel.epoch) && missed >= 0 && missed <= channel.kept.length;
  const position = `"recoverable":true,"positioned":true,"epoch":"${channel.epoch}"`;
  if (recover !== true) {
    ws.send(`{"id":${id},"subscribe":{${position},"offset":${channel.offset}}}`);
  } else if (fits) {
    const publications = channel.kept.slice(channel.kept.length - missed).join(',');
    ws.send(
      `{"id":${id},"subscribe":{${position},"publications":[${publications}],"recovered":true,"was_recovering":true,"offset":${offset}}}`,
    );
  } else {
    ws.send(`{"id":${id},"subscribe":{${position},"was_recovering":true,"offset":${channel.offset}}}`);
  }
}

function open(name: string): Channel {
  let channel = channels.get(name);
  if (channel === undefined) {
    const epoch = randomBytes(6).toString('base64url');
    const head = `{"push":{"channel":${JSON.stringify(name)},"pub":`;
    channel = { epoch, members: new Map(), head, offset: 0, kept: [] };
    channels.set(name, channel);
  }
  return channel;
}

function forget(id: string, name: string): void {
  const channel = channels.get(name);
  channel?.members.delete(id);
  if (channel?.members.size === 0 && channel.kept.length === 0) channels.delete(name);
}

function isName(name: string): boolean {
  return (
    name !== '' && (name.length * 3 <= MAX_CHANNEL_BYTES || Buffer.byteLength(name) <= MAX_CHANNEL_BYTES)
  );
}

function parse(line: string): Command | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
