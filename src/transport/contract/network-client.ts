/** Clients for transports that listen on a port: WebSockets of `ws`, requests of `node:http`, and raw connections. */

import { once } from 'node:events';
import http from 'node:http';
import net from 'node:net';
import { WebSocket } from 'ws';
import { Inbox } from '../../system/inbox-harness.ts';
import type { InMemoryClient, SocketEnd } from '../in-memory-socket.ts';
import {
  HandshakeRefusedError,
  type ClientResponse,
  type ConnectOptions,
  type RequestOptions,
} from '../in-memory.ts';

/** A `ws` client with the interface of an in-memory one. */
export async function connect(
  port: number,
  { path = '/', query = '', headers = {} }: ConnectOptions = {},
  host = '127.0.0.1',
): Promise<InMemoryClient> {
  const { 'Sec-WebSocket-Protocol': offered, ...others } = headers;
  const protocols = offered?.split(', ') ?? [];
  const raw = new WebSocket(`ws://${toUrlHost(host)}:${port}${path}?${query}`, protocols, {
    headers: others,
  });
  const inbox = new Inbox<string>();
  const closed = new Promise<SocketEnd>((resolve) => {
    raw.on('close', (code, reason) => {
      inbox.end(`the socket has closed with ${code}`);
      resolve({ code, reason: reason.toString() });
    });
  });
  const binaryInbox = new Inbox<Uint8Array>();
  raw.on('message', (data: Buffer, isBinary) => {
    if (isBinary) binaryInbox.push(new Uint8Array(data));
    else inbox.push(data.toString());
  });
  await new Promise<void>((resolve, reject) => {
    raw.on('open', resolve);
    raw.on('error', reject);
    raw.on('unexpected-response', (_request, response) => {
      readResponse(response).then((refusal) => reject(new HandshakeRefusedError(refusal)), reject);
    });
  });
  return {
    protocol: raw.protocol,
    frames: inbox.items,
    binaryFrames: binaryInbox.items,
    closed,
    nextFrame: () => inbox.next(),
    nextBinaryFrame: () => binaryInbox.next(),
    send: (frame) => raw.send(frame),
    close: (code, reason) => raw.close(code, reason),
    terminate: () => raw.terminate(),
    pause: () => raw.pause(),
    resume: () => raw.resume(),
  };
}

export function request(
  port: number,
  {
    method = 'GET',
    path = '/',
    query,
    headers = {},
    body = '',
    isUnfinished = false,
    signal,
  }: RequestOptions = {},
  host = '127.0.0.1',
): Promise<ClientResponse> {
  const target = query === undefined ? path : `${path}?${query}`;
  const length = Buffer.byteLength(body) + (isUnfinished ? 1 : 0);
  const lengthHeader = length > 0 ? { 'content-length': String(length) } : {};
  return new Promise((resolve, reject) => {
    const outgoing = http.request(
      {
        host,
        port,
        method,
        path: target,
        headers: { ...lengthHeader, ...headers },
        agent: keepAlive,
        ...(signal === undefined ? {} : { signal }),
      },
      (response) => {
        readResponse(response).then(resolve, reject);
      },
    );
    outgoing.on('error', reject);
    if (isUnfinished) outgoing.write(body);
    else outgoing.end(body);
  });
}

/** Connections are used again, so that an error in one exchange is seen in the next. */
const keepAlive = new http.Agent({ keepAlive: true, maxSockets: 8 });

async function readResponse(response: http.IncomingMessage): Promise<ClientResponse> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(response.headers)) headers[name] = String(value);
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return { status: response.statusCode ?? 0, headers, body: Buffer.concat(chunks).toString() };
}

function toUrlHost(host: string): string {
  return net.isIPv6(host) ? `[${host}]` : host;
}

/** A connection that stays open after the response to its first request. */
export async function openKeepAlive(port: number): Promise<{ socket: net.Socket; closed: Promise<unknown> }> {
  const socket = net.connect(port, '127.0.0.1');
  socket.on('error', () => {});
  const closed = new Promise((resolve) => {
    socket.on('close', resolve);
  });
  socket.write('GET / HTTP/1.1\r\nhost: here\r\n\r\n');
  await once(socket, 'data');
  return { socket, closed };
}
